"""Look at an archive (XLSX, ODS) before any library opens it: what it holds, and how large it would be."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from reseau.socle.lecture_constat import LectureRefusee

if TYPE_CHECKING:
    from pathlib import Path

_NB_ENTREES = 500
_TAILLE_DEPLIEE = 300 * 1024 * 1024
# A register of repeated words packs by 30 or 40; a bomb, by 1,000.
_RATIO, _TAILLE_SANS_RATIO = 200, 5 * 1024 * 1024
_TROP = "Une fois dépliée, cette archive serait démesurée : elle n'est pas ouverte."
_ABIME = "Ce fichier est incomplet ou abîmé : enregistrez-le de nouveau, puis recommencez."


def genre_d_archive(chemin: Path) -> str:
    """Return "xlsx" or "ods". Raises :class:`LectureRefusee` for anything else, macros and bombs included."""
    try:
        with zipfile.ZipFile(chemin) as archive:
            entrees = archive.infolist()
            _mesurer(entrees)
            noms = {entree.filename for entree in entrees}
            if any(nom.lower().endswith("vbaproject.bin") or nom.startswith("Basic/") for nom in noms):
                raise LectureRefusee(
                    "Ce classeur contient des macros : enregistrez-le sans macros, puis recommencez."
                )
            return _genre(archive, noms)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, KeyError) as erreur:
        raise LectureRefusee(_ABIME) from erreur


def _mesurer(entrees: list[zipfile.ZipInfo]) -> None:
    deplie = sum(entree.file_size for entree in entrees)
    plie = sum(entree.compress_size for entree in entrees) or 1
    if len(entrees) > _NB_ENTREES or deplie > _TAILLE_DEPLIEE:
        raise LectureRefusee(_TROP)
    if deplie > _TAILLE_SANS_RATIO and deplie / plie > _RATIO:
        raise LectureRefusee(_TROP)


def _genre(archive: zipfile.ZipFile, noms: set[str]) -> str:
    if "xl/workbook.xml" in noms:
        return "xlsx"
    if "mimetype" in noms and archive.getinfo("mimetype").file_size < 200:
        genre = archive.read("mimetype").decode(errors="replace")
        if genre.startswith("application/vnd.oasis.opendocument.spreadsheet"):
            return "ods"
    raise LectureRefusee("Cette archive n'est ni un classeur XLSX, ni un classeur ODS.")
