"""Geometry of the charts, in whole pixels and percentages: the page draws them, the same table stands beside.

Widths are percentages of the page, heights pixels: a text keeps its size on a phone. No float: an amount
is a Decimal until it is a number of SVG.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from reseau.nombres import MOIS, montrer_nombre

if TYPE_CHECKING:
    from collections.abc import Sequence

_CENT = Decimal(100)
_CHIFFRE = Decimal("0.01")
_RANGEE, _TEXTE, _BARRE = 44, 15, 22
# The curve: height of the plot, room above it, room below it for the months.
_TRACE, _HAUT, _BAS = 180, 20, 24
_LIGNES = 5
# Twelve of them hold in the width of a phone.
ABREGES = ("jan", "fév", "mar", "avr", "mai", "juin", "juil", "août", "sep", "oct", "nov", "déc")


@dataclass(frozen=True, slots=True)
class Morceau:
    """A rectangle of a bar: its class, where it begins and how wide it is."""

    classe: str
    debut: str
    largeur: str


@dataclass(frozen=True, slots=True)
class Barre:
    """A line of a chart: words at the left, value at the right, the bar under them; pixels from the top."""

    libelle: str
    valeur: str
    texte: int
    haut: int
    morceaux: tuple[Morceau, ...]


@dataclass(frozen=True, slots=True)
class Barres:
    """Horizontal bars on one scale."""

    titre: str
    description: str
    hauteur: int
    barres: tuple[Barre, ...]
    legende: tuple[tuple[str, str], ...] = ()
    genre: str = "barres"


def barres(
    titre: str,
    lignes: Sequence[tuple[str, str, Sequence[tuple[str, Decimal]]]],
    *,
    ensemble: Decimal = Decimal(0),
    legende: Sequence[tuple[str, str]] = (),
) -> Barres | None:
    """Draw lines (words, printed value, pieces from zero of class and size); nothing when all are zero.

    Pieces of a line lie upon each other, the widest first. The scale ends at ``ensemble`` or at the largest.
    """
    tailles = [taille for _, _, morceaux in lignes for _, taille in morceaux]
    echelle = max([ensemble, *tailles], default=Decimal(0))
    if echelle <= 0:
        return None
    posees = tuple(
        Barre(
            libelle,
            valeur,
            rang * _RANGEE + _TEXTE,
            rang * _RANGEE + _BARRE,
            tuple(Morceau(classe, "0%", _part(taille, echelle)) for classe, taille in morceaux),
        )
        for rang, (libelle, valeur, morceaux) in enumerate(lignes)
    )
    dite = " ; ".join(f"{libelle} : {valeur}" for libelle, valeur, _ in lignes)
    return Barres(titre, dite, len(lignes) * _RANGEE, posees, tuple(legende))


def _part(taille: Decimal, echelle: Decimal) -> str:
    """A share of the width; what is not zero is seen."""
    part = (max(taille, Decimal(0)) / echelle * _CENT).quantize(_CHIFFRE)
    return f"{max(part, Decimal('0.50')) if taille > 0 else part}%"


@dataclass(frozen=True, slots=True)
class Trait:
    """A segment: percentages across, pixels down."""

    x1: str
    y1: int
    x2: str
    y2: int


@dataclass(frozen=True, slots=True)
class Serie:
    """A curve: its class (which also gives its dashes), its words, its segments and its points."""

    code: str
    libelle: str
    traits: tuple[Trait, ...]
    points: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Courbes:
    """Cumulated amounts, month by month."""

    titre: str
    description: str
    hauteur: int
    pied: int
    graduations: tuple[tuple[int, int, str], ...]
    mois: tuple[tuple[str, str], ...]
    series: tuple[Serie, ...]
    genre: str = "courbes"


def courbes(
    titre: str, series: Sequence[tuple[str, str, Sequence[Decimal]]], plafond: tuple[str, Decimal]
) -> Courbes | None:
    """Draw series (class, words, cumulated EUR from January on) under a ceiling; nothing without amounts."""
    valeurs = [valeur for _, _, points in series for valeur in points]
    sommet = max([plafond[1], *valeurs], default=Decimal(0))
    if sommet <= 0 or not any(valeurs):
        return None
    graduations = _graduations(sommet)
    echelle = max(sommet, graduations[-1])
    tracees = [Serie(code, mot, *_tracer(points, echelle)) for code, mot, points in series]
    y = _hauteur(plafond[1], echelle)
    tracees.append(Serie("plafond", plafond[0], (Trait("0%", y, "100%", y),), ()))
    fins = [f"{mot} : {montant_court(points[-1])}" for _, mot, points in series if points]
    return Courbes(
        titre=titre,
        description=" ; ".join([*fins, f"{plafond[0]} : {montant_court(plafond[1])}"]),
        hauteur=_HAUT + _TRACE + _BAS,
        pied=_HAUT + _TRACE + _BAS - 6,
        graduations=tuple(
            ((y := _hauteur(valeur, echelle)), y - 4, montant_court(valeur) if valeur else "")
            for valeur in graduations
        ),
        mois=tuple((_abscisse(rang), mot) for rang, mot in enumerate(ABREGES)),
        series=tuple(tracees),
    )


def _tracer(
    points: Sequence[Decimal], echelle: Decimal
) -> tuple[tuple[Trait, ...], tuple[tuple[str, int], ...]]:
    poses = tuple((_abscisse(rang), _hauteur(valeur, echelle)) for rang, valeur in enumerate(points))
    return tuple(Trait(*a, *b) for a, b in pairwise(poses)), poses


def _abscisse(rang: int) -> str:
    """The middle of a month, January being 0."""
    return f"{(_CENT * (2 * rang + 1) / (2 * len(MOIS))).quantize(_CHIFFRE)}%"


def _hauteur(valeur: Decimal, echelle: Decimal) -> int:
    return _HAUT + _TRACE - int(valeur / echelle * _TRACE)


def _graduations(sommet: Decimal) -> list[Decimal]:
    """Round values from zero to the top, five steps at most."""
    pas = Decimal(10) ** (sommet.adjusted() - 1)
    for facteur in (1, 2, 5, 10, 20, 50):
        if sommet / (pas * facteur) <= _LIGNES:
            pas *= facteur
            break
    return [pas * rang for rang in range(int(sommet / pas) + 1)]


def montant_court(montant: Decimal) -> str:
    """Print an amount for an axis: "1,2 M€", "600 k€", "500 €"."""
    for seuil, unite in ((Decimal(1_000_000), "M€"), (Decimal(1_000), "k€")):
        if montant >= seuil:
            nombre = montant / seuil
            decimales = 0 if nombre == nombre.to_integral_value() or nombre >= _CENT else 1
            return f"{montrer_nombre(nombre, decimales)}\u00a0{unite}"
    return f"{montrer_nombre(montant, 0)}\u00a0€"
