"""Take the next numbers of series, without gap and without collision."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_PRENDRE = """
INSERT INTO reseau_compteur (serie, dernier) VALUES (%s, 1)
ON CONFLICT (serie) DO UPDATE SET dernier = reseau_compteur.dernier + 1
RETURNING dernier
"""

_PRENDRE_EN_NOMBRE = """
INSERT INTO reseau_compteur (serie, dernier)
SELECT serie, nombre FROM unnest(%s::text[], %s::int[]) AS demande (serie, nombre) ORDER BY serie
ON CONFLICT (serie) DO UPDATE SET dernier = reseau_compteur.dernier + EXCLUDED.dernier
RETURNING serie, dernier
"""


def prendre_numero(serie: str) -> int:
    """Return the next number of ``serie`` (1, 2, 3...).

    The row stays locked until the caller's transaction ends: a rollback gives the number back.
    Raises ``TransactionManagementError`` outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Un numéro se prend dans une transaction.")
    with connection.cursor() as curseur:
        curseur.execute(_PRENDRE, [serie])
        ligne = curseur.fetchone()
    return int(ligne[0])


def prendre_numeros(series: Iterable[str]) -> Iterator[int]:
    """Yield the next number of each series named, in their order, continuous in each series."""
    ordre = list(series)
    besoins = Counter(ordre)
    with connection.cursor() as curseur:
        curseur.execute(_PRENDRE_EN_NOMBRE, [list(besoins), list(besoins.values())])
        suivants = {serie: dernier - besoins[serie] for serie, dernier in curseur.fetchall()}
    for serie in ordre:
        suivants[serie] += 1
        yield suivants[serie]
