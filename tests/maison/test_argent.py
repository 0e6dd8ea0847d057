"""Money is Decimal, and "today" is Paris's: no float, no naive clock in our code."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.maison.sources import arbre, modules, nom

if TYPE_CHECKING:
    from pathlib import Path

# The rooms where money is. Elsewhere a float may be a distance or a limit of a process.
ARGENT = ("financements/", "commandes/")
HORLOGES = {
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("timezone", "localdate"),
}
# The one clock of the house.
HORLOGE = "reseau/nombres.py"


def _flottants(fichier: Path) -> list[str]:
    return [
        f"{nom(fichier)}:{n.lineno}"
        for n in ast.walk(arbre(fichier))
        if (isinstance(n, ast.Constant) and isinstance(n.value, float))
        or (isinstance(n, ast.Name) and n.id == "float")
    ]


def test_l_argent_n_est_jamais_un_flottant() -> None:
    trouves = [
        trouve for fichier in modules() if nom(fichier).startswith(ARGENT) for trouve in _flottants(fichier)
    ]
    assert trouves == []


def test_une_seule_horloge() -> None:
    appels = [
        f"{nom(fichier)}:{n.lineno}"
        for fichier in modules()
        if nom(fichier) != HORLOGE
        for n in ast.walk(arbre(fichier))
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and (n.value.id, n.attr) in HORLOGES
    ]
    assert appels == []
