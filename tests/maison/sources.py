"""The files that the laws of the house look at."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
APPS = ("reseau", "ecoles", "commandes", "financements")
# Documents quote the code and captures are pictures; generated migrations are Django's own words.
_EXCLUS = ("migrations",)


@cache
def modules() -> tuple[Path, ...]:
    """Every Python file of ours, tests and migrations aside."""
    fichiers = [f for app in APPS for f in (RACINE / app).rglob("*.py")]
    return tuple(sorted(f for f in fichiers if not set(f.parts) & set(_EXCLUS)))


@cache
def fichiers_de_test() -> tuple[Path, ...]:
    """Every Python file of the tests."""
    return tuple(sorted((RACINE / "tests").rglob("*.py")))


@cache
def gabarits() -> tuple[Path, ...]:
    """Every template of ours."""
    return tuple(sorted(f for f in (RACINE / "templates").rglob("*") if f.is_file()))


@cache
def arbre(fichier: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(fichier.read_text())


def nom(fichier: Path) -> str:
    """The path of a file inside the project, for a test's message."""
    return str(fichier.relative_to(RACINE))


def paquet(fichier: Path) -> str:
    """The dotted name of a module."""
    return ".".join(fichier.relative_to(RACINE).with_suffix("").parts).removesuffix(".__init__")
