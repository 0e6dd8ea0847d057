"""The parent's side of reading a spreadsheet: a child with limits reads, we look for the header.

Everything that a bad file can do happens in the child: it is refused with a sentence, and the
caller's transaction takes back the lines already received.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.conf import settings

from reseau.requetes import plier
from reseau.socle.lecture_constat import LectureRefusee, lettre

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = [
    "Colonne",
    "Entete",
    "EnteteIncomplete",
    "LectureRefusee",
    "lettre",
    "lire",
    "lire_entete",
    "noms_connus",
    "reperer_entete",
]

DELAI = 120  # seconds of wall clock; the child's own limit is in seconds of processor
LIGNES_PAR_MORCEAU = 5_000
_ILLISIBLE = "Ce fichier n'a pas pu être lu : il est abîmé, ou demande trop de temps ou de mémoire."


@dataclass(frozen=True)
class Colonne:
    """A column that an import knows: its field, its name on screen, what offices call it.

    ``numerique``: a number is expected, and a text that holds one is worth a word.
    """

    champ: str
    libelle: str
    synonymes: tuple[str, ...] = ()
    indispensable: bool = False
    numerique: bool = False

    @property
    def noms(self) -> frozenset[str]:
        """Every folded header that means this column."""
        return frozenset(plier(nom) for nom in (self.champ, self.libelle, *self.synonymes))


@dataclass(frozen=True)
class Entete:
    """The header line, the index of each known field, the headers that mean nothing to us, and its words."""

    numero: int
    rangs: dict[str, int]
    ignorees: tuple[str, ...]
    titres: tuple[str, ...] = ()


class EnteteIncomplete(LectureRefusee):
    """No line names every indispensable column; ``possible`` is the one that looks most like a header."""

    def __init__(self, message: str, possible: Entete | None) -> None:
        super().__init__(message)
        self.possible = possible


class Lecture:
    """A reading under way: chunks of COPY lines, then what the child found out."""

    def __init__(self, enfant: subprocess.Popen[bytes], bilan: Any) -> None:
        self._enfant, self._bilan = enfant, bilan

    def morceaux(self) -> Iterator[bytes]:
        """Yield the lines (number, cells, cells as typed), some thousands at a time."""
        assert self._enfant.stdout is not None  # noqa: S101 - a pipe was asked for
        for lot in batched(self._enfant.stdout, LIGNES_PAR_MORCEAU):
            yield b"".join(lot)

    def conclure(self) -> dict[str, Any]:
        """Return forme, annonces, typee, tete, nb_lignes. Raises :class:`LectureRefusee`."""
        code = self._enfant.wait(timeout=DELAI)
        self._bilan.seek(0)
        try:
            constat: dict[str, Any] = json.loads(self._bilan.read() or b"{}")
        except ValueError:
            constat = {}
        if code or "tete" not in constat:
            raise LectureRefusee(constat.get("refus") or _ILLISIBLE)
        return constat


class lire:  # noqa: N801 - used as a function: ``with lire(chemin) as lecture``
    """Start the child on a file; whatever happens, it is gone at the end of the block."""

    def __init__(self, chemin: Path) -> None:
        self.chemin = chemin

    def __enter__(self) -> Lecture:
        self.bilan = tempfile.TemporaryFile()
        self.enfant = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-m", "reseau.socle.lecture", str(self.chemin)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.bilan,
            cwd=settings.RACINE,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
        )
        self.minuteur = threading.Timer(DELAI, self.enfant.kill)
        self.minuteur.start()
        return Lecture(self.enfant, self.bilan)

    def __exit__(self, *_: object) -> None:
        self.minuteur.cancel()
        if self.enfant.poll() is None:
            self.enfant.kill()
        self.enfant.communicate()
        self.bilan.close()


def noms_connus(colonnes: Sequence[Colonne], memoire: Mapping[str, str] | None = None) -> dict[str, str]:
    """Folded header -> field; what an office said of its own headers wins over our synonyms."""
    return {nom: c.champ for c in reversed(colonnes) for nom in c.noms if nom} | dict(memoire or {})


def reperer_entete(
    tete: Iterable[tuple[int, Sequence[Any]]],
    colonnes: Sequence[Colonne],
    memoire: Mapping[str, str] | None = None,
) -> Entete:
    """Find the line that names the most known columns; titles and groups above it are skipped.

    Raises :class:`EnteteIncomplete` when no line names every indispensable column.
    """
    noms = noms_connus(colonnes, memoire)
    candidats = [lire_entete(numero, cellules, noms) for numero, cellules in tete]
    exiges = {c.champ for c in colonnes if c.indispensable}
    complets = [entete for entete in candidats if exiges <= entete.rangs.keys()]
    if not complets:
        libelles = " et ".join(f"« {c.libelle} »" for c in colonnes if c.indispensable)
        message = f"Aucune ligne d'en-tête n'a été trouvée : il faut au moins les colonnes {libelles}."
        # A line of several words, none of which is a number, may well be a header that we do not know.
        possibles = [entete for entete in candidats if _ressemble(entete)]
        raise EnteteIncomplete(message, max(possibles, key=_merite, default=None))
    return max(complets, key=lambda entete: len(entete.rangs))


def _ressemble(entete: Entete) -> bool:
    mots = [titre for titre in entete.titres if titre]
    return len(mots) > 1 and not any(mot.replace(" ", "").isdigit() for mot in mots)


def _merite(entete: Entete) -> tuple[int, int]:
    return len(entete.rangs), -entete.numero


def lire_entete(numero: int, cellules: Sequence[Any], noms: Mapping[str, str]) -> Entete:
    """What each cell of a header line means; a field is taken once, by the first column that names it."""
    rangs: dict[str, int] = {}
    ignorees: list[str] = []
    for rang, cellule in enumerate(cellules):
        nom = plier(str(cellule)) if cellule is not None else ""
        connue = noms.get(nom, "")
        if connue and connue not in rangs:
            rangs[connue] = rang
        elif nom:
            ignorees.append(f"{lettre(rang)} « {cellule} »")
    titres = tuple("" if cellule is None else str(cellule)[:150] for cellule in cellules)
    return Entete(numero, rangs, tuple(ignorees), titres)
