"""A dashboard: its sections, each a chart and the table of the same figures, as plain values.

The same sections serve one region (a line an envelope) and the country (a line a region).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from financements.pilotage_credits import additionner, registres
from financements.pilotage_dossiers import delais, etapes, ventilation
from reseau.nombres import montrer_montant, montrer_nombre
from reseau.socle.exports import ColonneExport, Export

if TYPE_CHECKING:
    from collections.abc import Sequence

    from financements.graphiques import Barres, Courbes
    from financements.pilotage_credits import Credit, Mois, Prevision
    from financements.pilotage_dossiers import Delai, Etape, Ventilation


# Columns of amounts that no longer hold beside a chart.
_LARGE = 6


@dataclass(frozen=True, slots=True)
class Tableau:
    """Typed lines under typed columns; ``total``, the last line or nothing; ``liens``, of the first cells."""

    colonnes: tuple[ColonneExport, ...]
    lignes: tuple[tuple[Any, ...], ...]
    total: tuple[Any, ...] | None = None
    liens: tuple[str, ...] = ()

    @property
    def entetes(self) -> list[tuple[str, str]]:
        """Words and kind of each column."""
        return [(colonne.titre, colonne.genre) for colonne in self.colonnes]

    @property
    def large(self) -> bool:
        """Whether the table needs the whole width of the page, its chart above it."""
        return len(self.colonnes) >= _LARGE

    @property
    def rangees(self) -> list[tuple[str, list[tuple[str, str, str]]]]:
        """For a page: the link of each line, and its printed cells with their kind and column."""
        liens = self.liens or ("",) * len(self.lignes)
        return [(lien, self._imprimer(ligne)) for lien, ligne in zip(liens, self.lignes, strict=True)]

    @property
    def pied(self) -> list[tuple[str, str, str]]:
        """The total, printed."""
        return self._imprimer(self.total) if self.total else []

    def _imprimer(self, ligne: tuple[Any, ...]) -> list[tuple[str, str, str]]:
        return [
            (imprimer(colonne.genre, valeur), colonne.genre, colonne.titre)
            for colonne, valeur in zip(self.colonnes, ligne, strict=True)
        ]


def imprimer(genre: str, valeur: Any) -> str:
    """Print a cell: nothing known is a dash."""
    if valeur is None:
        return "—"
    if genre == "montant":
        return montrer_montant(valeur)
    return montrer_nombre(valeur) if genre in {"entier", "decimal"} else str(valeur)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page. ``phrases`` say what to read in it; ``vide``, why there is nothing."""

    code: str
    titre: str
    phrases: tuple[str, ...]
    tableau: Tableau
    graphique: Barres | Courbes | None = None
    alerte: str = ""
    vide: str = ""

    def en_export(self) -> tuple[Export, list[tuple[Any, ...]]]:
        """The sheet of a workbook: columns, lines, total."""
        lignes = [*self.tableau.lignes, *([self.tableau.total] if self.tableau.total else [])]
        return Export(self.code, self.titre, "enveloppe.voir", self.tableau.colonnes), lignes


@dataclass(frozen=True, slots=True)
class Chiffres:
    """Everything that the sections are made of, for some regions and a year; EUR."""

    exercice: int
    national: bool
    credits: tuple[Credit, ...]
    total: Credit
    mois: list[Mois]
    previsions: list[Prevision]
    ventilation: Ventilation
    etapes: list[Etape]
    delais: list[Delai]


def chiffrer(lus: Sequence[Credit], exercice: int, *, national: bool = False) -> Chiffres:
    """Read the figures of the services named by ``lus``; four queries."""
    regions = sorted({credit.service for credit in lus})
    de_l_annee = tuple(credit for credit in lus if credit.exercice == exercice)
    mois, previsions = registres(regions, exercice)
    return Chiffres(
        exercice=exercice,
        national=national,
        credits=_par_region(de_l_annee) if national else de_l_annee,
        total=additionner(de_l_annee),
        mois=mois,
        previsions=previsions,
        ventilation=ventilation(regions, exercice),
        etapes=etapes(regions, exercice),
        delais=delais(regions, exercice),
    )


def _par_region(enveloppes: Sequence[Credit]) -> tuple[Credit, ...]:
    """One line a service, in the order in which they come."""
    groupes: dict[str, list[Credit]] = {}
    for credit in enveloppes:
        groupes.setdefault(credit.service, []).append(credit)
    return tuple(additionner(siens, cle, siens[0].nom) for cle, siens in groupes.items())
