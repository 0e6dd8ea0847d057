"""Take the next number of a series, without gap and without collision."""

from __future__ import annotations

from django.db import connection, transaction

_PRENDRE = """
INSERT INTO reseau_compteur (serie, dernier) VALUES (%s, 1)
ON CONFLICT (serie) DO UPDATE SET dernier = reseau_compteur.dernier + 1
RETURNING dernier
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
