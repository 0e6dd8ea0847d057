"""French words that depend on the one after them: "d'Atelier", "de l'Association", "du Lycée", "de Malo"."""

from __future__ import annotations

from typing import Final

from reseau.requetes import plier

_VOYELLES: Final = frozenset("aeiou")
# An aspirated h keeps « de »; the others are silent: "de Halle", "d'Horizon".
_H_ASPIRES: Final = ("hall", "hameau", "hangar", "hasard", "haut", "havre", "hetre", "huit")
# Words that a name begins with and that a sentence says with their article.
_ARTICLES: Final = {
    **dict.fromkeys(("association", "ecole", "entreprise", "institut", "institution", "union"), "de l'"),
    **dict.fromkeys(("fondation", "maison", "mission", "societe"), "de la "),
    **dict.fromkeys(("campus", "centre", "comite", "groupe", "lycee", "reseau"), "du "),
    **dict.fromkeys(("apprentis", "associations", "ateliers", "compagnons", "ecoles", "metiers"), "des "),
}
_CONTRACTES: Final = {"le ": "du ", "les ": "des "}


def de(nom: str) -> str:
    """Return a name after « de »: "d'Atelier Nord", "de l'Association Nord", "du Rebond"."""
    plie = plier(nom)
    for article, contracte in _CONTRACTES.items():
        if plie.startswith(article):
            return contracte + nom[len(article) :]
    premier = plie.split(" ", 1)[0]
    if " " in plie and premier in _ARTICLES:
        return _ARTICLES[premier] + nom
    return f"d'{nom}" if _s_elide(premier) else f"de {nom}"


def _s_elide(mot: str) -> bool:
    """Tell whether « de » loses its vowel before this folded word."""
    if mot.startswith("h"):
        return not mot.startswith(_H_ASPIRES)
    if mot.startswith("y"):
        return mot[1:2] not in _VOYELLES and len(mot) > 1
    return mot[:1] in _VOYELLES
