"""Small files, small functions, imports at the top, no room where dust gathers."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tests.maison.sources import APPS, arbre, fichiers_de_test, gabarits, modules, nom, paquet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIGNES_PAR_FICHIER = 300
LIGNES_PAR_FONCTION = 30
PROFONDEUR = 3
DEBARRAS = {"utils", "helpers", "services", "constants", "mixins", "common"}

# Roof modules that Django builds before the apps are loaded; each has its reason beside the import.
IMPORTS_DIFFERES_ADMIS = {
    ("reseau.apps", "reseau.socle.verifications"),
    ("reseau.portail.site", "reseau.portail.accueil_pro"),
    ("reseau.portail.site", "reseau.portail.acces"),
}

_BLOCS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match)
_FONCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _fonctions(fichier: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(arbre(fichier)) if isinstance(n, _FONCTIONS))


def _lignes_de_code(fonction: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body, its docstring aside."""
    corps = fonction.body[1:] if ast.get_docstring(fonction) and len(fonction.body) > 1 else fonction.body
    return (fonction.end_lineno or 0) - corps[0].lineno + 1


def _profondeur(noeud: ast.AST, niveau: int = 0) -> int:
    suivants = [
        _profondeur(enfant, niveau + (isinstance(enfant, _BLOCS) and not _est_elif(noeud, enfant)))
        for enfant in ast.iter_child_nodes(noeud)
        if not isinstance(enfant, (*_FONCTIONS, ast.ClassDef))
    ]
    return max([niveau, *suivants])


def _est_elif(parent: ast.AST, enfant: ast.AST) -> bool:
    """An ``elif`` is an ``if`` alone in the ``else`` of another: it reads at the same level."""
    return isinstance(parent, ast.If) and isinstance(enfant, ast.If) and parent.orelse == [enfant]


@pytest.mark.parametrize("fichier", [*modules(), *fichiers_de_test()], ids=nom)
def test_un_fichier_reste_court(fichier: Path) -> None:
    assert len(fichier.read_text().splitlines()) <= LIGNES_PAR_FICHIER


def test_une_fonction_reste_courte() -> None:
    trop_longues = [
        f"{nom(fichier)}:{f.lineno} {f.name} ({_lignes_de_code(f)} lignes)"
        for fichier in modules()
        for f in _fonctions(fichier)
        if _lignes_de_code(f) > LIGNES_PAR_FONCTION
    ]
    assert trop_longues == []


def test_une_fonction_ne_s_imbrique_pas() -> None:
    trop_profondes = [
        f"{nom(fichier)}:{f.lineno} {f.name}"
        for fichier in modules()
        for f in _fonctions(fichier)
        if _profondeur(f) > PROFONDEUR
    ]
    assert trop_profondes == []


def test_aucune_piece_ou_la_poussiere_s_accumule() -> None:
    noms = {fichier: set(fichier.with_suffix("").parts) for fichier in (*modules(), *gabarits())}
    assert [nom(fichier) for fichier, parties in noms.items() if parties & DEBARRAS] == []


def test_aucun_import_differe_entre_applications() -> None:
    differes = {
        (paquet(fichier), cible)
        for fichier in modules()
        for fonction in _fonctions(fichier)
        for noeud in ast.walk(fonction)
        for cible in _cibles(noeud)
        if cible.split(".")[0] in APPS
    }
    assert differes - IMPORTS_DIFFERES_ADMIS == set()


def test_les_imports_differes_admis_existent_encore() -> None:
    """An exception that nothing needs any more is taken off the list."""
    sources = {paquet(fichier): fichier.read_text() for fichier in modules()}
    assert [m for m, cible in IMPORTS_DIFFERES_ADMIS if cible not in sources[m]] == []


def _cibles(noeud: ast.AST) -> list[str]:
    if isinstance(noeud, ast.ImportFrom):
        return [noeud.module or ""]
    if isinstance(noeud, ast.Import):
        return [alias.name for alias in noeud.names]
    return []
