"""French places inside a sentence: "du Havre", "d’Ajaccio", "aux Ulis"."""

from __future__ import annotations

_VOYELLES = tuple("AEIOUYÂÀÉÈÊËÎÏÔŒÛÙ")
_DE = {"Le ": "du ", "Les ": "des "}
_A = {"Le ": "au ", "Les ": "aux "}

_REGIONS = {
    "Grand Est": "dans le Grand Est",
    "Hauts-de-France": "dans les Hauts-de-France",
    "Pays de la Loire": "dans les Pays de la Loire",
    "La Réunion": "à La Réunion",
    "Mayotte": "à Mayotte",
}


def en_region(nom: str) -> str:
    """Return the region after « en »: "en Bretagne", "dans le Grand Est", "à La Réunion"."""
    return _REGIONS.get(nom, f"en {nom}")


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
