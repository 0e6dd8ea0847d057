"""What an amendment changes: what is agreed once it is counted, and the schedule that follows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from financements.natures import EtapeAvenant
from financements.regles import repartir
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from financements.models import Allocation, Avenant, Demande
    from reseau.models import Utilisateur

OUVERTES = (EtapeAvenant.PREPARE, EtapeAvenant.PROPOSE, EtapeAvenant.VISE)


@dataclass(frozen=True, slots=True)
class Convenu:
    """Learner-months agreed for a title and a year, and their rates (EUR per learner-month)."""

    mois: int
    mois_majores: int
    unitaire: Decimal
    majoration: Decimal


def avenant_ouvert(demande: Demande) -> Avenant | None:
    """Return the amendment in progress: the database holds that there is one at most (F19)."""
    return next((a for a in demande.allocation.avenants.all() if a.etape in OUVERTES), None)


def convenu(decision: Allocation, avec: Avenant | None = None) -> dict[tuple[str, int], Convenu]:
    """Return what is agreed by (title, year): the decision, its granted amendments, and ``avec``."""
    total: dict[tuple[str, int], Convenu] = {}
    for ligne in decision.demande.lignes.filter(effectif_retenu__gt=0):
        retenus, majores = ligne.effectif_retenu or 0, ligne.nb_majorations
        total[ligne.titre_id, ligne.annee] = Convenu(
            retenus * ligne.mois, majores * ligne.mois, ligne.unitaire, ligne.majoration
        )
    comptes = decision.avenants.filter(etape=EtapeAvenant.ACCORDE)
    if avec is not None:
        comptes = comptes | decision.avenants.filter(pk=avec.pk)
    for avenant in comptes.prefetch_related("lignes").order_by("rang"):
        for ajout in avenant.lignes.all():
            avant = total.get((ajout.titre_id, ajout.annee), Convenu(0, 0, ajout.unitaire, ajout.majoration))
            total[ajout.titre_id, ajout.annee] = Convenu(
                avant.mois + ajout.mois,
                avant.mois_majores + ajout.mois_majores,
                avant.unitaire,
                avant.majoration,
            )
    return total


def engage(decision: Allocation) -> Decimal:
    """Return what is committed today, EUR."""
    return sum((ligne.montant for ligne in decision.engagements.all()), Decimal(0))


def avenants_accordes(decision: Allocation) -> Decimal:
    """Return what the granted amendments add up to, signed, EUR."""
    accordes = (a.montant for a in decision.avenants.all() if a.etape == EtapeAvenant.ACCORDE)
    return sum(accordes, Decimal(0))


def a_accorde(decision: Allocation, personne: Utilisateur) -> bool:
    """Tell whether this person granted the decision, or an amendment: she neither pays nor certifies."""
    return personne.pk in {decision.accordee_par_id, *(a.accorde_par_id for a in decision.avenants.all())}


def net_paye(decision: Allocation) -> Decimal:
    """Return what was paid and not given back, EUR."""
    rendus = (ligne.montant for ligne in decision.reversements.all() if ligne.nature == "recouvrement")
    return sum((p.montant for p in decision.paiements.all()), Decimal(0)) - sum(rendus, Decimal(0))


def reechelonner(decision: Allocation) -> None:
    """Make the parts not paid yet follow what is committed now (F9); the last one takes the remainder.

    Each keeps its share of the whole, within what is left to pay; a part of nothing goes. When all was paid
    and something was added, one part more is written, at the conditions of the last.
    """
    total = engage(decision)
    tranches = list(decision.tranches.prefetch_related("paiements").order_by("rang"))
    libres = [tranche for tranche in tranches if not tranche.paiements.all()]
    reste = total - sum((t.montant for t in tranches if t.paiements.all()), Decimal(0))
    if not libres:
        _ajouter(decision, reste)
        return
    parts = dict(decision.demande.campagne.echeances.order_by("rang").values_list("rang", "part"))
    prevus = dict(zip(parts, repartir(total, list(parts.values())), strict=True)) if parts else {}
    for tranche in libres:
        dernier = tranche is libres[-1]
        montant = reste if dernier else min(prevus.get(tranche.rang, reste), reste)
        reste -= montant
        if montant <= 0:
            tranche.delete()
        elif montant != tranche.montant:
            tranche.montant = montant
            tranche.save(update_fields=["montant"])


def _ajouter(decision: Allocation, montant: Decimal) -> None:
    derniere = decision.tranches.order_by("rang").last()
    if montant <= 0 or derniere is None:
        return
    prevue = decision.demande.campagne.echeances.order_by("rang").last()
    decision.tranches.create(
        rang=derniere.rang + 1,
        nature="solde",
        montant=montant,
        prevue_le=max(derniere.prevue_le, aujourdhui()),
        service_fait=prevue.service_fait if prevue else False,
    )
