"""Write many rows quickly, by COPY: every trigger and constraint of the tables holds."""

from __future__ import annotations

from itertools import batched
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import AutoField, Field, FileField, JSONField, Model
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

LOT = 5_000  # rows of a COPY: well under the statement timeout of the runtime role

_FRANCHIR = """
UPDATE {table} SET etat = CASE WHEN set_config('edp.porte', {nom} || ':' || id, true) <> '' THEN %s END
       {copies}
 WHERE id = ANY(%s) AND etat = %s
"""


def sans_attente() -> None:
    """Check keys at each statement, and let triggers read by key, until this transaction ends.

    Deferred checks wait in a list that PostgreSQL walks at each exception a trigger catches
    (pgtrigger's do): thousands of rows would cost the square of their number. And plans made on
    empty tables would read all of them for ever.
    """
    with connection.cursor() as curseur:
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL enable_seqscan = off")


def differer() -> None:
    """Leave again to the end of the transaction what is checked there: a decision and its request.

    No trigger is ignored: unset, each call would catch an exception and walk the list of what waits.
    """
    with connection.cursor() as curseur:
        curseur.execute("SET CONSTRAINTS ALL DEFERRED; SET LOCAL pgtrigger.ignore = '{}'")


def verser[M: Model](modele: type[M], lignes: Iterable[M]) -> int:
    """Write new instances and return how many; what a field fills in by itself is filled in."""
    champs = [
        champ
        for champ in modele._meta.local_concrete_fields
        if not champ.generated and not isinstance(champ, AutoField)
    ]
    colonnes = sql.SQL(", ").join([sql.Identifier(str(champ.column)) for champ in champs])
    ordre = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(modele._meta.db_table), colonnes)
    valeurs = _lecteur(champs)
    total = 0
    for lot in batched(lignes, LOT):
        with connection.cursor() as curseur, curseur.copy(ordre) as copie:
            for ligne in lot:
                copie.write_row(valeurs(ligne))
        total += len(lot)
    return total


def _lecteur(champs: list[Field[Any, Any]]) -> Callable[[Model], Sequence[Any]]:
    """Return what reads a row; psycopg adapts all but JSON and files, and Django fills in its own dates."""
    tel_quel = attrgetter(*[champ.attname for champ in champs])
    prepares = [
        (rang, champ)
        for rang, champ in enumerate(champs)
        if isinstance(champ, JSONField | FileField)
        or getattr(champ, "auto_now", False)
        or getattr(champ, "auto_now_add", False)
    ]

    def lire(ligne: Model) -> Sequence[Any]:
        valeurs: list[Any] = list(tel_quel(ligne))
        for rang, champ in prepares:
            if valeurs[rang] is None:
                valeurs[rang] = champ.pre_save(ligne, add=True)
            valeurs[rang] = champ.get_db_prep_save(valeurs[rang], connection)
        return valeurs

    return lire


def franchir_en_masse(
    modele: type[Model], cles: Sequence[UUID], de: str, vers: str, **copies: str | sql.SQL
) -> None:
    """Move many rows from a state to the next one through the door of the database.

    ``copies`` says which columns take the value of which others on the way, or of which SQL expression.

    The value of the SET clause is computed for each row just before its triggers run: the door is
    opened for that row and no other, as ``Machine.franchir`` does one by one. Roles and guards are
    not asked: the demonstration answers for what it invents, and writes the journal itself.
    """
    table = modele._meta.db_table
    paires = [
        sql.SQL(", {} = {}").format(
            sql.Identifier(vers_), sql.Identifier(depuis) if isinstance(depuis, str) else depuis
        )
        for vers_, depuis in copies.items()
    ]
    ordre = sql.SQL(_FRANCHIR).format(
        table=sql.Identifier(table), nom=sql.Literal(table), copies=sql.SQL("").join(paires)
    )
    with connection.cursor() as curseur:
        for lot in batched(cles, LOT):
            curseur.execute(ordre, [vers, list(lot), de])
        curseur.execute("SELECT set_config('edp.porte', '', true)")
