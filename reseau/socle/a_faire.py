"""What awaits a person, as plain values: each trade fills rubrics, the roof lays them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet


@dataclass(frozen=True)
class Ligne:
    """One thing to do: its cells, in the order of the rubric's headings, and where it is done.

    The first cell is the link. ``alerte`` is said in words in the cell ``alerte_sur``, the last one unless
    said; it only adds weight to it.
    """

    lien: str
    cellules: tuple[str, ...]
    alerte: bool = False
    alerte_sur: int = -1


@dataclass(frozen=True)
class Attente:
    """One sentence on the page of a school: what awaits this person there, and where it is done."""

    texte: str
    lien: str
    alerte: bool = False


@dataclass(frozen=True)
class Rubrique:
    """A table of the home page: a heading, its columns, its lines, and what is said when empty.

    ``total`` counts everything, of which ``lignes`` shows the first; ``tout`` links to the rest.
    """

    titre: str
    entetes: tuple[str, ...]
    lignes: tuple[Ligne, ...]
    vide: str
    total: int = 0
    tout: str = ""
    avertissement: str = ""
    raccourcis: tuple[tuple[str, str], ...] = ()

    @property
    def reste(self) -> int:
        """How many lines are not shown."""
        return max(self.total - len(self.lignes), 0)

    @property
    def rangs(self) -> list[tuple[Ligne, list[tuple[str, str, bool]]]]:
        """Each line with its cells: heading, which a narrow screen shows too, text, whether it alerts."""
        return [(ligne, self._cellules(ligne)) for ligne in self.lignes]

    def _cellules(self, ligne: Ligne) -> list[tuple[str, str, bool]]:
        alertes = [False] * len(ligne.cellules)
        alertes[ligne.alerte_sur] = ligne.alerte
        return list(zip(self.entetes, ligne.cellules, alertes, strict=True))


def premieres(lignes: QuerySet[Any], nombre: int, *champs: str) -> QuerySet[Any, Any]:
    """Read these columns of the first rows, with how many there are in all, which ends each row."""
    comptees: QuerySet[Any, Any] = lignes.annotate(nombre_en_tout=Window(Count("pk")))
    return comptees.values_list(*champs, "nombre_en_tout")[:nombre]


def total(lues: Sequence[Any]) -> int:
    """Return how many rows there are in all, in the rows of :func:`premieres`."""
    return lues[0].nombre_en_tout if lues else 0


def premieres_et_total(lignes: QuerySet[Any], nombre: int) -> tuple[list[Any], int]:
    """Return the first rows, and how many there are in all; one query. ``lignes`` is in its order."""
    premieres = list(lignes.annotate(nombre_en_tout=Window(Count("pk")))[:nombre])
    return premieres, premieres[0].nombre_en_tout if premieres else 0
