"""The dated statuses of a school as sentences: recognised by which act, labelled until when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from ecoles.diplomes import jour_court
from ecoles.models import InscriptionListe, Label, Reconnaissance
from ecoles.models.statuts import NB_CRITERES
from reseau.models import en_cours

SANS_ACTE = "Nous n’avons pas encore l’acte par lequel l’État reconnaît cette école."


def statuts_du_jour(jour: date) -> dict[str, ArraySubquery]:
    """Return the statuses that hold on ``jour``, to annotate a query on schools: none or one of each kind."""
    return {
        nom: ArraySubquery(
            modele.objects.filter(en_cours(jour), ecole=OuterRef("pk"))
            .order_by("du")
            .values(ligne=JSONObject(**{champ: champ for champ in champs}))
        )
        for nom, modele, champs in (
            ("reconnue_par", Reconnaissance, ("acte", "du", "au")),
            ("sur_liste", InscriptionListe, ("annee", "nor")),
            ("labellisee", Label, ("evaluee_le", "nb_criteres", "du", "au")),
        )
    }


def _jour(texte: str) -> str:
    return jour_court(date.fromisoformat(texte))


def _depuis(ligne: dict[str, Any]) -> str:
    fin = f", jusqu’au {_jour(ligne['au'])}" if ligne["au"] else ""
    return f"Depuis le {_jour(ligne['du'])}{fin}."


def statuts_en_mots(ecole: Any) -> tuple[str, ...]:
    """Return one sentence a status of a school read with ``statuts_du_jour``; a missing act is said."""
    phrases = [f"Reconnue par l’État : {ligne['acte']}. {_depuis(ligne)}" for ligne in ecole.reconnue_par]
    phrases += [
        f"Sur la liste {ligne['annee']} des écoles reconnues (arrêté {ligne['nor']})."
        for ligne in ecole.sur_liste
    ]
    labels = [
        f"Label du réseau : {ligne['nb_criteres']} critères remplis sur {NB_CRITERES}, évaluation du "
        f"{_jour(ligne['evaluee_le'])}. {_depuis(ligne)}"
        for ligne in ecole.labellisee
    ]
    return (*(phrases or [SANS_ACTE]), *labels)
