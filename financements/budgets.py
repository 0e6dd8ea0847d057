"""The provisional budget: its totals, the share of the State, and whether it may be written now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from financements.corrections import deverrouille
from financements.natures import CHARGES, PosteBudget
from financements.situations import A_ECRIRE
from reseau.nombres import montrer_montant, montrer_pourcentage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from financements.models import Demande
    from reseau.socle.etats import Contexte


@dataclass(frozen=True, slots=True)
class BudgetMontre:
    """The headings that hold something, both totals, the State's share, what is wrong, where to write."""

    charges: tuple[tuple[str, str], ...]
    produits: tuple[tuple[str, str], ...]
    total_charges: str
    total_produits: str
    part: str
    alertes: tuple[str, ...]
    ecrire: str


def totaux(montants: Mapping[str, Decimal]) -> tuple[Decimal, Decimal]:
    """Return charges and products, in euros."""
    charges = sum((m for poste, m in montants.items() if poste in CHARGES), Decimal(0))
    return charges, sum(montants.values(), Decimal(0)) - charges


def part_de_l_etat(demande: Demande, total: Decimal) -> Decimal:
    """Return the State's share of the budget, four decimals: 202 200,00 of 561 000,00 is 0,3604."""
    montant = demande.montant_propose or demande.montant_retenu or demande.montant_demande
    return (montant / total).quantize(Decimal("0.0001"), ROUND_HALF_UP) if total else Decimal(0)


def montrer_budget(demande: Demande, ecrire: str) -> BudgetMontre:
    """Return what the page shows; one query."""
    montants = lire(demande)
    charges, produits = totaux(montants)
    lignes = [(p, PosteBudget(p).label, montrer_montant(m)) for p, m in montants.items()]
    return BudgetMontre(
        charges=tuple((mot, montant) for poste, mot, montant in lignes if poste in CHARGES),
        produits=tuple((mot, montant) for poste, mot, montant in lignes if poste not in CHARGES),
        total_charges=montrer_montant(charges) if montants else "",
        total_produits=montrer_montant(produits) if montants else "",
        part=montrer_pourcentage(part_de_l_etat(demande, charges)) if charges else "",
        alertes=tuple(_alertes(demande, montants)) if budget_ouvert(demande) else (),
        ecrire=ecrire,
    )


def budget_imprime(demande: Demande) -> dict[str, Any]:
    """Return the budget as a receipt prints it, as texts; empty when none was typed."""
    lu = montrer_budget(demande, "")
    if not lu.total_charges:
        return {}
    return {
        "charges": [list(ligne) for ligne in lu.charges],
        "produits": [list(ligne) for ligne in lu.produits],
        "total_charges": lu.total_charges,
        "total_produits": lu.total_produits,
    }


def desequilibre(charges: Decimal, produits: Decimal) -> str:
    """Say the gap between both sides; nothing when they are equal."""
    if charges == produits:
        return ""
    return (
        f"Le budget n'est pas équilibré : {montrer_montant(charges)} de charges,"
        f" {montrer_montant(produits)} de produits. L'écart est de {montrer_montant(abs(produits - charges))}"
        " : les deux côtés doivent être égaux."
    )


def _alertes(demande: Demande, montants: Mapping[str, Decimal]) -> Iterable[str]:
    """A budget that was begun is balanced, and holds at least what is asked of the State."""
    charges, produits = totaux(montants)
    if ecart := desequilibre(charges, produits):
        yield ecart
    if montants and charges < demande.montant_demande:
        yield (
            f"Le budget ({montrer_montant(charges)} de charges) est plus petit que le montant demandé"
            f" à l'État ({montrer_montant(demande.montant_demande)}) : complétez-le, ou demandez moins."
        )


def lire(demande: Demande) -> dict[str, Decimal]:
    """Return heading -> amount, in the order of the form."""
    montants = {ligne.poste: ligne.montant for ligne in demande.budget.all()}
    return {p.value: montants[p.value] for p in PosteBudget if p.value in montants}


def budget_ouvert(demande: Demande) -> bool:
    """Whether the state leaves the budget to be written."""
    if demande.etat not in A_ECRIRE:
        return False
    cles = deverrouille(demande)
    return cles is None or "piece_budget" in cles


def budget_coherent(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Asked while the budget may still be written; one that is only a piece is not asked for again."""
    return _alertes(demande, lire(demande)) if budget_ouvert(demande) else ()
