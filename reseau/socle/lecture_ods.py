"""Read the first table of an ODS as a stream: a cell repeated a million times stays one cell."""

from __future__ import annotations

import xml.etree.ElementTree as ET
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reseau.socle.lecture_archive import _ABIME
from reseau.socle.lecture_constat import NB_COLONNES_MAXIMAL, Constat, LectureRefusee, refuser_au_dela

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reseau.socle.lecture_constat import Ligne, Valeur

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXTE = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


@dataclass
class _Etat:
    """Where the reader is in the document."""

    tables: list[str] = field(default_factory=list)
    numero: int = 0
    cachees: list[str] = field(default_factory=list)
    nb_fusions: int = 0
    nb_formules: int = 0


def lire_ods(chemin: Path, constat: Constat) -> Iterator[Ligne]:
    """Yield (line, cells) of the first table."""
    etat = _Etat()
    try:
        with zipfile.ZipFile(chemin) as archive, archive.open("content.xml") as source:
            yield from _lignes(source, etat)
    except (ET.ParseError, zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError) as erreur:
        if isinstance(erreur, LectureRefusee):
            raise
        raise LectureRefusee(_ABIME) from erreur
    if not etat.tables:
        raise LectureRefusee("Ce classeur n'a aucune feuille.")
    constat.forme = {"format": "ODS", "feuille": etat.tables[0]}
    if etat.tables[1:]:
        constat.annonces.append(f"Feuilles non lues : {', '.join(etat.tables[1:11])}.")
    if etat.cachees:
        constat.annonces.append(f"Lignes masquées, lues comme les autres : {', '.join(etat.cachees[:10])}.")
    if etat.nb_fusions:
        constat.annonces.append(f"Cellules fusionnées : {etat.nb_fusions}.")
    if etat.nb_formules:
        constat.annonces.append(
            f"{etat.nb_formules} cellule(s) avec une formule : le résultat affiché est lu."
        )


def _lignes(source: object, etat: _Etat) -> Iterator[Ligne]:
    for evenement, element in ET.iterparse(source, events=("start", "end")):  # type: ignore[call-overload]  # noqa: S314 - in a child with limits; expat bounds entities
        if evenement == "start" and element.tag == f"{_TABLE}table":
            etat.tables.append(element.get(f"{_TABLE}name", ""))
        if evenement == "end" and element.tag == f"{_TABLE}table-row":
            if len(etat.tables) == 1:
                yield from _rangee(element, etat)
            element.clear()


def _rangee(rangee: ET.Element, etat: _Etat) -> Iterator[Ligne]:
    """Yield the row as often as it is repeated; empty rows only move the count."""
    cellules: list[Valeur] = []
    for cellule in rangee:
        if cellule.tag in {f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"}:
            _ajouter(cellules, cellule, etat)
    repetition = int(rangee.get(f"{_TABLE}number-rows-repeated", "1"))
    if not any(valeur not in (None, "") for valeur in cellules):
        etat.numero += repetition
        return
    refuser_au_dela(etat.numero + repetition, 0)
    for _ in range(repetition):
        etat.numero += 1
        if rangee.get(f"{_TABLE}visibility", "visible") != "visible":
            etat.cachees.append(str(etat.numero))
        yield etat.numero, list(cellules)


def _ajouter(cellules: list[Valeur], cellule: ET.Element, etat: _Etat) -> None:
    repetition = int(cellule.get(f"{_TABLE}number-columns-repeated", "1"))
    valeur = None if cellule.tag.endswith("covered-table-cell") else _valeur(cellule)
    etat.nb_formules += cellule.get(f"{_TABLE}formula") is not None
    etat.nb_fusions += cellule.get(f"{_TABLE}number-columns-spanned", "1") != "1"
    if valeur is not None:
        refuser_au_dela(0, len(cellules) + repetition)
    cellules.extend([valeur] * min(repetition, NB_COLONNES_MAXIMAL + 1 - len(cellules)))


def _valeur(cellule: ET.Element) -> Valeur:
    genre = cellule.get(f"{_OFFICE}value-type", "")
    brut = cellule.get(f"{_OFFICE}value")
    if genre in {"float", "currency", "percentage"} and brut is not None:
        nombre = float(brut)
        entier = nombre.is_integer() and abs(nombre) < 1e15
        return int(nombre) if entier else brut
    if genre == "date":
        return cellule.get(f"{_OFFICE}date-value", "").removesuffix("T00:00:00")
    if genre == "boolean":
        return cellule.get(f"{_OFFICE}boolean-value") == "true"
    textes = ["".join(p.itertext()) for p in cellule.iter(f"{_TEXTE}p")]
    return "\n".join(textes) or None
