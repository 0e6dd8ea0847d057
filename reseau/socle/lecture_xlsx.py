"""Read the first visible sheet of an XLSX: bounded, with what a person would not see said aloud."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from reseau.socle.lecture_archive import _ABIME
from reseau.socle.lecture_constat import (
    NB_COLONNES_MAXIMAL,
    NB_LIGNES_LUES,
    Constat,
    LectureRefusee,
    refuser_au_dela,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reseau.socle.lecture_constat import Ligne, Valeur

_RANGEE = re.compile(rb"<row\b[^>]*>")
_NUMERO = re.compile(rb'\br="(\d+)"')
_CACHEE = re.compile(rb'\bhidden="(?:1|true)"')
_CELLULE = re.compile(rb'<c\b[^>]*\br="([A-Z]+)(\d+)"')
_FUSION = re.compile(rb'<mergeCell\b[^>]*\bref="([A-Z0-9:]+)"')
# A formula that no spreadsheet has computed has no value beside it.
_FORMULE = re.compile(rb"<f\b[^>]*?(?:/>|>[^<]*</f>)\s*(<v>[^<]+</v>)?")
_ENTITE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MORCEAU = 1 << 20


def lire_xlsx(chemin: Path, constat: Constat) -> Iterator[Ligne]:
    """Yield (line, cells) of the first visible sheet; formulas give the value the spreadsheet kept."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    illisible = (
        InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        SyntaxError,
    )
    try:
        with chemin.open("rb") as source:
            classeur = load_workbook(source, read_only=True, data_only=True, keep_links=False)
            feuille = _feuille(classeur, constat)
            # The path of the sheet inside the archive: openpyxl knows it and has no public name for it.
            _Examen(constat).examiner(chemin, str(feuille._worksheet_path).lstrip("/"))
            feuille.reset_dimensions()
            rangees = feuille.iter_rows(max_row=NB_LIGNES_LUES, max_col=NB_COLONNES_MAXIMAL, values_only=True)
            for numero, cellules in enumerate(rangees, 1):
                yield numero, [_valeur(cellule) for cellule in cellules]
    except LectureRefusee:
        raise
    except (*illisible, zipfile.BadZipFile, EOFError, OSError) as erreur:
        raise LectureRefusee(_ABIME) from erreur


def _feuille(classeur: Any, constat: Constat) -> Any:
    visibles = [f for f in classeur.worksheets if f.sheet_state == "visible"]
    if not visibles:
        raise LectureRefusee("Ce classeur n'a aucune feuille visible.")
    constat.forme = {"format": "XLSX", "feuille": visibles[0].title}
    autres = [f.title for f in classeur.worksheets if f is not visibles[0]]
    if autres:
        constat.annonces.append(f"Feuilles non lues : {', '.join(autres[:10])}.")
    return visibles[0]


def _valeur(cellule: Any) -> Valeur:
    if cellule is None or isinstance(cellule, str | int):
        return cellule
    if isinstance(cellule, float):
        entier = cellule.is_integer() and abs(cellule) < 1e15
        return int(cellule) if entier else str(cellule) if cellule != cellule else cellule  # noqa: PLR0124
    if isinstance(cellule, datetime):
        return cellule.date().isoformat() if cellule.time() == time() else cellule.isoformat(" ")
    if isinstance(cellule, date | time):
        return cellule.isoformat()
    return str(cellule)


class _Examen:
    """Walk the bytes of the sheet, chunk by chunk: size, hidden rows, merged cells, empty formulas."""

    def __init__(self, constat: Constat) -> None:
        self.constat = constat
        self.cachees: list[str] = []
        self.fusions: list[str] = []
        self.nb_formules = 0

    def examiner(self, chemin: Path, feuille: str) -> None:
        """Refuse what must be, and leave an announcement of the rest."""
        with zipfile.ZipFile(chemin) as archive, archive.open(feuille) as source:
            reste = b""
            while morceau := source.read(_MORCEAU):
                bloc = reste + morceau
                coupe = bloc.rfind(b"<row") if len(bloc) < 4 * _MORCEAU else len(bloc)
                self._bloc(bloc[: max(coupe, 0)])
                reste = bloc[max(coupe, 0) :]
            self._bloc(reste)
        self._annoncer()

    def _bloc(self, bloc: bytes) -> None:
        if _ENTITE.search(bloc):
            raise LectureRefusee(_ABIME)
        for balise in _RANGEE.findall(bloc):
            numero = _NUMERO.search(balise)
            refuser_au_dela(int(numero[1]) if numero else 0, 0)
            if _CACHEE.search(balise) and numero:
                self.cachees.append(numero[1].decode())
        for lettres, numero_de_rangee in _CELLULE.findall(bloc):
            refuser_au_dela(int(numero_de_rangee), _rang(lettres))
        self.fusions += [ref.decode() for ref in _FUSION.findall(bloc)]
        for valeur in _FORMULE.findall(bloc):
            self._formule(valeur)

    def _formule(self, valeur: bytes) -> None:
        self.nb_formules += 1
        if not valeur:
            raise LectureRefusee(
                "Des formules de ce classeur n'ont pas de résultat : ouvrez-le dans votre tableur, "
                "enregistrez-le, puis recommencez."
            )

    def _annoncer(self) -> None:
        if self.cachees:
            self.constat.annonces.append(f"Lignes masquées, lues comme les autres : {_liste(self.cachees)}.")
        if self.fusions:
            self.constat.annonces.append(f"Cellules fusionnées : {_liste(self.fusions)}.")
        if self.nb_formules:
            self.constat.annonces.append(
                f"{self.nb_formules} cellule(s) avec une formule : le résultat affiché est lu."
            )


def _rang(lettres: bytes) -> int:
    rang = 0
    for code in lettres[:4]:
        rang = rang * 26 + code - 64
    return rang


def _liste(adresses: list[str]) -> str:
    return ", ".join(adresses[:10]) + ("…" if len(adresses) > 10 else "")
