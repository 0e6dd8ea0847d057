"""One amendment waits at each step, so that the three officers have something to do."""

from __future__ import annotations

from financements.etats import MACHINE, Etat
from financements.models import Avenant, Demande, LigneAvenant
from reseau.management.demonstration.budgets import equipe
from reseau.socle.etats import Contexte

REGION = "84"
# How many learner-months less, and the steps already taken. A year that is over takes no more.
_PREVUS: tuple[tuple[int, str, tuple[str, ...]], ...] = (
    (-4, "Un jeune est parti en cours d'année, au bout de six mois.", ("proposer_avenant", "viser_avenant")),
    (-6, "Deux jeunes ont changé d'école en mars.", ("proposer_avenant",)),
    (-2, "Un jeune a été compté deux mois de trop.", ()),
)


def semer_avenants() -> int:
    """Prepare what is missing on decisions in execution; return how many were added."""
    if Avenant.objects.filter(allocation__region_id=REGION).exists():
        return 0
    en_cours = Demande.objects.filter(region_id=REGION, etat=Etat.EN_EXECUTION, lignes__effectif_retenu__gt=0)
    demandes = list(en_cours.distinct().order_by("-numero")[: len(_PREVUS)])
    for demande, (mois, motif, etapes) in zip(demandes, _PREVUS, strict=False):
        _preparer(demande, mois, motif)
        _avancer(demande, etapes)
    return len(demandes)


def _preparer(demande: Demande, mois: int, motif: str) -> None:
    avenant = Avenant.objects.create(allocation=demande.allocation, rang=1, motif=motif)
    ligne = demande.lignes.filter(effectif_retenu__gt=0).order_by("titre", "annee")[0]
    LigneAvenant.objects.create(avenant=avenant, titre_id=ligne.titre_id, annee=ligne.annee, mois=mois)
    contexte = Contexte(equipe(REGION).instructeur)
    donnees = {"avenant": str(avenant.pk)}
    MACHINE.consigner(demande, contexte, "preparer_avenant", demande.etat, demande.etat, donnees)


def _avancer(demande: Demande, etapes: tuple[str, ...]) -> None:
    agents = equipe(REGION)
    qui = {"proposer_avenant": agents.instructeur, "viser_avenant": agents.chef}
    for etape in etapes:
        MACHINE.franchir(demande, etape, Contexte(qui[etape]))
