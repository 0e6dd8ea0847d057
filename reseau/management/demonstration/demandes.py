"""Requests of the year by the schools with a part, each crossed through the door by the right persons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from ecoles.models import Ecole, MembreEquipe
from financements.etats import MACHINE
from financements.models import Campagne, Demande, LigneEffectif
from financements.natures import NaturePiece, Voie
from financements.ouverture import ouvrir_demande
from reseau.management.demonstration.budgets import TITRE_FONDERIE, Equipe, equipe
from reseau.management.demonstration.contrats import page_blanche
from reseau.management.demonstration.ecoles import NOMMEES
from reseau.management.demonstration.titres import BAC, CAP
from reseau.nombres import aujourdhui
from reseau.socle.etats import Contexte
from reseau.socle.fichiers import deposer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from reseau.models import Utilisateur

# Title, year of the parcours, learners, of whom with a supplement.
type Effectif = tuple[str, int, int, int]


@dataclass(frozen=True)
class Prevue:
    """A request to bring to a state: rank of the school, learners, moves to cross."""

    rang: int
    effectifs: tuple[Effectif, ...]
    passages: tuple[str, ...]
    voie: str = Voie.ECOLE


_DEPOT = ("deposer",)
_INSTRUIT = (*_DEPOT, "instruire")
_PROPOSE = (*_INSTRUIT, "proposer")
_VISE = (*_PROPOSE, "viser")
_ACCORDE = (*_VISE, "accorder")
PREVUES = (
    Prevue(0, ((CAP, 1, 14, 8), (CAP, 2, 12, 6), (BAC, 3, 12, 0)), ("deposer_sur_scan",), Voie.SERVICE),
    Prevue(1, ((TITRE_FONDERIE, 1, 20, 0),), _ACCORDE),
    Prevue(2, (("50025225", 1, 10, 0),), (*_DEPOT, "retirer")),
    Prevue(2, (("50025225", 1, 11, 0), ("50025225", 2, 10, 2)), ()),
    Prevue(3, (("50023447", 1, 12, 4), ("50023447", 2, 9, 0)), (*_DEPOT, "demander_complement")),
    Prevue(4, (("50025437", 1, 12, 6), ("50025437", 2, 11, 5)), _INSTRUIT),
    Prevue(5, (("50023329", 1, 9, 3), ("40025406", 1, 8, 3)), _PROPOSE),
    Prevue(6, (("50022146", 1, 12, 0), ("40022106", 2, 8, 0)), _VISE),
    Prevue(7, (("50025438", 1, 12, 6), ("50025438", 2, 10, 4)), _DEPOT),
    Prevue(8, (("50025441", 1, 11, 0), ("40025412", 2, 7, 0)), _VISE),
    Prevue(9, (("50023449", 1, 12, 0), ("50023449", 2, 12, 0)), _ACCORDE),
    Prevue(10, (("50024323", 1, 12, 0), ("50024323", 2, 8, 0)), _VISE),
)
PIECES = ("budget", "cer", "compte", "comptes", "statuts")
# A draft has only its commitment: its page says what is still missing.
_PIECES_D_UN_BROUILLON = ("cer",)
_JOURS_DE_COURRIER = 3
_DONNEES: Mapping[str, Mapping[str, Any]] = {
    "deposer": {"certifie": True},
    "retirer": {"motif": "Demande refaite : un effectif manquait."},
    "demander_complement": {
        "motif": "Le budget prévisionnel joint est celui de l'an dernier.",
        "raison_piece_budget": "perime",
        "texte_piece_budget": "Joignez celui de cette année.",
        "raison_effectifs": "incorrect",
        "texte_effectifs": "La deuxième année compte 9 jeunes, vos groupes en ont 8.",
    },
}


def semer_demandes(campagne: Campagne) -> int:
    """Create the requests of the first schools, once; return how many."""
    ecoles = list(
        Ecole.objects.filter(fictive=True)
        .select_related("commune__departement")
        .order_by("siret")[: len(NOMMEES)]
    )
    if Demande.objects.filter(campagne=campagne, ecole__in=ecoles).exists():
        return 0
    prevues = [prevue for prevue in PREVUES if prevue.rang < len(ecoles)]
    for prevue in prevues:
        _creer(prevue, ecoles[prevue.rang], campagne)
    return len(prevues)


def _creer(prevue: Prevue, ecole: Ecole, campagne: Campagne) -> None:
    region = ecole.commune.departement.region_id
    places = sum(effectif for _, _, effectif, _ in prevue.effectifs)
    ecole.offres.filter(capacite__lt=places).update(capacite=places)  # it asks for what it may teach
    acteurs = _acteurs(equipe(region), _direction(ecole))
    saisie_par = acteurs[prevue.passages[0] if prevue.passages else "deposer"]
    demande = ouvrir_demande(ecole=ecole, campagne=campagne, par=saisie_par, voie=prevue.voie)
    for titre, annee, effectif, majorations in prevue.effectifs:
        LigneEffectif.objects.create(
            demande=demande,
            titre_id=titre,
            annee=annee,
            effectif_demande=effectif,
            majorations_demandees=majorations,
        )
    _joindre(demande, saisie_par, PIECES if prevue.passages else _PIECES_D_UN_BROUILLON)
    if prevue.voie == Voie.SERVICE:
        _joindre(demande, saisie_par, (NaturePiece.SCAN,))
        demande.recue_par_courriel_le = aujourdhui() - timedelta(days=_JOURS_DE_COURRIER)
        demande.save()
    for nom in prevue.passages:
        demande = MACHINE.franchir(demande, nom, Contexte(acteurs[nom], _DONNEES.get(nom, {})))


def _joindre(demande: Demande, par: Utilisateur, natures: Iterable[str]) -> None:
    """Blank pages, under the names of what the campaign and the law ask for."""
    for nature in natures:
        fichier = deposer(SimpleUploadedFile(f"{nature}.pdf", page_blanche(), "application/pdf"), par)
        demande.pieces.create(nature=nature, fichier=fichier)


def _direction(ecole: Ecole) -> Utilisateur:
    membres = MembreEquipe.objects.filter(ecole=ecole, fonction=MembreEquipe.Fonction.DIRECTION)
    return membres.select_related("utilisateur").order_by("du")[0].utilisateur


def _acteurs(agents: Equipe, direction: Utilisateur) -> dict[str, Utilisateur]:
    return {
        "deposer": direction,
        "retirer": direction,
        "deposer_sur_scan": agents.instructeur,
        "demander_complement": agents.instructeur,
        "instruire": agents.instructeur,
        "proposer": agents.instructeur,
        "viser": agents.chef,
        "accorder": agents.ordonnateur,
    }
