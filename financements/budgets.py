"""The provisional budget: its totals, the share of the State, and whether it may be written now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from financements.corrections import deverrouille
from financements.natures import CHARGES, PosteBudget
from financements.situations import A_ECRIRE
from reseau.nombres import montrer_montant, montrer_nombre

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from financements.models import Demande
    from reseau.socle.etats import Contexte


@dataclass(frozen=True, slots=True)
class BudgetMontre:
    """The headings that hold something, the total, the share of the State, the page to write it."""

    charges: tuple[tuple[str, str], ...]
    produits: tuple[tuple[str, str], ...]
    total: str
    part: str
    ecrire: str


def totaux(montants: Mapping[str, Decimal]) -> tuple[Decimal, Decimal]:
    """Return charges and products, in euros."""
    charges = sum((m for poste, m in montants.items() if poste in CHARGES), Decimal(0))
    return charges, sum(montants.values(), Decimal(0)) - charges


def part_de_l_etat(demande: Demande, total: Decimal) -> Decimal:
    """Return the State's share of the budget, two decimals: 202 200,00 of 561 000,00 is 0,36."""
    montant = demande.montant_propose or demande.montant_retenu or demande.montant_demande
    return (montant / total).quantize(Decimal("0.01"), ROUND_HALF_UP) if total else Decimal(0)


def montrer_budget(demande: Demande, ecrire: str) -> BudgetMontre:
    """Return what the page shows; one query."""
    montants = lire(demande)
    total = totaux(montants)[0]
    lignes = [(p, PosteBudget(p).label, montrer_montant(m)) for p, m in montants.items()]
    return BudgetMontre(
        charges=tuple((mot, montant) for poste, mot, montant in lignes if poste in CHARGES),
        produits=tuple((mot, montant) for poste, mot, montant in lignes if poste not in CHARGES),
        total=montrer_montant(total) if total else "",
        part=montrer_nombre(part_de_l_etat(demande, total), 2) if total else "",
        ecrire=ecrire,
    )


def lire(demande: Demande) -> dict[str, Decimal]:
    """Return heading -> amount, in the order of the form."""
    montants = dict(demande.budget.order_by("id").values_list("poste", "montant"))
    return {p.value: montants[p.value] for p in PosteBudget if p.value in montants}


def budget_ouvert(demande: Demande) -> bool:
    """Whether the state leaves the budget to be written."""
    if demande.etat not in A_ECRIRE:
        return False
    cles = deverrouille(demande)
    return cles is None or "piece_budget" in cles


def budget_equilibre(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A budget that was begun is balanced; one that is only a piece is not asked for again."""
    charges, produits = totaux(lire(demande))
    if charges != produits:
        yield (
            f"Le budget n'est pas équilibré : {montrer_montant(charges)} de charges,"
            f" {montrer_montant(produits)} de produits."
        )
