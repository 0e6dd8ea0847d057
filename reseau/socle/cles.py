"""Keys for rows that SQL will insert: made here, in order, never by the database."""

from __future__ import annotations

from django.db import connection

from reseau.champs import uuid7


def donner_des_cles(nom: str, source: str) -> None:
    """Make the temporary table ``nom`` (rang, id): one new key for each row of ``source``, from rank 1."""
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT count(*) FROM {source}")
        (nombre,) = curseur.fetchone()
        curseur.execute(f"DROP TABLE IF EXISTS pg_temp.{nom}")
        curseur.execute(f"CREATE TEMP TABLE {nom} (rang bigint, id uuid) ON COMMIT DROP")
        with curseur.copy(f"COPY {nom} FROM STDIN") as flux:
            flux.write("".join(f"{rang}\t{uuid7()}\n" for rang in range(1, nombre + 1)))
