"""Pure rules of this trade: dates and amounts in, dates and amounts out. No query, no clock."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from reseau.nombres import arrondi_centime

if TYPE_CHECKING:
    from collections.abc import Sequence

# Fixed public holidays: code du travail, L3133-1.
_FERIES_FIXES = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Easter Monday, Ascension and Whit Monday, in days after Easter Sunday.
_FERIES_MOBILES = (1, 39, 50)


def ajouter_mois(jour: date, nombre: int) -> date:
    """Return the same day ``nombre`` months later, or the last day of a shorter month."""
    rang = jour.month - 1 + nombre
    annee, mois = jour.year + rang // 12, rang % 12 + 1
    return date(annee, mois, min(jour.day, calendar.monthrange(annee, mois)[1]))


def ajouter_jours_ouvres(jour: date, nombre: int) -> date:
    """Return the ``nombre``-th day after ``jour`` that is neither Saturday, Sunday nor public holiday."""
    while nombre > 0:
        jour += timedelta(days=1)
        nombre -= ouvre(jour)
    return jour


def retirer_jours_ouvres(jour: date, nombre: int) -> date:
    """Return the ``nombre``-th day before ``jour`` that is neither Saturday, Sunday nor public holiday."""
    while nombre > 0:
        jour -= timedelta(days=1)
        nombre -= ouvre(jour)
    return jour


def ouvre(jour: date) -> bool:
    """Whether offices are open on this day in the whole country."""
    return jour.weekday() < 5 and jour not in feries(jour.year)


@cache
def feries(annee: int) -> frozenset[date]:
    """Public holidays of a year."""
    paques = _paques(annee)
    mobiles = (paques + timedelta(days=ecart) for ecart in _FERIES_MOBILES)
    return frozenset({*(date(annee, mois, jour) for mois, jour in _FERIES_FIXES), *mobiles})


def _paques(annee: int) -> date:
    """Easter Sunday in the Gregorian calendar (Butcher's algorithm, every year from 1583)."""
    siecle, reste = divmod(annee, 100)
    h = (19 * (annee % 19) + siecle - siecle // 4 - (siecle - (siecle + 8) // 25 + 1) // 3 + 15) % 30
    i = (32 + 2 * (siecle % 4) + 2 * (reste // 4) - h - reste % 4) % 7
    rang = h + i - 7 * ((annee % 19 + 11 * h + 22 * i) // 451) + 114
    return date(annee, rang // 31, rang % 31 + 1)


# 33,33 + 33,33 + 33,34: what percentages say of thirds.
_A_UN_ARRONDI_PRES = Decimal("0.02")


def repartir(montant: Decimal, parts: Sequence[Decimal]) -> list[Decimal]:
    """Split euros by percentages, each to the cent; the last part takes what the roundings leave (F9).

    Parts that differ by a rounding are equal parts: a third of 100 000 is 33 333,33, not 33 330,00.
    """
    egales = len(parts) > 1 and max(parts) - min(parts) <= _A_UN_ARRONDI_PRES
    premiers = [
        arrondi_centime(montant / len(parts) if egales else montant * part / 100) for part in parts[:-1]
    ]
    return [*premiers, montant - sum(premiers, Decimal(0))]
