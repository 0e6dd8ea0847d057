"""The system checks: each finds what it is there for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.contrib.sessions.models import Session
from import_export.admin import ImportExportModelAdmin

from ecoles.models import Ecole
from reseau.socle import verifications
from reseau.socle.portee import AdminPortee
from tests.bases import viser

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

    from tests.bases import Bases


def _ids(messages: list[Any]) -> list[str]:
    return [message.id for message in messages]


def test_le_portail_est_en_ordre() -> None:
    assert verifications.pages_bornees() == []
    assert verifications.bibliotheques_des_pdf() == []


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> dict[Any, Any]:
    registre: dict[Any, Any] = {}
    monkeypatch.setattr("django.contrib.admin.site", SimpleNamespace(_registry=registre))
    return registre


def test_une_page_sans_territoire_est_refusee(pages: dict[Any, Any]) -> None:
    pages[Ecole] = admin.ModelAdmin(Ecole, admin.AdminSite())
    assert _ids(verifications.pages_bornees()) == ["reseau.E001"]


def test_un_modele_sans_visibilite_est_refuse(pages: dict[Any, Any]) -> None:
    pages[Session] = AdminPortee(Session, admin.AdminSite())
    assert _ids(verifications.pages_bornees()) == ["reseau.E002"]


@pytest.mark.parametrize("reglage", ["IMPORT", "EXPORT"])
def test_un_import_sans_code_de_droit_est_refuse(pages: dict[Any, Any], settings: Any, reglage: str) -> None:
    page = type("Page", (AdminPortee, ImportExportModelAdmin), {})
    pages[Ecole] = page(Ecole, admin.AdminSite())
    assert verifications.pages_bornees() == []
    setattr(settings, f"IMPORT_EXPORT_{reglage}_PERMISSION_CODE", None)
    assert _ids(verifications.pages_bornees()) == ["reseau.E003"]


def test_une_bibliotheque_absente_se_dit_avec_sa_commande(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifications, "_BIBLIOTHEQUES", ("libabsente.so.0",))
    (message,) = verifications.bibliotheques_des_pdf()
    assert "libabsente" in message.msg
    assert message.hint == verifications.APT
    assert str(message.hint).startswith("sudo apt-get install")


@pytest.mark.django_db
def test_le_role_des_tests_ne_possede_rien() -> None:
    assert verifications.role_d_execution() == []


def test_un_role_proprietaire_est_refuse(bases: Bases, django_db_blocker: DjangoDbBlocker) -> None:
    with bases.clone() as nom, django_db_blocker.unblock(), viser(bases.url(nom, proprietaire=True)):
        assert _ids(verifications.role_d_execution()) == ["reseau.E004"]


def test_une_base_muette_se_dit(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def muette() -> None:
        raise OperationalError

    monkeypatch.setattr(verifications, "connection", SimpleNamespace(cursor=muette))
    assert _ids(verifications.role_d_execution()) == ["reseau.W002"]


def test_une_production_sans_second_facteur_est_refusee(settings: Any) -> None:
    settings.MFA_OBLIGATOIRE = False
    assert _ids(verifications.second_facteur()) == ["reseau.E005"]
    settings.MFA_OBLIGATOIRE = True
    assert verifications.second_facteur() == []
