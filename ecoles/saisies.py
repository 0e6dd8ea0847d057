"""What somebody typed as a place, taken apart before any query."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reseau.requetes import plier

LONGUEUR_MAXIMALE = 80
_ABREGES = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "s": "sur", "ss": "sous"}
_ARTICLES = ("le", "la", "les", "l")
NB_ARTICLES = len(_ARTICLES)
_CEDEX = re.compile(r"\bcedex\b( \d{1,2}\b)?")
_CODE_POSTAL = re.compile(r"\b\d{5}\b")
_QUATRE_CHIFFRES = re.compile(r"^\d{4}$")
_DEPARTEMENT = re.compile(r"(?:^| )(2[ab]|97[1-6]|\d{2})$")
_ARRONDISSEMENT = re.compile(
    r"^(paris|lyon|marseille) (\d{1,2})(?:er|e|eme|ieme|nd)?(?: (?:arr|arrdt|ardt|arrondissement))?$"
)
_NB_ARRONDISSEMENTS = {"paris": 20, "lyon": 9, "marseille": 16}
_INVISIBLES = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Saisie:
    """What was read in the text: folded name, postcode, departement hint, CEDEX."""

    nom: str
    code_postal: str
    departement: str
    precision: str
    cedex: bool
    phrase: str = ""


def nettoyer(texte: str) -> str:
    """Return the text without control characters, bounded, as it may be shown again."""
    return _INVISIBLES.sub(" ", texte).strip()[:LONGUEUR_MAXIMALE]


def lire_saisie(texte: str) -> Saisie:
    """Take apart "13388 Marseille Cedex 13", "Saint-Denis (La Réunion)", "chalon s/ saone", 1400, 2A."""
    nom_brut, _, precision = re.sub(r"[()]", ",", texte).partition(",")
    plie = plier(nom_brut)
    cedex = "cedex" in plie.split()
    plie = _CEDEX.sub(" ", plie)
    phrase = ""
    if _QUATRE_CHIFFRES.match(plie.strip()):
        plie = "0" + plie.strip()
        phrase = f"Nous avons lu le code postal {plie}."
    trouve = _CODE_POSTAL.search(plie)
    code_postal = trouve.group() if trouve else ""
    nom = " ".join(_CODE_POSTAL.sub(" ", plie).split())
    departement = ""
    if not _arrondissement(nom) and (hint := _DEPARTEMENT.search(nom)):
        departement = hint.group(1).upper()
        nom = nom[: hint.start()].strip()
    return Saisie(nom, code_postal, departement, plier(precision), cedex, phrase)


def _arrondissement(nom: str) -> str:
    """Return the folded name of a municipal district ("paris 11" is one, "lyon 69" is not), or nothing."""
    lu = _ARRONDISSEMENT.match(nom)
    if not lu or not 1 <= int(lu.group(2)) <= _NB_ARRONDISSEMENTS[lu.group(1)]:
        return ""
    rang = int(lu.group(2))
    return f"{lu.group(1)} {rang}{'er' if rang == 1 else 'e'} arrondissement"


def candidats_de(nom: str) -> list[str]:
    """Spellings of one folded name, the most literal first, the four with an article last."""
    if arrondissement := _arrondissement(nom):
        return [arrondissement] * (1 + NB_ARTICLES)
    entier = " ".join(_ABREGES.get(mot, mot) for mot in nom.split())
    litteraux = [nom] if entier == nom else [nom, entier]
    return litteraux + [f"{article} {entier}" for article in _ARTICLES]
