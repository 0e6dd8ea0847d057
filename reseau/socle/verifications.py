"""System checks: what must not start, or must be said before it fails in front of somebody."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection

from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.admin import ModelAdmin

APT = "sudo apt-get install --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
_BIBLIOTHEQUES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")

# The runtime role must be unable to lift a guard: no superuser, nothing owned, no trigger to put to sleep.
_POUVOIRS = """
SELECT rolsuper OR rolbypassrls OR rolcreaterole,
    (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname NOT LIKE 'pg_%%' AND n.nspname <> 'information_schema'
       AND pg_has_role(current_user, c.relowner, 'USAGE')),
    (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'public' AND c.relkind = 'r' AND has_table_privilege(c.oid, 'TRUNCATE, TRIGGER'))
FROM pg_roles WHERE rolname = current_user
"""


@register(Tags.compatibility)
def bibliotheques_des_pdf(**_: Any) -> list[CheckMessage]:
    """Say which packages PDFs need, before somebody meets the 503 page."""
    manquantes = [nom for nom in _BIBLIOTHEQUES if not _se_charge(nom)]
    if not manquantes:
        return []
    texte = f"Les PDF ne seront pas produits : il manque {', '.join(manquantes)}."
    return [checks.Warning(texte, hint=APT, id="reseau.W001")]


def _se_charge(bibliotheque: str) -> bool:
    try:
        ctypes.CDLL(bibliotheque)
    except OSError:
        return False
    return True


@register(Tags.admin)
def pages_bornees(**_: Any) -> list[CheckMessage]:
    """Refuse a page of the admin that does not know its territory, or that imports without a right."""
    return [message for page in _pages() for message in (*_sans_territoire(page), *_sans_droit(page))]


def _pages() -> list[ModelAdmin[Any]]:
    from django.contrib.admin import site

    return list(site._registry.values())


def _sans_territoire(page: ModelAdmin[Any]) -> Iterator[CheckMessage]:
    if not isinstance(page, AdminPortee):
        yield Error("Cette page ne dérive pas de AdminPortee.", obj=type(page), id="reseau.E001")
    if not hasattr(page.model._default_manager.get_queryset(), "visibles_par"):
        yield Error("Ce modèle ne dit pas qui le voit (visibles_par).", obj=page.model, id="reseau.E002")


def _sans_droit(page: ModelAdmin[Any]) -> Iterator[CheckMessage]:
    """Without these codes, whoever enters the site imports and exports with django-import-export."""
    if not any(classe.__module__.startswith("import_export") for classe in type(page).__mro__):
        return
    for reglage in ("IMPORT_EXPORT_IMPORT_PERMISSION_CODE", "IMPORT_EXPORT_EXPORT_PERMISSION_CODE"):
        if not getattr(settings, reglage, None):
            yield Error(f"{reglage} est vide : tous pourraient passer.", obj=type(page), id="reseau.E003")


@register(Tags.security, deploy=True)
def role_d_execution(**_: Any) -> list[CheckMessage]:
    """Refuse to serve with a database role that could lift its own guards."""
    try:
        with connection.cursor() as curseur:
            curseur.execute(_POUVOIRS)
            superieur, nb_possedes, nb_vidables = curseur.fetchone()
    except DatabaseError:
        return [checks.Warning("La base ne répond pas : son rôle n'a pas été vérifié.", id="reseau.W002")]
    if not (superieur or nb_possedes or nb_vidables):
        return []
    texte = "Le rôle d'exécution de la base peut lever les gardes : il doit ne rien posséder."
    return [Error(texte, hint="docs/exploitation.md, « Deux rôles de base de données »", id="reseau.E004")]


@register(Tags.security, deploy=True)
def second_facteur(**_: Any) -> list[CheckMessage]:
    """Refuse a production without the second factor."""
    if settings.MFA_OBLIGATOIRE:
        return []
    return [Error("Le second facteur des agents de l'État n'est pas obligatoire.", id="reseau.E005")]
