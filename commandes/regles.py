"""Arithmetic of an order, as EN 16931 has it: each net rounded, VAT by rate on the sum of its nets."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from reseau.nombres import arrondi_centime

if TYPE_CHECKING:
    from collections.abc import Iterable

TAUX_TVA = (Decimal(20), Decimal(10), Decimal("5.5"), Decimal("2.1"), Decimal(0))


@dataclass(frozen=True)
class TotalParTaux:
    """What one VAT rate (in %) brings: base and VAT in euros."""

    taux: Decimal
    base: Decimal
    tva: Decimal


@dataclass(frozen=True)
class Totaux:
    """Totals of an order, in euros; ``par_taux`` from the highest rate down."""

    par_taux: tuple[TotalParTaux, ...]

    @property
    def ht(self) -> Decimal:
        """Sum of the nets."""
        return sum((t.base for t in self.par_taux), Decimal("0.00"))

    @property
    def tva(self) -> Decimal:
        """Sum of the VAT of each rate."""
        return sum((t.tva for t in self.par_taux), Decimal("0.00"))

    @property
    def ttc(self) -> Decimal:
        """What the client pays."""
        return self.ht + self.tva


def net_de_ligne(quantite: Decimal, prix_unitaire: Decimal, remise: Decimal = Decimal(0)) -> Decimal:
    """Return the net of a line in euros: the same as the database's generated column."""
    return arrondi_centime(quantite * prix_unitaire * (100 - remise) / 100)


def totaux(nets: Iterable[tuple[Decimal, Decimal]]) -> Totaux:
    """Return the totals of ``(net, rate in %)`` pairs: three nets of 10,03 at 20 % give 6,02 of VAT."""
    bases: defaultdict[Decimal, Decimal] = defaultdict(lambda: Decimal("0.00"))
    for net, taux in nets:
        bases[taux.normalize()] += net
    return Totaux(
        tuple(
            TotalParTaux(taux, base, arrondi_centime(base * taux / 100))
            for taux, base in sorted(bases.items(), reverse=True)
        )
    )
