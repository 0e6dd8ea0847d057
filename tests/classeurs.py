"""Spreadsheets made for the tests: good ones, and the corpus of bad ones."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

ENTETE = ("Nom de l'école", "Commune", "Dép.")
ECOLE = ("Atelier du Pont", "Lyon", "69")


def xlsx(*lignes: Sequence[Any], **options: Any) -> bytes:
    """A workbook of one sheet; ``masquee``: a hidden row, ``fusion``: merged cells."""
    classeur = Workbook()
    feuille = classeur.active
    assert feuille is not None
    for ligne in lignes:
        feuille.append(list(ligne))
    if "masquee" in options:
        feuille.row_dimensions[options["masquee"]].hidden = True
    if "fusion" in options:
        feuille.merge_cells(options["fusion"])
    for adresse, valeur in options.get("cellules", {}).items():
        feuille[adresse] = valeur
    sortie = io.BytesIO()
    classeur.save(sortie)
    return sortie.getvalue()


def csv(*lignes: Sequence[Any], separateur: str = ";", encodage: str = "utf-8") -> bytes:
    """A CSV as a spreadsheet writes it."""
    return "\r\n".join(separateur.join(map(str, ligne)) for ligne in lignes).encode(encodage)


_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="Écoles">{rangees}</table:table></office:spreadsheet></office:body>
</office:document-content>"""


def rangee_ods(ligne: Sequence[Any], attributs: str = "") -> str:
    """A row of an ODS: numbers are numbers."""
    cellules = "".join(
        f'<table:table-cell office:value-type="float" office:value="{v}"/>'
        if isinstance(v, int)
        else f'<table:table-cell office:value-type="string"><text:p>{v}</text:p></table:table-cell>'
        for v in ligne
    )
    return f"<table:table-row {attributs}>{cellules}</table:table-row>"


def ods(*rangees: str) -> bytes:
    """An ODS from its rows."""
    return archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": _ODS.format(rangees="".join(rangees)).encode(),
        }
    )


def archive(entrees: dict[str, bytes]) -> bytes:
    """A zip."""
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as zip_:
        for nom, contenu in entrees.items():
            zip_.writestr(nom, contenu)
    return sortie.getvalue()


def avec(classeur: bytes, entrees: dict[str, bytes]) -> bytes:
    """The same workbook with entries replaced or added."""
    with zipfile.ZipFile(io.BytesIO(classeur)) as zip_:
        contenu = {nom: zip_.read(nom) for nom in zip_.namelist()}
    return archive(contenu | entrees)
