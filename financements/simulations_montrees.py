"""The comparison as it is printed: a school a row, a scenario a column, what would remain below."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from financements.barre import montant_propose
from financements.simulations import NB_COMPAREES, Rangee, Total, comparer
from reseau.nombres import montrer_montant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from financements.models import Enveloppe, Simulation


def compter(total: Total) -> dict[str, str]:
    """Print a total: learners, amount, what remains (signed)."""
    return {
        "nb_jeunes": str(total.nb_jeunes),
        "montant": montrer_montant(total.montant),
        "reste": montrer_montant(total.reste),
    }


@dataclass(frozen=True)
class Case:
    """Learners and an amount, printed; ``change`` when it is not what was asked."""

    effectif: str = "—"
    montant: str = ""
    change: bool = False


def comparaison(enveloppe: Enveloppe, demandees: Sequence[str]) -> dict[str, Any]:
    """Return what the page of the comparison prints; ``demandees``: keys of scenarios, from the address.

    Without a choice, the last scenarios under study; never more than :data:`NB_COMPAREES`.
    """
    toutes = list(enveloppe.simulations.filter(appliquee_le=None).order_by("creee_le", "id"))
    cles = _cles(demandees)
    choisies = [s for s in toutes if s.pk in cles] if cles else toutes
    choisies = choisies[-NB_COMPAREES:]
    rangees = comparer(enveloppe, choisies)
    propose = montant_propose(enveloppe)
    libres = enveloppe.ae_disponibles - propose
    return {
        "enveloppe": enveloppe,
        "disponible": montrer_montant(libres),
        "propose": montrer_montant(propose) if propose else "",
        "choix": [{"cle": str(s.pk), "nom": s.nom, "choisie": s in choisies} for s in toutes],
        "colonnes": [
            {"nom": s.nom, "lien": reverse("admin:financements_simulation_change", args=[s.pk])}
            for s in choisies
        ],
        "rangees": [_ligne(rangee) for rangee in rangees],
        "totaux": _totaux(rangees, choisies, libres),
        "nb_comparees": NB_COMPAREES,
    }


def _cles(demandees: Sequence[str]) -> set[UUID]:
    cles = set()
    for texte in demandees[:50]:
        try:
            cles.add(UUID(texte))
        except ValueError:
            continue
    return cles


def _ligne(rangee: Rangee) -> dict[str, Any]:
    demande = rangee.demande
    retenue = (
        Case()
        if rangee.nb_retenus is None or rangee.retenue is None
        else Case(str(rangee.nb_retenus), montrer_montant(rangee.retenue))
    )
    return {
        "ecole": demande.ecole.nom,
        "numero": demande.numero,
        "lien": reverse("admin:financements_demande_change", args=[demande.pk]),
        "etape": demande.get_etat_display(),
        "cases": [
            Case(str(rangee.nb_demandes), montrer_montant(rangee.demandee)),
            retenue,
            *(
                Case()
                if scenario is None
                else Case(str(scenario[0]), montrer_montant(scenario[1]), scenario[0] != rangee.nb_demandes)
                for scenario in rangee.scenarios
            ),
        ],
    }


def _totaux(rangees: list[Rangee], choisies: list[Simulation], libres: Decimal) -> list[dict[str, Any]]:
    """Foot of each column: learners, amount, what the envelope would have left."""
    colonnes = [
        [(rangee.nb_demandes, rangee.demandee) for rangee in rangees],
        [(rangee.nb_retenus or 0, rangee.retenue or Decimal(0)) for rangee in rangees],
        *([rangee.scenarios[rang] or (0, Decimal(0)) for rangee in rangees] for rang in range(len(choisies))),
    ]
    return [_total(colonne, libres) for colonne in colonnes]


def _total(colonne: list[tuple[int, Decimal]], libres: Decimal) -> dict[str, Any]:
    montant = sum((euros for _, euros in colonne), Decimal(0))
    total = Total(sum(nombre for nombre, _ in colonne), montant, libres - montant)
    return {**compter(total), "negatif": total.reste < 0}
