"""What import contracts cannot see: string foreign keys, triggers really installed, visibility."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, models

from reseau.socle.portee import AdminPortee
from tests.maison.sources import APPS

ETAGES = {"reseau": 0, "ecoles": 1, "commandes": 2, "financements": 3}


def _modeles() -> list[type[models.Model]]:
    return [m for app in APPS for m in apps.get_app_config(app).get_models(include_auto_created=True)]


def test_les_cles_etrangeres_ne_font_que_descendre() -> None:
    montantes = [
        f"{modele.__name__}.{champ.name} -> {champ.related_model.__name__}"
        for modele in _modeles()
        for champ in modele._meta.get_fields()
        if champ.is_relation and champ.concrete and champ.related_model._meta.app_label in ETAGES
        if ETAGES[champ.related_model._meta.app_label] > ETAGES[modele._meta.app_label]
    ]
    assert montantes == []


def test_financements_et_commandes_ne_se_connaissent_pas() -> None:
    liens = {
        (modele._meta.app_label, champ.related_model._meta.app_label)
        for modele in _modeles()
        for champ in modele._meta.get_fields()
        if champ.is_relation and champ.concrete
    }
    assert ("financements", "commandes") not in liens


def test_rien_ne_pointe_vers_tout() -> None:
    """No generic foreign key: nothing on the ground floor may reach upwards."""
    noms = {champ.name for modele in _modeles() for champ in modele._meta.get_fields()}
    assert "content_type" not in noms


def test_chaque_refus_de_la_base_a_sa_phrase() -> None:
    """Django formats the sentence: a lone % would be a 500 instead of a refusal."""
    for modele in _modeles():
        for contrainte in modele._meta.constraints:
            assert contrainte.get_violation_error_message()


@pytest.mark.django_db
def test_les_declencheurs_sont_installes() -> None:
    attendus = {
        (modele._meta.db_table, declencheur.get_pgid(modele))
        for modele in _modeles()
        for declencheur in getattr(modele._meta, "triggers", ())
    }
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')"
        )
        installes = set(curseur.fetchall())
    assert attendus
    assert attendus - installes == set()


def test_chaque_page_de_l_admin_est_bornee() -> None:
    """A page that does not derive from the mixin is a door left open."""
    libres = [
        modele.__name__
        for modele, page in admin.site._registry.items()
        if modele._meta.app_label in APPS and not isinstance(page, AdminPortee)
    ]
    assert libres == []


def test_chaque_modele_administre_sait_qui_le_voit() -> None:
    muets = [
        modele.__name__
        for modele in admin.site._registry
        if modele._meta.app_label in APPS
        and not hasattr(modele._default_manager.get_queryset(), "visibles_par")
    ]
    assert muets == []


def test_seules_nos_tables_sont_dans_l_admin() -> None:
    """Libraries register their own pages, without territory: none may stay."""
    etrangers = [m._meta.label for m in admin.site._registry if m._meta.app_label not in APPS]
    assert etrangers == []
