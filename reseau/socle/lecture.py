"""The child that reads a spreadsheet: ``python -m reseau.socle.lecture FILE``, with limits of its own.

Writes on its output one line of COPY text for each line that is not empty (number, cells as a JSON
array, cells as typed where trimming changed them), then on its error output one JSON object: what
was found out, or the refusal. Knows nothing of any column: the parent looks for the header.
"""

from __future__ import annotations

import json
import resource
import sys
import unicodedata
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reseau.socle.lecture_archive import genre_d_archive
from reseau.socle.lecture_constat import (
    NB_LIGNES_DE_TETE,
    Constat,
    LectureRefusee,
    nettoyer,
    refuser_au_dela,
    sans_controle,
)
from reseau.socle.lecture_csv import lire_csv
from reseau.socle.lecture_ods import lire_ods
from reseau.socle.lecture_xlsx import lire_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reseau.socle.lecture_constat import Ligne, Valeur

SECONDES, OCTETS = 60, 1024 * 1024 * 1024
REFUSE = 3
TROP = "Ce fichier demande trop de temps ou de mémoire pour être lu : il n'est pas importé."
_LECTEURS = {"csv": lire_csv, "ods": lire_ods, "xlsx": lire_xlsx}
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def _limiter() -> None:
    """Processor, memory, no file to write, no core: a hostile spreadsheet stops here."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDES, SECONDES + 1))
    resource.setrlimit(resource.RLIMIT_AS, (OCTETS, OCTETS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lignes(chemin: Path, constat: Constat) -> Iterator[Ligne]:
    """Yield the lines of any known format, known by its first bytes and never by its name."""
    with chemin.open("rb") as fichier:
        debut = fichier.read(8)
    if not debut:
        raise LectureRefusee("Ce fichier est vide.")
    if debut.startswith(b"\xd0\xcf\x11\xe0"):
        raise LectureRefusee(
            "Ce classeur est protégé par un mot de passe, ou dans l'ancien format XLS : "
            "enregistrez-le en XLSX sans mot de passe."
        )
    genre = genre_d_archive(chemin) if debut.startswith(b"PK") else "csv"
    yield from _LECTEURS[genre](chemin, constat)


def _ecrire(chemin: Path, constat: Constat) -> None:
    ecrire = sys.stdout.buffer.write
    for numero, valeurs in lignes(chemin, constat):
        cellules, originales = _preparer(valeurs)
        if not cellules:
            continue
        constat.nb_lignes += 1
        refuser_au_dela(constat.nb_lignes, 0)
        if len(constat.tete) < NB_LIGNES_DE_TETE:
            constat.tete.append((numero, cellules))
        texte = f"{numero}\t{_ENCODER(cellules)}\t{_ENCODER(originales) if originales else '{}'}\n"
        ecrire(texte.replace("\\", "\\\\").encode())
    sys.stdout.buffer.flush()
    if not constat.nb_lignes:
        raise LectureRefusee("Cette feuille est vide : il n'y a rien à importer.")


def _deja_propre(valeurs: list[Valeur]) -> bool:
    """Whether no text of the line needs trimming: one look at all of them, the common case."""
    ligne = "|".join([valeur for valeur in valeurs if isinstance(valeur, str)])
    if not ligne.isprintable() or "  " in f" {ligne} " or " |" in ligne or "| " in ligne:
        return False
    return ligne.isascii() or unicodedata.is_normalized("NFC", ligne)


def _preparer(valeurs: list[Valeur]) -> tuple[list[Valeur], dict[str, str]]:
    """Trim the cells; keep what was typed where trimming changed it."""
    originales: dict[str, str] = {}
    if _deja_propre(valeurs):
        return _sans_fin_vide([None if valeur == "" else valeur for valeur in valeurs]), originales
    cellules: list[Valeur] = []
    for rang, valeur in enumerate(valeurs):
        if isinstance(valeur, str):
            propre = nettoyer(valeur)
            if propre != valeur and propre:
                originales[str(rang)] = sans_controle(valeur)
            cellules.append(propre or None)
        else:
            cellules.append(valeur)
    return _sans_fin_vide(cellules), originales


def _sans_fin_vide(cellules: list[Valeur]) -> list[Valeur]:
    while cellules and cellules[-1] is None:
        cellules.pop()
    return cellules


def main(chemin: str) -> int:
    """Read the file; return 0, or 3 when it is refused."""
    _limiter()
    constat = Constat()
    rendu: dict[str, Any]
    try:
        _ecrire(Path(chemin), constat)
        rendu, code = asdict(constat), 0
    except LectureRefusee as refus:
        rendu, code = {"refus": str(refus)}, REFUSE
    except (MemoryError, RecursionError, OverflowError):
        rendu, code = {"refus": TROP}, REFUSE
    sys.stderr.write(json.dumps(rendu))
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
