"""What puts a school and its request in order, for tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from ecoles.models import InscriptionListe, Reconnaissance
from financements.models import Piece
from reseau.models import FichierDepose

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecoles.models import Ecole
    from financements.models import Demande
    from reseau.models import Utilisateur

_RANG = count(1)
# A file that goes back for its lines and its budget, and comes again.
COMPLEMENT: Final[Mapping[str, Mapping[str, Any]]] = {
    "annuler_reprise": {"motif": "Repris par erreur."},
    "confirmer": {"certifie": True},
    "completer": {"certifie": True, "reponse_effectifs": "Vérifiés.", "reponse_piece_budget": "Le bon."},
    "demander_complement": {
        "motif": "Le budget est celui de l'an dernier.",
        "raison_effectifs": "incorrect",
        "raison_piece_budget": "perime",
    },
}


def mettre_en_regle(ecole: Ecole) -> None:
    """On the yearly list and recognised, since 2020."""
    depuis = {"ecole": ecole, "du": date(2020, 1, 1)}
    InscriptionListe.objects.create(annee=2020, nor="MENE2012345A", **depuis)
    Reconnaissance.objects.create(acte="Arrêté d'essai", signee_le=date(2019, 9, 1), **depuis)


def ajouter_piece(
    demande: Demande, nature: str, par: Utilisateur, analyse: str = "sain", fin: date | None = None
) -> Piece:
    """A piece whose stored file was found ``analyse``, valid until ``fin``."""
    fichier = FichierDepose.objects.create(
        fichier=f"depots/{next(_RANG)}.pdf",
        nom_origine=f"{nature}.pdf",
        type_mime="application/pdf",
        taille=1000,
        empreinte="0" * 64,
        analyse=analyse,
        depose_par=par,
    )
    return Piece.objects.create(demande=demande, nature=nature, fichier=fichier, valable_jusqu_au=fin)
