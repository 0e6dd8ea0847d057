"""Screen words: a code word of docs/lexique.md never shows in a template."""

from __future__ import annotations

import re

from tests.maison.sources import RACINE, gabarits, nom

# Words that are also everyday French on some screens; the table keeps them for their definition only.
MOTS_ORDINAIRES = {"engagement", "paiement", "apprenant", "qualifiée"}
_COMMENTAIRE = re.compile(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", re.DOTALL)
_BALISE = re.compile(r"{%.*?%}|{{.*?}}|<[^>]+>", re.DOTALL)


def _mots_du_code() -> list[str]:
    lignes = (RACINE / "docs/lexique.md").read_text().splitlines()
    premieres = [ligne.split("|")[1].strip() for ligne in lignes if ligne.startswith("| ")]
    return [mot for mot in premieres[1:] if mot not in MOTS_ORDINAIRES]


def _texte_visible(source: str) -> str:
    return _BALISE.sub(" ", _COMMENTAIRE.sub(" ", source)).lower()


def test_le_lexique_a_des_mots() -> None:
    assert {"pointage", "filière", "niveau 3"} <= set(_mots_du_code())


def test_aucun_mot_du_code_a_l_ecran() -> None:
    motifs = {mot: re.compile(rf"\b{re.escape(mot)}s?\b") for mot in _mots_du_code()}
    trouves = [
        f"{nom(gabarit)} : « {mot} »"
        for gabarit in gabarits()
        if gabarit.suffix in {".html", ".txt"}
        for mot, motif in motifs.items()
        if motif.search(_texte_visible(gabarit.read_text()))
    ]
    assert trouves == []
