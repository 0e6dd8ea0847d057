"""Places of the parcours of a school: capacity - enrolled >= 0, on each day from today on. Pure functions.

The database counts the same (``ecoles.models.declencheurs_places``): change both. An enrolment is in a
title, a capacity is of a parcours: a title to which one parcours leads takes a place of that one; a title
to which several lead takes a place of one of them, whichever, so those are counted together.
A parcours without capacity never refuses: a school that has not counted its places can still work, and
its page asks for the figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

type Periode = tuple[date, date | None]
_UN_JOUR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Parcours counted together: codes and names, the titles that take their places, the places."""

    parcours: frozenset[str]
    noms: str
    titres: frozenset[str]
    places: int


def ensembles(
    parcours_de: Mapping[str, frozenset[str]],
    capacites: Mapping[str, int | None],
    noms: Mapping[str, str],
) -> Iterator[Ensemble]:
    """Yield what is counted in a school, from title -> parcours, parcours -> capacity, parcours -> name.

    What holds a parcours without capacity is left out: its places have no end.
    """
    for parcours in sorted(set(parcours_de.values()), key=sorted):
        places = [capacites[code] for code in parcours]
        if None in places:
            continue
        titres = frozenset(titre for titre, codes in parcours_de.items() if codes <= parcours)
        total = sum(place or 0 for place in places)
        yield Ensemble(parcours, " ou ".join(sorted(noms[code] for code in parcours)), titres, total)


def sommet(periodes: Iterable[Periode], du: date, au: date | None = None) -> int:
    """Return how many of these periods hold at once, at most, on a day between ``du`` and ``au``.

    Days are inclusive; nothing as an end: for ever.
    """
    pas: list[tuple[date, int]] = []
    for debut, fin in periodes:
        if (fin is not None and fin < du) or (au is not None and debut > au):
            continue
        pas.append((max(debut, du), 1))
        if fin is not None and fin < date.max:
            pas.append((fin + _UN_JOUR, -1))
    plus = presents = 0
    for jour, combien in sorted(pas):
        if au is not None and jour > au:
            break
        presents += combien
        plus = max(plus, presents)
    return plus


def pas_de_place(noms: str, nombre: int, places: int) -> str:
    """Say to who would enter how many are there for how many places."""
    return f"Il n'y a plus de place en « {noms} » : {_compte(nombre, places)}."


def trop_petite(noms: str, nombre: int, places: int) -> str:
    """Say to who reduces a capacity how many are there."""
    return f"Cette capacité est trop petite pour « {noms} » : {_compte(nombre, places)}."


def _compte(nombre: int, places: int) -> str:
    jeunes = "1 jeune inscrit ou attendu" if nombre == 1 else f"{nombre} jeunes inscrits ou attendus"
    return f"{jeunes}, pour {places} place{'s' if places > 1 else ''}"


def paliers(periodes: Iterable[Periode], jour: date) -> list[tuple[date, int]]:
    """Return, from ``jour`` on, (day, how many will be there at once at most from that day on).

    The last pair whose day is not after an entry says it for that entry, if nobody else comes.
    """
    pas: dict[date, int] = {jour: 0}
    for debut, fin in periodes:
        if fin is not None and fin < jour:
            continue
        pas[max(debut, jour)] = pas.get(max(debut, jour), 0) + 1
        if fin is not None and fin < date.max:
            pas[fin + _UN_JOUR] = pas.get(fin + _UN_JOUR, 0) - 1
    jours = sorted(pas)
    presents = list(accumulate(pas[j] for j in jours))
    ensuite = list(accumulate(reversed(presents), max))[::-1]
    return list(zip(jours, ensuite, strict=True))
