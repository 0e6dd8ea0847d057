"""The permission backend: Django's codes and ours, answered by the roles held today.

It is at the roof because a role comes from three kinds of membership, one of which (the staff of a
school) the ground floor must not know.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import DateField, UUIDField

from ecoles.models import MembreEquipe
from reseau.models import AffectationDreets, AffectationNationale, Utilisateur, en_cours
from reseau.nombres import aujourdhui
from reseau.roles import MATRICE, RACINES, ROLES_DREETS, ROLES_ECOLE, ROLES_NATIONAUX, Role
from reseau.socle.pretes import Parametre, Prete

if TYPE_CHECKING:
    from django.db.models import QuerySet

# The three kinds of membership, and where each says the role.
_APPARTENANCES: tuple[tuple[Any, str], ...] = (
    (AffectationDreets, "role"),
    (MembreEquipe, "fonction"),
    (AffectationNationale, "role"),
)
_VERBES = {
    "view": "voir",
    "add": "ajouter",
    "change": "modifier",
    "delete": "supprimer",
    "importer": "importer",
    "exporter": "exporter",
}


def _siens() -> QuerySet[Any, tuple[str]]:
    """What roles a person holds, of the three kinds."""
    personne, jour = Parametre("utilisateur", UUIDField()), Parametre("jour", DateField())
    siens = [
        modele.objects.filter(en_cours(jour), utilisateur=personne).order_by().values_list(role)
        for modele, role in _APPARTENANCES
    ]
    tous: QuerySet[Any, tuple[str]] = siens[0].union(*siens[1:]).order_by("role")
    return tous


def _compte() -> QuerySet[Any, Any]:
    """An account, and what roles it holds."""
    personne = Utilisateur.objects.filter(pk=Parametre("utilisateur", UUIDField()))
    return personne.order_by().values_list(*_DU_COMPTE, ArraySubquery(_siens()))


_DU_COMPTE = tuple(champ.attname for champ in Utilisateur._meta.concrete_fields)
_SIENS = Prete(_siens)
_COMPTE = Prete(_compte)


def _poser_les_roles(utilisateur: Utilisateur, codes: frozenset[str]) -> None:
    utilisateur.roles_nationaux = codes & ROLES_NATIONAUX
    utilisateur.roles_regionaux = codes & ROLES_DREETS
    utilisateur.roles_d_ecole = codes & ROLES_ECOLE
    utilisateur._roles_du_jour = frozenset(Role(code) for code in codes)  # type: ignore[attr-defined]


def roles_de(utilisateur: Utilisateur) -> frozenset[Role]:
    """Roles held today in any territory; one query, once per request."""
    if not utilisateur.is_authenticated or not utilisateur.is_active:
        return frozenset()
    if not hasattr(utilisateur, "_roles_du_jour"):
        lus = _SIENS.lire(utilisateur=utilisateur.pk, jour=aujourdhui())
        _poser_les_roles(utilisateur, frozenset(code for (code,) in lus))
    roles: frozenset[Role] = utilisateur._roles_du_jour  # type: ignore[attr-defined]
    return roles


def droits_de(utilisateur: Utilisateur) -> frozenset[str]:
    """Permissions of the matrix ("demande.viser") held today in some territory."""
    return _droits_des(roles_de(utilisateur))


@cache
def _droits_des(roles: frozenset[Role]) -> frozenset[str]:
    """The matrix does not change while the portal runs."""
    return frozenset().union(*(MATRICE[role] for role in roles))


def doit_avoir_un_second_facteur(utilisateur: Utilisateur) -> bool:
    """Whether this person acts for the State, reads the whole country, or bypasses the matrix."""
    return bool(utilisateur.is_superuser or roles_de(utilisateur) - ROLES_ECOLE)


def en_francais(code: str) -> str:
    """Translate ``financements.view_demande`` into ``demande.voir``; ours pass unchanged.

    A row that is part of an aggregate answers for its root: lines of an order are the order's.
    """
    objet, _, verbe = code.partition(".")
    if "_" in verbe:
        action, _, modele = verbe.partition("_")
        objet, verbe = modele, _VERBES.get(action, action)
    if objet in RACINES:
        objet, verbe = RACINES[objet], ("modifier" if verbe in ("ajouter", "supprimer") else verbe)
    return f"{objet}.{verbe}"


class Droits(AuthenticationBackend):  # type: ignore[misc]
    """Authenticate as allauth does, and answer ``has_perm`` from the matrix alone.

    Django's groups and per-model permissions are never asked: there is one matrix.
    """

    def get_user(self, user_id: Any) -> Utilisateur | None:
        """The account of a session with its roles of today: one query, before each private page."""
        lues = _COMPTE.lire(utilisateur=user_id, jour=aujourdhui())
        if not lues:
            return None
        (*valeurs, codes) = lues[0]
        utilisateur: Utilisateur = Utilisateur.from_db(DEFAULT_DB_ALIAS, _DU_COMPTE, valeurs)
        _poser_les_roles(utilisateur, frozenset(codes))
        return utilisateur if self.user_can_authenticate(utilisateur) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Every permission of the matrix held today, in our words."""
        return set(droits_de(user_obj))

    get_user_permissions = get_all_permissions

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Nobody holds anything by a group."""
        return set()

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Whether ``perm`` is granted today, somewhere; with an object, on that object."""
        droit = en_francais(perm)
        if droit not in droits_de(user_obj):
            return False
        if obj is None:
            return True
        visibles = type(obj)._default_manager.get_queryset()
        verbe = droit.partition(".")[2]
        return bool(visibles.visibles_par(user_obj, verbe).filter(pk=obj.pk).exists())

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """The site itself lists what is open; an app is open when one of its models is."""
        return bool(droits_de(user_obj))
