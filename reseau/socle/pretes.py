"""Queries whose SQL is written once a process.

For a few rows the ORM spends more on writing a query than PostgreSQL on answering it: a query that every
page asks, always the same but for its values, is written at its first reading and kept.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import BooleanField, Func, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Field, QuerySet


class Parametre(Value):
    """What is given at each reading: a name, and the kind of field that it is compared with."""

    def __init__(self, nom: str, output_field: Field[Any, Any]) -> None:
        super().__init__(nom, output_field=output_field)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Parametre, ...]]:  # type: ignore[override]
        """Leave the place of the value."""
        return "%s", (self,)


class Parmi(Func):
    """Whether a column is one of the values given: the same SQL whatever their number."""

    arity = 2
    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class Prete:
    """A query with :class:`Parametre` in it; ``ecrire`` makes it, with ``values_list``.

    Its rows are those of the driver: no converter of the ORM looks at them.
    """

    def __init__(self, ecrire: Callable[[], QuerySet[Any, Any]]) -> None:
        self.ecrire = ecrire

    @cached_property
    def _ecrite(self) -> tuple[str, tuple[Any, ...]]:
        sql, parametres = self.ecrire().query.sql_with_params()
        return sql, tuple(parametres)

    def lire(self, **valeurs: Any) -> list[tuple[Any, ...]]:
        """Return the rows; a value is missing: ``KeyError``, nothing is asked."""
        sql, places = self._ecrite
        parametres = [valeurs[p.value] if isinstance(p, Parametre) else p for p in places]
        with connection.cursor() as curseur:
            curseur.execute(sql, parametres)
            lues: list[tuple[Any, ...]] = curseur.fetchall()
        return lues
