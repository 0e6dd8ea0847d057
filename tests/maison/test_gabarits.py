"""Templates: none unused, none with inline script or style, each component says its contract."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.maison.sources import RACINE, gabarits, modules, nom

if TYPE_CHECKING:
    from pathlib import Path

# Templates that Django or a library looks up by name.
PAR_CONVENTION = (
    "admin/",
    "account/",
    "mfa/",
    "allauth/",
    "403.html",
    "403_csrf.html",
    "404.html",
    "409.html",
    "410.html",
    "429.html",
    "500.html",
    "503.html",
)
# What a strict Content-Security-Policy refuses.
EN_LIGNE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style[\s>]|\sstyle=|\son[a-z]+=\"|javascript:")
_CITATION = re.compile(r"[\"']([\w./-]+\.(?:html|txt|xml|css|svg))(?:#[\w-]+)?[\"']")


def _html() -> list[Path]:
    return [g for g in gabarits() if g.suffix in {".html", ".svg"}]


def _cites() -> set[str]:
    sources = [*(RACINE / "templates").rglob("*.*"), *modules()]
    return {nom_cite for f in sources for nom_cite in _CITATION.findall(f.read_text())}


def test_aucun_gabarit_inutile() -> None:
    cites = _cites()
    inutiles = [
        relatif
        for gabarit in gabarits()
        if (relatif := str(gabarit.relative_to(RACINE / "templates"))) not in cites
        and not relatif.startswith(PAR_CONVENTION)
    ]
    assert inutiles == []


def test_tout_gabarit_cite_existe() -> None:
    """A name that we cite is ours, or a library's that we extend."""
    ici = {str(g.relative_to(RACINE / "templates")) for g in gabarits()}
    manquants = {
        c
        for c in _cites()
        if c.startswith(("portail/", "ecoles/", "commandes/", "financements/", "composants/"))
    }
    assert {m for m in manquants if m.endswith(".html")} - ici == set()


@pytest.mark.parametrize("gabarit", _html(), ids=nom)
def test_rien_en_ligne(gabarit: Path) -> None:
    assert EN_LIGNE.findall(gabarit.read_text()) == []


def test_un_composant_dit_son_contrat() -> None:
    muets = [
        nom(g)
        for g in _html()
        if g.parent.name == "composants" and "{% comment %}" not in g.read_text()[:300]
    ]
    assert muets == []


def test_aucun_gabarit_ne_teste_un_role() -> None:
    """A template is given what is open to this person; it never asks who she is."""
    suspects = re.compile(r"\{%-?\s*(?:el)?if [^%]*(?:\brole\b|roles\b|perms\.|is_superuser|is_staff)")
    trouves = [nom(g) for g in _html() if suspects.search(g.read_text()) and g.name != "accueil.html"]
    assert trouves == []
