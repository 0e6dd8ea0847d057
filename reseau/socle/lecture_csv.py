"""Read a CSV as offices make them: any usual separator, UTF-8 or Latin-1, with or without BOM."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from reseau.socle.lecture_constat import LONGUEUR_DE_CELLULE, Constat, LectureRefusee, refuser_au_dela

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reseau.socle.lecture_constat import Ligne

_SEPARATEURS = {";": "point-virgule", "\t": "tabulation", ",": "virgule", "|": "barre"}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_NB_LIGNES_D_ESSAI = 50
# The same as in exports.FORMULE: the child knows nothing of the rest of the portal.
_SIGNES = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_DE_TEXTE = frozenset(b"\t\n\r\f\x1b") | frozenset(range(32, 256))


def lire_csv(chemin: Path, constat: Constat) -> Iterator[Ligne]:
    """Yield (line, cells); the line is the one that a spreadsheet would show."""
    encodage = _encodage(chemin)
    separateur, saut = _separateur(chemin, encodage)
    constat.typee = False
    constat.forme = {"format": "CSV", "encodage": _nom(encodage), "separateur": _SEPARATEURS[separateur]}
    if encodage in {"cp1252", "latin-1"}:
        constat.annonces.append("Fichier en Latin-1, lu et converti.")
    csv.field_size_limit(LONGUEUR_DE_CELLULE)
    with chemin.open(encoding=encodage, newline="") as texte:
        for _ in range(saut):
            texte.readline()
        yield from _lignes(csv.reader(texte, delimiter=separateur))


def _lignes(lecteur: Iterator[list[str]]) -> Iterator[Ligne]:
    numero = 0
    try:
        for numero, cellules in enumerate(lecteur, 1):
            refuser_au_dela(0, len(cellules))
            yield numero, [_desarmee(cellule) for cellule in cellules]
    except csv.Error as erreur:
        message = f"La ligne {numero + 1} ne peut pas être lue : un guillemet n'est sans doute pas refermé."
        raise LectureRefusee(message) from erreur


def _desarmee(cellule: str) -> str:
    """Our own exports put an apostrophe before what a spreadsheet would compute: it comes off here."""
    return cellule[1:] if cellule[:1] == "'" and cellule[1:2] in _SIGNES else cellule


def _nom(encodage: str) -> str:
    return {"cp1252": "Latin-1", "latin-1": "Latin-1", "utf-16": "UTF-16"}.get(encodage, "UTF-8")


def _encodage(chemin: Path) -> str:
    with chemin.open("rb") as fichier:
        debut = fichier.read(65_536)
    for bom, encodage in _BOMS:
        if debut.startswith(bom):
            return encodage
    if not debut.strip():
        raise LectureRefusee("Ce fichier est vide.")
    if not _DE_TEXTE.issuperset(debut) or debut.startswith(b"%PDF"):
        raise LectureRefusee("Ce fichier n'est ni un tableur (XLSX, ODS), ni un fichier CSV.")
    return next(e for e in ("utf-8", "cp1252", "latin-1") if _se_decode(chemin, e))


def _se_decode(chemin: Path, encodage: str) -> bool:
    try:
        with chemin.open(encoding=encodage) as texte:
            while texte.read(1 << 20):
                pass
    except UnicodeDecodeError:
        return False
    return True


def _separateur(chemin: Path, encodage: str) -> tuple[str, int]:
    """The separator that gives the most lines of one same width, and the lines to skip ("sep=;")."""
    try:
        with chemin.open(encoding=encodage, newline="") as texte:
            lignes = list(islice(texte, _NB_LIGNES_D_ESSAI))
    except UnicodeError as erreur:
        raise LectureRefusee("Les caractères de ce fichier ne peuvent pas être lus.") from erreur
    if lignes and lignes[0].lower().startswith("sep=") and lignes[0][4:5] in _SEPARATEURS:
        return lignes[0][4], 1
    return max(_SEPARATEURS, key=lambda s: _regularite(lignes, s)), 0


def _regularite(lignes: list[str], separateur: str) -> tuple[int, int]:
    try:
        largeurs = Counter(len(ligne) for ligne in csv.reader(lignes, delimiter=separateur))
    except csv.Error:
        return 0, 0
    del largeurs[0], largeurs[1]
    if not largeurs:
        return 0, 0
    largeur, nombre = max(largeurs.items(), key=lambda paire: (paire[1], paire[0]))
    return nombre, largeur
