"""French places inside a sentence: "du Havre", "d’Ajaccio", "aux Ulis"."""

from __future__ import annotations

_VOYELLES = tuple("AEIOUYÂÀÉÈÊËÎÏÔŒÛÙ")
_DE = {"Le ": "du ", "Les ": "des "}
_A = {"Le ": "au ", "Les ": "aux "}


def de_commune(nom: str) -> str:
    """Return the name after « de »: "de Lyon", "d’Ajaccio", "du Mans", "des Ulis", "de La Rochelle"."""
    for article, contracte in _DE.items():
        if nom.startswith(article):
            return contracte + nom.removeprefix(article)
    return f"d’{nom}" if nom.startswith(_VOYELLES) else f"de {nom}"


def a_commune(nom: str) -> str:
    """Return the name after « à »: "à Lyon", "au Mans", "aux Ulis", "à La Rochelle"."""
    for article, contracte in _A.items():
        if nom.startswith(article):
            return contracte + nom.removeprefix(article)
    return f"à {nom}"
