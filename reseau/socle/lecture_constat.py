"""What a reader of spreadsheets finds out, and the limits that every reader holds."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

NB_LIGNES_MAXIMAL = 100_000
# A sheet of that many lines still has its titles and its header above.
NB_LIGNES_LUES = NB_LIGNES_MAXIMAL + 100
NB_COLONNES_MAXIMAL = 100
LONGUEUR_DE_CELLULE = 32_767
NB_LIGNES_DE_TETE = 40

type Valeur = str | int | float | bool | None
type Ligne = tuple[int, list[Valeur]]


class LectureRefusee(ValueError):
    """The file cannot be imported; the message is the French sentence shown on screen."""


@dataclass
class Constat:
    """Format and encoding as facts, and sentences for the person who deposited the file.

    ``typee``: the format tells a number from a text (a CSV does not). ``tete``: the first lines.
    """

    forme: dict[str, str] = field(default_factory=dict)
    annonces: list[str] = field(default_factory=list)
    typee: bool = True
    tete: list[Ligne] = field(default_factory=list)
    nb_lignes: int = 0


def nettoyer(texte: str) -> str:
    """One space between words, none around, composed accents, nothing invisible."""
    propre = " ".join(texte.split())
    if propre.isascii() and propre.isprintable():
        return propre
    if not propre.isprintable():
        propre = "".join(c for c in propre if unicodedata.category(c)[0] != "C")
    return unicodedata.normalize("NFC", propre)


def sans_controle(texte: str) -> str:
    """What was typed, fit to be stored: no control character, which a database refuses."""
    return "".join(c for c in texte if unicodedata.category(c)[0] != "C")


def lettre(rang: int) -> str:
    """The letter of a column: 0 is A, 26 is AA."""
    texte, rang = "", rang + 1
    while rang:
        rang, reste = divmod(rang - 1, 26)
        texte = chr(65 + reste) + texte
    return texte


def refuser_au_dela(nb_lignes: int, nb_colonnes: int) -> None:
    """Refuse a sheet that is larger than any register."""
    if nb_lignes > NB_LIGNES_LUES:
        message = f"Ce fichier a plus de {NB_LIGNES_MAXIMAL:_} lignes : coupez-le en plusieurs fichiers."
        raise LectureRefusee(message.replace("_", " "))
    if nb_colonnes > NB_COLONNES_MAXIMAL:
        message = f"Ce fichier a plus de {NB_COLONNES_MAXIMAL} colonnes, ou une cellule égarée loin à droite."
        raise LectureRefusee(message)
