"""What a person is given of her own data (règlement (UE) 2016/679, article 15), complete by construction.

Each app lists one :class:`Part` for each of its models that points to a learner; a test refuses a model or a
column that nobody listed. The roof puts the parts together, since the lower floors do not know the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from reseau.nombres import montrer_date, montrer_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from django.db import models


# Columns without words of their own on screen.
_ACCENTS = {"ecole": "école"}


@dataclass(frozen=True)
class Part:
    """The rows of one model about one person: ``chemin`` leads from a row to her key.

    ``sans``: columns left out (keys, who typed it); every other one is given. ``aussi``: texts computed.
    """

    modele: type[models.Model]
    titre: str
    chemin: str
    sans: str = "id"
    aussi: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)

    def champs(self) -> list[models.Field[Any, Any]]:
        """Columns that are given."""
        ecartes = set(self.sans.split())
        return [champ for champ in self.modele._meta.concrete_fields if champ.name not in ecartes]

    def lignes(self, cle: UUID) -> list[Ligne]:
        """Read the rows, oldest first as their keys are. Queries do not grow with the rows."""
        liees = [champ.name for champ in self.modele._meta.concrete_fields if champ.is_relation]
        ensemble = self.modele._base_manager.filter(**{self.chemin: cle}).order_by("pk")
        return [self._ligne(objet) for objet in ensemble.select_related(*liees)]

    def _ligne(self, objet: Any) -> Ligne:
        brut: dict[str, Any] = {}
        lisible: dict[str, str] = {}
        for champ in self.champs():
            valeur = getattr(objet, champ.name)
            brut[champ.name] = _brut(valeur)
            mots = objet._get_FIELD_display(champ) if champ.flatchoices else valeur
            if texte := _texte(mots):
                lisible[_ACCENTS.get(champ.name, str(champ.verbose_name))] = texte
        for nom, lire in self.aussi.items():
            brut[nom] = lisible[nom] = lire(objet)
        return Ligne(brut, lisible)


@dataclass(frozen=True)
class Ligne:
    """A row twice: as a machine reads it again, and in words, without what is empty."""

    brut: Mapping[str, Any]
    lisible: Mapping[str, str]


def _brut(valeur: Any) -> Any:
    if isinstance(valeur, date):
        return valeur.isoformat()
    return valeur if valeur is None or isinstance(valeur, str | int | bool) else str(valeur)


def _texte(valeur: Any) -> str:
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, datetime):
        return montrer_instant(valeur)
    if isinstance(valeur, date):
        return montrer_date(valeur)
    return "" if valeur is None else str(valeur)
