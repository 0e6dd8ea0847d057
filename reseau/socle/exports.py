"""What may leave the portal as a spreadsheet: a trade names the columns, the database streams the rows.

Rows come by COPY, typed, in bounded memory; they go to a temporary file, so that a file is sent whole
or not at all. Nothing typed by anybody becomes a formula.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction
from django.db.models import Case, CharField, F, Value, When
from django.db.models.lookups import Exact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from django.db.models import QuerySet
    from django.db.models.expressions import Combinable

# Kind of a column -> the type that PostgreSQL is told to read back.
GENRES: Final = {
    "texte": "text", "entier": "int8", "decimal": "numeric", "montant": "numeric", "date": "date",
    "instant": "timestamp",
}  # fmt: skip
# A spreadsheet reads as a formula what begins so, and some of them their full-width twins as well.
FORMULE: Final = re.compile("^[=+@\t\r\n\uff1d\uff0b\uff20\uff0d-]")
LONGUEUR_DE_CELLULE = 32_767
FORMATS: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class ColonneExport:
    """A column of an export: its French header, where its value is, and its kind (a key of GENRES)."""

    titre: str
    source: str | Combinable
    genre: str = "texte"
    choix: Mapping[str, str] | None = None

    def expression(self) -> Any:
        """The value as the database gives it; a coded one by its words."""
        source = F(self.source) if isinstance(self.source, str) else self.source
        if self.choix is None:
            return source
        cas = [When(Exact(source, Value(code)), then=Value(mot)) for code, mot in self.choix.items()]
        return Case(*cas, default=Value(""), output_field=CharField())


@dataclass(frozen=True)
class Export:
    """A list that may be taken out. ``personnel``: its lines name people."""

    nature: str
    libelle: str
    permission: str
    colonnes: Sequence[ColonneExport]
    personnel: bool = False

    @property
    def titres(self) -> list[str]:
        """French headers."""
        return [colonne.titre for colonne in self.colonnes]

    def requete(self, ensemble: QuerySet[Any]) -> str:
        """SQL of the rows, in the order of the set."""
        valeurs = {f"colonne_{rang}": colonne.expression() for rang, colonne in enumerate(self.colonnes)}
        rangs = ensemble.annotate(**valeurs).values_list(*valeurs)
        # A set known to be empty still has its headers.
        texte, parametres = rangs.query.get_compiler(connection=connection, elide_empty=False).as_sql()
        compose: str = connection.ops.compose_sql(texte, parametres)  # type: ignore[attr-defined]
        return compose


def rangees(export: Export, ensemble: QuerySet[Any]) -> Iterator[tuple[Any, ...]]:
    """Yield typed rows, streamed: str, int, Decimal, date, datetime (Paris time) or None."""
    types = [GENRES[colonne.genre] for colonne in export.colonnes]
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("SET LOCAL statement_timeout = '120s'; SET LOCAL TIME ZONE 'Europe/Paris'")
        with curseur.copy(f"COPY ({_typee(export, ensemble, types)}) TO STDOUT") as flux:
            flux.set_types(types)
            yield from flux.rows()


def _typee(export: Export, ensemble: QuerySet[Any], types: Sequence[str]) -> str:
    colonnes = ", ".join(f"colonne_{rang}::{genre}" for rang, genre in enumerate(types))
    return f"SELECT {colonnes} FROM ({export.requete(ensemble)}) AS lignes"


def sans_formule(texte: str) -> str:
    """What a CSV may hold: an apostrophe before anything that a spreadsheet would compute."""
    return f"'{texte}" if FORMULE.match(texte) else texte


def cellule_de_texte(texte: str) -> str:
    """A text that a typed cell can hold: nothing invisible, no longer than a cell."""
    if not texte.isprintable():
        texte = "".join(c for c in texte if c in "\n\t" or unicodedata.category(c)[0] != "C")
    return texte if len(texte) <= LONGUEUR_DE_CELLULE else texte[: LONGUEUR_DE_CELLULE - 1] + "…"
