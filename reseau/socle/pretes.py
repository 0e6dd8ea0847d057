"""Queries whose SQL is written once a process.

For a few rows the ORM spends more on writing a query than PostgreSQL on answering it: a query that every
page asks, always the same but for its values, is written at its first reading and kept.
"""

from __future__ import annotations

from collections import namedtuple
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, Func, UUIDField, Value

from reseau.models import Utilisateur
from reseau.models.tenues import RolesTenus
from reseau.nombres import aujourdhui
from reseau.roles import MATRICE, ROLES_DREETS, ROLES_ECOLE, ROLES_NATIONAUX, Role

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django.db.models import Field, QuerySet

    # Its values, in their places, and the names of its columns.
    type Ecrite = tuple[str, tuple[Any, ...], type[Any]]

_JEUX_DE_ROLES_GARDES: Final = 64


class Parametre(Value):
    """What is given at each reading: a name, and the kind of field that it is compared with."""

    def __init__(self, nom: str, output_field: Field[Any, Any]) -> None:
        super().__init__(nom, output_field=output_field)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Parametre, ...]]:  # type: ignore[override]
        """Leave the place of the value."""
        return "%s", (self,)


class Parmi(Func):
    """Whether a column is one of the values given: the same SQL whatever their number."""

    arity = 2
    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class Prete:
    """A query with :class:`Parametre` in it; ``ecrire`` makes it, with ``values_list``.

    Its rows are those of the driver: no converter of the ORM looks at them.
    """

    def __init__(self, ecrire: Callable[[], QuerySet[Any, Any]]) -> None:
        self.ecrire = ecrire

    @cached_property
    def _ecrite(self) -> Ecrite:
        return _ecrire(self.ecrire())

    def lire(self, **valeurs: Any) -> list[Any]:
        """Return the rows, as named tuples; a value is missing: ``KeyError``, nothing is asked."""
        return _lire(self._ecrite, valeurs)


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
    differs. ``ecrire`` may ask the day (``aujourdhui``), never the hour.
    """

    def __init__(self, ecrire: Callable[[Utilisateur], QuerySet[Any, Any]]) -> None:
        self.ecrire = ecrire
        self._ecrite = lru_cache(_JEUX_DE_ROLES_GARDES)(self._ecrire)

    def _ecrire(self, roles: frozenset[str], jour: date) -> Ecrite | None:
        personne: Any = PersonneAVenir(roles)
        return _ecrire_si_possible(self.ecrire(personne))

    def lire(self, utilisateur: Utilisateur, **valeurs: Any) -> list[Any]:
        """Return the rows of this person, as named tuples; one query, none when her roles open nothing.

        ``valeurs``: those of the other parameters of ``ecrire``.
        """
        if utilisateur.is_superuser or utilisateur.roles_d_ecole is None:
            ecrite = _ecrire_si_possible(self.ecrire(utilisateur))
        else:
            roles = utilisateur.roles_d_ecole | utilisateur.roles_regionaux | utilisateur.roles_nationaux
            ecrite = self._ecrite(roles, aujourdhui())
        return _lire(ecrite, {"utilisateur": utilisateur.pk, **valeurs}) if ecrite else []


def _ecrire(ensemble: QuerySet[Any, Any]) -> Ecrite:
    sql, parametres = ensemble.query.sql_with_params()
    return sql, tuple(parametres), _nommer(ensemble)


def _ecrire_si_possible(ensemble: QuerySet[Any, Any]) -> Ecrite | None:
    try:
        return _ecrire(ensemble)
    except EmptyResultSet:
        return None


def _nommer(ensemble: QuerySet[Any, Any]) -> type[Any]:
    noms: list[str] = list(ensemble.query.selected or ())
    return namedtuple("Lue", noms)  # noqa: PYI024 - its columns are known when it runs


def _lire(ecrite: Ecrite, valeurs: dict[str, Any]) -> list[Any]:
    sql, places, classe = ecrite
    parametres = [valeurs[p.value] if isinstance(p, Parametre) else p for p in places]
    with connection.cursor() as curseur:
        curseur.execute(sql, parametres)
        return list(map(classe._make, curseur.fetchall()))
