"""Queries whose SQL is written once a process.

For a few rows the ORM spends more on writing a query than PostgreSQL on answering it: a query that every
page asks, always the same but for its values, is written at its first reading and kept.
"""

from __future__ import annotations

from collections import namedtuple
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, Func, UUIDField, Value

from reseau.models import Utilisateur
from reseau.models.tenues import RolesTenus
from reseau.nombres import aujourdhui
from reseau.roles import MATRICE, ROLES_DREETS, ROLES_ECOLE, ROLES_NATIONAUX, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date

    from django.db.models import Field, QuerySet

_JEUX_DE_ROLES_GARDES: Final = 64


class Parametre(Value):
    """What is given at each reading: a name, and the kind of field that it is compared with."""

    def __init__(self, nom: str, output_field: Field[Any, Any]) -> None:
        super().__init__(nom, output_field=output_field)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Parametre, ...]]:  # type: ignore[override]
        """Leave the place of the value."""
        return "%s", (self,)


class AVenir:
    """An object that is given when a query is read: its key is a parameter, and what else is asked of it.

    What is written of it stays written: a day or a setting is a parameter too.
    """

    def __init__(self, nom: str, **attributs: Any) -> None:
        self.pk = Parametre(nom, UUIDField())
        vars(self).update(attributs)


class Parmi(Func):
    """Whether a column is one of the values given: the same SQL whatever their number."""

    arity = 2
    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


@dataclass(frozen=True, slots=True)
class Ecrite:
    """A query in SQL: its values in their places, what reads its columns, and their names."""

    sql: str
    places: tuple[Any, ...]
    convertisseurs: Mapping[int, tuple[Any, Any]]
    classe: type[Any]

    def lire(self, valeurs: Mapping[str, Any]) -> list[Any]:
        """Return its rows for these values, as the ORM reads them, in named tuples."""
        parametres = [valeurs[p.value] if isinstance(p, Parametre) else p for p in self.places]
        with connection.cursor() as curseur:
            curseur.execute(self.sql, parametres)
            lignes: Iterable[Any] = curseur.fetchall()
        return [self.classe._make(self._convertie(ligne)) for ligne in lignes]

    def _convertie(self, ligne: Any) -> Any:
        if not self.convertisseurs:
            return ligne
        valeurs = list(ligne)
        for rang, (convertisseurs, expression) in self.convertisseurs.items():
            for convertir in convertisseurs:
                valeurs[rang] = convertir(valeurs[rang], expression, connection)
        return valeurs


def ecrire(ensemble: QuerySet[Any, Any]) -> Ecrite:
    """Write a query of ``values`` or ``values_list``; ``EmptyResultSet`` when it can find nothing."""
    compilateur = ensemble.query.get_compiler(DEFAULT_DB_ALIAS)
    sql, places = compilateur.as_sql()
    colonnes = [colonne for colonne, *_ in compilateur.select[: compilateur.col_count]]
    classe = namedtuple("Lue", list(ensemble.query.selected or ()))  # type: ignore[misc]  # noqa: PYI024
    return Ecrite(sql, tuple(places), compilateur.get_converters(colonnes), classe)


class Prete:
    """A query with :class:`Parametre` in it; ``ecrire`` makes it."""

    def __init__(self, ecrire: Callable[[], QuerySet[Any, Any]]) -> None:
        self.ecrire = ecrire

    @cached_property
    def _ecrite(self) -> Ecrite:
        return ecrire(self.ecrire())

    def lire(self, **valeurs: Any) -> list[Any]:
        """Return the rows, as named tuples; a value is missing: ``KeyError``, nothing is asked."""
        return self._ecrite.lire(valeurs)


class PersonneAVenir(RolesTenus):
    """Whoever holds these roles: stands for her in a query that is written before she asks."""

    is_active = True
    is_superuser = False

    def __init__(self, roles: frozenset[str]) -> None:
        self.pk = Parametre("utilisateur", UUIDField())
        self.roles = roles
        self.roles_d_ecole = roles & ROLES_ECOLE
        self.roles_regionaux = roles & ROLES_DREETS
        self.roles_nationaux = roles & ROLES_NATIONAUX

    def detient(self, permission: str) -> bool:
        """Whether one of these roles grants ``permission``."""
        return any(permission in MATRICE[Role(role)] for role in self.roles)

    @property
    def affectations(self) -> QuerySet[Any]:
        """Her assignments in a region."""
        return self._les_siennes("affectations")

    @property
    def appartenances(self) -> QuerySet[Any]:
        """Her functions in a school."""
        return self._les_siennes("appartenances")

    def _les_siennes(self, relation: str) -> QuerySet[Any]:
        modele: Any = Utilisateur._meta.get_field(relation).related_model
        lignes: QuerySet[Any] = modele._default_manager.filter(utilisateur=self.pk)
        return lignes


class PreteParPersonne:
    """A query that each person asks in her own territories; ``ecrire(personne)`` makes it (``values_list``).

    It is written once a day for each set of roles: between two persons who hold them, only who they are
    differs. ``ecrire`` may ask the day (``aujourdhui``) and whether this is the demonstration; never the
    hour, nor another setting that changes.
    """

    def __init__(self, ecrire: Callable[[Utilisateur], QuerySet[Any, Any]]) -> None:
        self.ecrire = ecrire
        self._ecrite = lru_cache(_JEUX_DE_ROLES_GARDES)(self._ecrire)

    def _ecrire(self, roles: frozenset[str], _jour: date, _demonstration: bool) -> Ecrite | None:
        """Written again when the day or the demonstration changes: ``ecrire`` may ask them."""
        personne: Any = PersonneAVenir(roles)
        return _ecrire_si_possible(self.ecrire(personne))

    def lire(self, utilisateur: Utilisateur, **valeurs: Any) -> list[Any]:
        """Return the rows of this person, as named tuples; one query, none when her roles open nothing.

        ``valeurs``: those of the other parameters of ``ecrire``.
        """
        if not utilisateur.is_active:
            return []
        if utilisateur.is_superuser or utilisateur.roles_d_ecole is None:
            ecrite = _ecrire_si_possible(self.ecrire(utilisateur))
        else:
            roles = utilisateur.roles_d_ecole | utilisateur.roles_regionaux | utilisateur.roles_nationaux
            ecrite = self._ecrite(roles, aujourdhui(), settings.DEMONSTRATION)
        return ecrite.lire({"utilisateur": utilisateur.pk, **valeurs}) if ecrite else []


def _ecrire_si_possible(ensemble: QuerySet[Any, Any]) -> Ecrite | None:
    try:
        return ecrire(ensemble)
    except EmptyResultSet:
        return None
