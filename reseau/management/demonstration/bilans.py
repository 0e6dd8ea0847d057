"""Last year's files end: one at each step, so that every duty has something to look at. Through the door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecoles.models import MembreEquipe
from financements.avenants import OUVERTES
from financements.etats import MACHINE, Etat
from financements.models import Bilan, Demande
from reseau.management.demonstration.budgets import equipe
from reseau.models import AffectationDreets, Utilisateur
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from collections.abc import Mapping

    from financements.models import LigneRealisee

REGION = "84"
# Learners' part done, in percent of what was agreed, and the steps already taken.
_PREVUS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (97, ("preparer_bilan", "deposer_bilan")),
    (95, ("preparer_bilan", "deposer_bilan", "corriger_bilan")),
    (98, ("preparer_bilan", "deposer_bilan", "certifier")),
    (65, ("preparer_bilan", "deposer_bilan", "certifier", "reclamer")),
)
_SAISIES: Mapping[str, Mapping[str, Any]] = {"deposer_bilan": {"certifie": True}}


def semer_bilans() -> int:
    """Bring what is missing to its step; return how many files moved."""
    if Bilan.objects.filter(allocation__region_id=REGION).exists():
        return 0
    finies = Demande.objects.filter(
        region_id=REGION, etat=Etat.EN_EXECUTION, campagne__exercice__lt=aujourdhui().year
    ).exclude(allocation__avenants__etape__in=OUVERTES)
    demandes = list(finies.order_by("numero")[: len(_PREVUS)])
    for demande, (part, etapes) in zip(demandes, _PREVUS, strict=False):
        _avancer(demande, part, etapes)
    return len(demandes)


def _avancer(demande: Demande, part: int, etapes: tuple[str, ...]) -> None:
    for etape in etapes:
        if etape == "deposer_bilan":
            _ecrire(demande, part)
        elif etape == "corriger_bilan":
            premiere = demande.allocation.bilan.lignes.order_by("titre", "annee")[0]
            premiere.a_corriger = "Le mois de septembre semble compté deux fois."
            premiere.save()
        demande = MACHINE.franchir(demande, etape, Contexte(_acteur(demande, etape), _SAISIES.get(etape, {})))


def _acteur(demande: Demande, etape: str) -> Utilisateur:
    agents = equipe(REGION)
    if etape == "certifier":
        affectations = AffectationDreets.objects.filter(service_id=REGION, role=Role.CERTIFICATEUR)
        return affectations.select_related("utilisateur").order_by("du")[0].utilisateur
    if etape in {"corriger_bilan", "reclamer"}:
        return agents.instructeur if etape == "corriger_bilan" else agents.gestionnaire
    tetes = MembreEquipe.objects.filter(ecole=demande.ecole_id, fonction=MembreEquipe.Fonction.DIRECTION)
    return tetes.select_related("utilisateur").order_by("du")[0].utilisateur


def _ecrire(demande: Demande, part: int) -> None:
    """What the head writes: a part of what was agreed, and accounts that hold together."""
    bilan = demande.allocation.bilan
    for ligne in bilan.lignes.all():
        _realiser(ligne, part)
    bilan.commentaire = (
        "Les jeunes ont suivi leur parcours en atelier et préparé leur diplôme. Quelques-uns sont arrivés "
        "après la rentrée, d'autres sont partis pour un emploi avant la fin de l'année."
    )
    bilan.save()
    accorde = demande.allocation.montant
    comptes = (("60", 12), ("61", 9), ("62", 6), ("64", 58), ("68", 5), ("74-autres", 45), ("75", 6))
    for compte, parts in comptes:
        bilan.postes.filter(compte=compte).update(prevu=accorde * parts / 40, realise=accorde * parts / 41)


def _realiser(ligne: LigneRealisee, part: int) -> None:
    ligne.mois_realises = ligne.mois_convenus * part // 100
    ligne.majores_realises = min(ligne.majores_convenus, ligne.mois_realises)
    if ligne.mois_inscrits is not None and ligne.mois_inscrits != ligne.mois_realises:
        ligne.motif_ecole = "Les inscriptions de cette année-là n'étaient pas toutes dans le portail."
    ligne.save()
