"""Days of the demonstration: everything is placed around today, in Paris."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from reseau.nombres import PARIS

_SAMEDI, _AOUT = 5, 8


def rentree(jour: date) -> date:
    """Return the 1 September that opened the school year of ``jour``."""
    return date(jour.year if jour.month >= 9 else jour.year - 1, 9, 1)


def ouvre(jour: date) -> bool:
    """Whether the workshop is open: Monday to Friday, August off."""
    return jour.weekday() < _SAMEDI and jour.month != _AOUT


def jours_ouvres(debut: date, fin: date) -> list[date]:
    """Return the open days from ``debut`` to ``fin``, both included."""
    etendue = range((fin - debut).days + 1)
    return [jour for jour in (debut + timedelta(days=n) for n in etendue) if ouvre(jour)]


def a_midi(jour: date) -> datetime:
    """Return noon in Paris of that day."""
    return datetime.combine(jour, time(12), PARIS)


def il_y_a(jour: date, annees: int) -> date:
    """Return the same day, years before; 29 February becomes 28."""
    try:
        return jour.replace(year=jour.year - annees)
    except ValueError:
        return jour.replace(year=jour.year - annees, day=28)
