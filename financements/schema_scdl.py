"""The national schema of open data on grants (SCDL "subventions" 2.1.1), and what a row breaks of it.

The vendored file is a Table Schema; only what it uses is understood, and an unknown constraint raises.
"""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

FICHIER = Path(__file__).parent / "donnees" / "scdl_subventions_2_1_1.json"


@cache
def champs() -> tuple[Mapping[str, Any], ...]:
    """Return the fields of the schema, in the order of the file's columns."""
    return tuple(json.loads(FICHIER.read_text())["fields"])


def titres() -> list[str]:
    """Return the names of the columns."""
    return [champ["name"] for champ in champs()]


def _date(texte: str, _champ: Mapping[str, Any]) -> bool:
    try:
        return date.fromisoformat(texte).isoformat() == texte
    except ValueError:
        return False


def _nombre(texte: str, _champ: Mapping[str, Any]) -> bool:
    try:
        return Decimal(texte).is_finite()
    except InvalidOperation:
        return False


def _booleen(texte: str, champ: Mapping[str, Any]) -> bool:
    return texte in {*champ["trueValues"], *champ["falseValues"]}


_TYPES: dict[str, Callable[[str, Mapping[str, Any]], bool]] = {
    "string": lambda _texte, _champ: True,
    "date": _date,
    "number": _nombre,
    "boolean": _booleen,
}
_CONTRAINTES: dict[str, Callable[[str, Any], bool]] = {
    "required": lambda _texte, _valeur: True,  # asked before the type
    "pattern": lambda texte, motif: re.search(motif, texte) is not None,
    "enum": lambda texte, valeurs: texte in valeurs,
    "maxLength": lambda texte, taille: len(texte) <= taille,
    "minimum": lambda texte, borne: Decimal(texte) >= Decimal(str(borne)),
    "maximum": lambda texte, borne: Decimal(texte) <= Decimal(str(borne)),
}


def fautes(lignes: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Yield one sentence for each value that the schema refuses; rows are counted from 1."""
    for rang, ligne in enumerate(lignes, 1):
        if list(ligne) != titres():
            yield f"Ligne {rang} : les colonnes ne sont pas celles du schéma."
            continue
        for champ in champs():
            if faute := _faute(champ, ligne[champ["name"]]):
                yield f"Ligne {rang}, {champ['name']} : {faute}"


def _faute(champ: Mapping[str, Any], texte: str) -> str:
    contraintes = champ["constraints"]
    if texte == "":
        return "la valeur manque." if contraintes["required"] else ""
    if not _TYPES[champ["type"]](texte, champ):
        return f"« {texte} » n'est pas du type attendu ({champ['type']})."
    for nom, valeur in contraintes.items():
        if not _CONTRAINTES[nom](texte, valeur):
            return f"« {texte} » ne respecte pas la contrainte {nom}."
    return ""
