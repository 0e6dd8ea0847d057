"""The parent's side of scanned pages: a child with limits looks at them, we keep what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DELAI = 150  # seconds of wall clock; the child's own limit is in seconds of processor


class LecturePagesRefusee(Exception):
    """The pages cannot be read; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class PageLue:
    """A page of a scanned file: its rank from 1, the codes read on it, whether nothing is printed on it."""

    rang: int
    codes: tuple[str, ...]
    blanche: bool


def lire_codes(chemin: Path) -> list[PageLue]:
    """Return what every page says, all of them or none. Raises :class:`LecturePagesRefusee`."""
    code, sortie, erreurs = _demander("codes", str(chemin))
    lues = [json.loads(ligne) for ligne in sortie.splitlines()]
    if code:
        raise LecturePagesRefusee(_refus(erreurs, f"La page {len(lues) + 1} de ce PDF"))
    return [PageLue(page["page"], tuple(page["codes"]), page["blanche"]) for page in lues]


def image_de_page(chemin: Path, rang: int) -> bytes:
    """Return a page as a PNG picture. Raises :class:`LecturePagesRefusee`."""
    return _rendu("image", str(chemin), str(rang))


def assembler(pages: Sequence[tuple[Path, int]]) -> bytes:
    """Return one PDF of these (file, rank) pages, in this order. Raises :class:`LecturePagesRefusee`."""
    return _rendu("assembler", *(texte for chemin, rang in pages for texte in (str(chemin), str(rang))))


def _rendu(*demande: str) -> bytes:
    code, sortie, erreurs = _demander(*demande)
    if code or not sortie:
        raise LecturePagesRefusee(_refus(erreurs, "Cette page"))
    return sortie


def _refus(erreurs: bytes, quoi: str) -> str:
    """The child's own sentence, or that it was stopped."""
    try:
        return str(json.loads(erreurs)["refus"])
    except (ValueError, KeyError):
        return f"{quoi} est abîmée, ou demande trop de temps ou de mémoire : retirez-la du fichier."


def _demander(*demande: str) -> tuple[int, bytes, bytes]:
    enfant = subprocess.Popen(  # noqa: S603 - our own module, no shell
        [sys.executable, "-m", "reseau.socle.lecture_pages", *demande],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=settings.RACINE,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
    )
    try:
        sortie, erreurs = enfant.communicate(timeout=DELAI)
    except subprocess.TimeoutExpired:
        enfant.kill()
        sortie, erreurs = enfant.communicate()
    return enfant.returncode, sortie, erreurs
