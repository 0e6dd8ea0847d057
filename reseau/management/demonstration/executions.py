"""What last year's decisions had been paid when they were taken over, and the rest of their schedule."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from financements.models import Paiement, Tranche
from financements.regles import repartir
from reseau.champs import uuid7
from reseau.management.demonstration.budgets import equipe
from reseau.management.demonstration.versement import verser
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from financements.models import Allocation, EcheancePrevue, Enveloppe
    from reseau.models import Utilisateur


def verser_l_execution(decisions: Sequence[Allocation], enveloppe: Enveloppe) -> None:
    """Write the schedule of these decisions, and what came due as paid."""
    tranches = [tranche for decision in decisions for tranche in _tranches(decision)]
    verser(Tranche, tranches)
    dues = [t for t in tranches if not t.service_fait and t.prevue_le <= aujourdhui()]
    par = equipe(enveloppe.service_id).gestionnaire
    verser(Paiement, [_paiement(tranche, enveloppe, par) for tranche in dues])


def _tranches(decision: Allocation) -> Iterator[Tranche]:
    prevues: list[EcheancePrevue] = list(decision.demande.campagne.echeances.order_by("rang"))
    montants = repartir(decision.montant, [echeance.part for echeance in prevues])
    for echeance, montant in zip(prevues, montants, strict=True):
        yield Tranche(
            allocation=decision,
            rang=echeance.rang,
            nature=echeance.nature,
            montant=montant,
            prevue_le=echeance.prevue_le,
            service_fait=echeance.service_fait,
        )


def _paiement(tranche: Tranche, enveloppe: Enveloppe, par: Utilisateur) -> Paiement:
    return Paiement(
        cle=uuid7(),
        allocation=tranche.allocation,
        tranche=tranche,
        enveloppe=enveloppe,
        montant=tranche.montant,
        paye_le=max(tranche.prevue_le, date(enveloppe.exercice, 4, 10)),
        numero_ej=tranche.allocation.demande.numero_ej,
        origine="reprise",
        saisi_par=par,
    )
