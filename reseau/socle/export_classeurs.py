"""Write XLSX and ODS, typed and streamed: a text stays a text, a date is a date, a number a number."""

from __future__ import annotations

import re
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO
from xml.sax.saxutils import escape, quoteattr

from reseau.socle.exports import cellule_de_texte

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from reseau.socle.exports import Export

# What the name of a sheet may not hold.
_INTERDITS = re.compile(r"[\[\]:*?/\\]")
_FORMATS = {"date": "dd/mm/yyyy", "instant": "dd/mm/yyyy hh:mm", "montant": "#,##0.00", "entier": "0"}
_LARGEURS = {"texte": 28, "date": 12, "instant": 17, "entier": 10, "decimal": 12, "montant": 14}
_GENRES = {"entier": "float", "decimal": "float", "montant": "float", "date": "date", "instant": "date"}
_ENTETE_ODS = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content office:version="1.3"'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0">'
    '<office:automatic-styles><number:date-style style:name="jour"><number:day number:style="long"/>'
    '<number:text>/</number:text><number:month number:style="long"/><number:text>/</number:text>'
    '<number:year number:style="long"/></number:date-style>'
    '<style:style style:name="date" style:family="table-cell" style:data-style-name="jour"/>'
    "</office:automatic-styles><office:body><office:spreadsheet><table:table table:name="
)
_FIN_ODS = "</table:table></office:spreadsheet></office:body></office:document-content>"
_MANIFESTE = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest manifest:version="1.3"'
    ' xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:version="1.3"'
    ' manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)


def ecrire_xlsx(export: Export, lignes: Iterable[Sequence[Any]], sortie: BinaryIO) -> int:
    """Write an XLSX of one sheet, row by row; return the number of rows."""
    return ecrire_classeur([(export, lignes)], sortie)


def ecrire_classeur(feuilles: Iterable[tuple[Export, Iterable[Sequence[Any]]]], sortie: BinaryIO) -> int:
    """Write an XLSX, a sheet after the other, row by row; return the number of rows of all sheets."""
    from xlsxwriter import Workbook

    classeur = Workbook(sortie, {"constant_memory": True, "default_date_format": _FORMATS["date"]})
    gras = classeur.add_format({"bold": True})
    nombre = sum(_ecrire_feuille(classeur, gras, export, lignes) for export, lignes in feuilles)
    classeur.close()
    return nombre


def _nom_de_feuille(libelle: str) -> str:
    """Return the name of a sheet: a capital first, and acronyms as they are."""
    nom = _INTERDITS.sub(" ", libelle)[:31]
    return f"{nom[:1].upper()}{nom[1:]}"


def _ecrire_feuille(classeur: Any, gras: Any, export: Export, lignes: Iterable[Sequence[Any]]) -> int:
    feuille = classeur.add_worksheet(_nom_de_feuille(export.libelle))
    feuille.freeze_panes(1, 0)
    poses: list[Callable[[int, int, Any], Any]] = []
    for rang, colonne in enumerate(export.colonnes):
        forme = classeur.add_format({"num_format": _FORMATS.get(colonne.genre, "General")})
        poses.append(_pose(feuille, colonne.genre, forme))
        feuille.set_column(rang, rang, _LARGEURS[colonne.genre])
    for rang, titre in enumerate(export.titres):
        feuille.write_string(0, rang, titre, gras)
    numero = 0
    for numero, ligne in enumerate(lignes, 1):
        for rang, valeur in enumerate(ligne):
            if valeur is not None and valeur != "":
                poses[rang](numero, rang, valeur)
    return numero


def _pose(feuille: Any, genre: str, forme: Any) -> Callable[[int, int, Any], Any]:
    """How a value of a kind is written: a text is never looked at for a formula, a link or a number."""
    if genre == "texte":
        texte = feuille.write_string
        return lambda ligne, rang, valeur: texte(ligne, rang, cellule_de_texte(str(valeur)))
    if genre in {"date", "instant"}:
        jour = feuille.write_datetime
        return lambda ligne, rang, valeur: jour(ligne, rang, valeur, forme)
    nombre = feuille.write_number
    return lambda ligne, rang, valeur: nombre(ligne, rang, valeur, forme)


def ecrire_ods(export: Export, lignes: Iterable[Sequence[Any]], sortie: BinaryIO) -> int:
    """Write an ODS row by row; return the number of rows."""
    genres = [colonne.genre for colonne in export.colonnes]
    numero = 0
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFESTE)
        with archive.open("content.xml", "w", force_zip64=True) as contenu:
            contenu.write(f"{_ENTETE_ODS}{quoteattr(_nom_de_feuille(export.libelle))}>".encode())
            contenu.write(_rangee([_cellule("texte", titre) for titre in export.titres]))
            for numero, ligne in enumerate(lignes, 1):  # noqa: B007 - counted, and returned
                contenu.write(_rangee([_cellule(g, v) for g, v in zip(genres, ligne, strict=True)]))
            contenu.write(_FIN_ODS.encode())
    return numero


def _rangee(cellules: list[str]) -> bytes:
    return f"<table:table-row>{''.join(cellules)}</table:table-row>".encode()


def _cellule(genre: str, valeur: Any) -> str:
    if valeur is None or valeur == "":
        return "<table:table-cell/>"
    if genre == "texte":
        texte = escape(cellule_de_texte(str(valeur)))
        return f'<table:table-cell office:value-type="string"><text:p>{texte}</text:p></table:table-cell>'
    if genre in {"date", "instant"}:
        iso = valeur.isoformat(timespec="seconds") if isinstance(valeur, datetime) else valeur.isoformat()
        return (
            f'<table:table-cell table:style-name="date" office:value-type="date" office:date-value="{iso}"/>'
        )
    return f'<table:table-cell office:value-type="{_GENRES[genre]}" office:value="{valeur}"/>'
