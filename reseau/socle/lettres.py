"""Amounts in French words, as an act prints them beside the figures.

Traditional spelling (hyphens below one hundred only), as public accountants write: "vingt" and "cent"
take an s when multiplied and last before a noun, never before "mille", which never changes;
"million" and "milliard" are nouns: they agree, take "d'" before the currency, and leave "vingts" its s.
"""

from __future__ import annotations

from decimal import Decimal

from reseau.nombres import arrondi_centime

_PETITS = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
)  # fmt: skip
_DIZAINES = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 7: "soixante"}
_NOMS = ((10**9, "milliard"), (10**6, "million"))
_TROP = Decimal(10) ** 12


def montant_en_lettres(montant: Decimal) -> str:
    """Return "deux cent deux mille deux cents euros", "un euro et un centime"; "moins" below zero.

    Raises ``ValueError`` for what is not a number of euros below one thousand milliards.
    """
    exact = arrondi_centime(montant)
    if abs(exact) >= _TROP:
        raise ValueError("Ce montant est trop grand pour être écrit en lettres.")
    euros, centimes = divmod(int(abs(exact) * 100), 100)
    signe = "moins " if exact < 0 else ""
    if not centimes:
        return signe + _euros(euros)
    cents = f"{entier_en_lettres(centimes)} centime{_pluriel(centimes)}"
    return signe + (f"{_euros(euros)} et {cents}" if euros else f"{cents} d'euro")


def _euros(nombre: int) -> str:
    """A million is a noun, so it takes "d'" when nothing comes between it and the currency."""
    de = "d'" if nombre and nombre % 10**6 == 0 else ""
    return f"{entier_en_lettres(nombre)} {de}euro{_pluriel(nombre)}"


def _pluriel(nombre: int) -> str:
    return "s" if nombre > 1 else ""


def entier_en_lettres(nombre: int) -> str:
    """Return a whole number from 0 to 999 999 999 999 in words."""
    mots = []
    for valeur, nom in _NOMS:
        combien, nombre = divmod(nombre, valeur)
        if combien:
            mots.append(f"{_centaines(combien)} {nom}{_pluriel(combien)}")
    milliers, reste = divmod(nombre, 1000)
    if milliers:
        mots.append("mille" if milliers == 1 else f"{_centaines(milliers, finale=False)} mille")
    if reste or not (mots or milliers):
        mots.append(_centaines(reste))
    return " ".join(mots)


def _centaines(nombre: int, *, finale: bool = True) -> str:
    """0 to 999; not ``finale``: "mille" follows, so that "cents" and "quatre-vingts" lose their s."""
    cents, reste = divmod(nombre, 100)
    if not cents:
        return _deux_chiffres(reste, finale=finale)
    cent = "cent" if cents == 1 else f"{_PETITS[cents]} cent"
    if not reste:
        return cent + ("s" if cents > 1 and finale else "")
    return f"{cent} {_deux_chiffres(reste, finale=finale)}"


def _deux_chiffres(nombre: int, *, finale: bool) -> str:
    if nombre < 20:
        return _PETITS[nombre]
    dizaine, unite = divmod(nombre, 10)
    if dizaine >= 8:
        reste = nombre - 80
        return f"quatre-vingt-{_PETITS[reste]}" if reste else "quatre-vingt" + ("s" if finale else "")
    if dizaine == 7:
        unite += 10
    lien = " et " if unite in {1, 11} else "-"
    return _DIZAINES[dizaine] + (f"{lien}{_PETITS[unite]}" if unite else "")
