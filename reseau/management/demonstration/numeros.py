"""Take many numbers of many series at once, from the counters that the screens use."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PRENDRE = """
INSERT INTO reseau_compteur (serie, dernier)
SELECT serie, nombre FROM unnest(%s::text[], %s::int[]) AS demande (serie, nombre) ORDER BY serie
ON CONFLICT (serie) DO UPDATE SET dernier = reseau_compteur.dernier + EXCLUDED.dernier
RETURNING serie, dernier
"""


def prendre_numeros(series: Iterable[str]) -> Iterator[int]:
    """Yield the next number of each series named, in their order, continuous in each series."""
    ordre = list(series)
    besoins = Counter(ordre)
    with connection.cursor() as curseur:
        curseur.execute(_PRENDRE, [list(besoins), list(besoins.values())])
        suivants = {serie: dernier - besoins[serie] for serie, dernier in curseur.fetchall()}
    for serie in ordre:
        suivants[serie] += 1
        yield suivants[serie]
