"""Last year's decisions go on: notified, half and three tenths paid, the rest after the report."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from psycopg import sql

from financements.etats import Etat
from financements.models import Demande, JournalDemande, Paiement, Tranche
from financements.regles import repartir
from reseau.champs import uuid7
from reseau.management.demonstration.budgets import Equipe, equipe
from reseau.management.demonstration.versement import franchir_en_masse, verser
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from financements.models import Allocation, EcheancePrevue, Enveloppe

# Ten digits, as Chorus gives them: 21, the region, two zeros, the rank of the request.
_NUMERO_EJ = sql.SQL("'21' || substring(numero from 6 for 2) || '00' || right(numero, 4)")
_FAITS = (("notifier", Etat.ACCORDEE, Etat.NOTIFIEE), ("payer", Etat.NOTIFIEE, Etat.EN_EXECUTION))


def executer(decisions: Sequence[Allocation], enveloppe: Enveloppe) -> None:
    """Notify these decisions, write their schedule, and pay what has come due."""
    cles = [decision.demande_id for decision in decisions]
    franchir_en_masse(Demande, cles, Etat.ACCORDEE, Etat.NOTIFIEE, numero_ej=_NUMERO_EJ)
    numeros = dict(Demande.objects.filter(pk__in=cles).values_list("pk", "numero_ej"))
    agents = equipe(enveloppe.service_id)
    tranches = [tranche for decision in decisions for tranche in _tranches(decision)]
    verser(Tranche, tranches)
    dues = [t for t in tranches if not t.service_fait and t.prevue_le <= aujourdhui()]
    verser(Paiement, [_paiement(t, enveloppe, agents, numeros[t.allocation.demande_id]) for t in dues])
    franchir_en_masse(Demande, cles, Etat.NOTIFIEE, Etat.EN_EXECUTION)
    verser(JournalDemande, [ligne for decision in decisions for ligne in _journal(decision, agents)])


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


def _paiement(tranche: Tranche, enveloppe: Enveloppe, agents: Equipe, numero_ej: str) -> Paiement:
    return Paiement(
        cle=uuid7(),
        allocation=tranche.allocation,
        tranche=tranche,
        enveloppe=enveloppe,
        montant=tranche.montant,
        paye_le=max(tranche.prevue_le, date(enveloppe.exercice, 4, 10)),
        numero_ej=numero_ej,
        origine="reprise",
        saisi_par=agents.liquidateur,
    )


def _journal(decision: Allocation, agents: Equipe) -> Iterator[JournalDemande]:
    for (evenement, de, vers), acteur in zip(_FAITS, (agents.gestionnaire, agents.liquidateur), strict=True):
        yield JournalDemande(
            demande=decision.demande,
            chaine=f"demande:{decision.region_id}",
            acteur=acteur,
            evenement=evenement,
            de=de.value,
            vers=vers.value,
            donnees={"origine": "reprise"},
        )
