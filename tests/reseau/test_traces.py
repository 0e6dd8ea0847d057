"""Logs: what happened, never who."""

from __future__ import annotations

import io
import logging
import logging.config
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from reseau.models import Utilisateur
from reseau.portail.traces import sans_personne

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client


@pytest.fixture
def sortie() -> Iterator[io.StringIO]:
    """What the portal's own handler prints."""
    flux = io.StringIO()
    reglages = settings.LOGGING["handlers"]["console"]
    assert reglages["filters"] == ["sans_personne"]
    config = logging.config.DictConfigurator(settings.LOGGING)
    console: Any = logging.StreamHandler(flux)
    console.setFormatter(config.configure_formatter(dict(settings.LOGGING["formatters"]["ligne"])))
    console.addFilter(config.configure_filter(dict(settings.LOGGING["filters"]["sans_personne"])))
    racine = logging.getLogger()
    racine.addHandler(console)
    yield flux
    racine.removeHandler(console)


@pytest.mark.parametrize(
    "personnel",
    [
        "lise.roy+ecole@essai.invalid",
        "LISE@ESSAI.INVALID",
        "lise%40essai.invalid",
        "06 12 34 56 78",
        "0612345678",
        "+33 6 12 34 56 78",
        "+33(0)6.12.34.56.78",
        "FR76 3000 6000 0112 3456 7890 189",
        "FR7630006000011234567890189",
        "?lieu=Roubaix&nom=Roy",
        "/demande/eyJhIjoxfQ:1abc:XyZ/",
        "/comptes/password/reset/key/3k-cabc12-9f8e/",
        "/comptes/confirm-email/MQ:1abc:XyZ/",
    ],
)
def test_rien_de_personnel_ne_reste(personnel: str) -> None:
    propre = sans_personne(f"avant {personnel} après")
    assert "[…]" in propre
    assert not any(
        mot in propre for mot in ("lise", "LISE", "12 34", "1234", "3000", "Roubaix", "XyZ", "9f8e")
    )
    assert propre.startswith("avant ")
    assert propre.endswith(" après")


@pytest.mark.parametrize(
    "utile",
    [
        "Internal Server Error: /ecole/la-forge/",
        "Document 0197a3c2-11d2-7b3a-9a1e-0123456789ab non produit (essai 2) : TimeoutError",
        "2026-11-23 04:53:00,479 durée 1234 ms",
        "commande CMD-2026-0001",
    ],
)
def test_ce_qui_s_est_passe_reste(utile: str) -> None:
    assert sans_personne(utile) == utile


@pytest.mark.django_db
def test_l_exception_de_la_base_ne_recopie_pas_la_ligne_refusee(sortie: io.StringIO) -> None:
    Utilisateur.objects.create_user("lise@essai.invalid")
    try:
        with transaction.atomic():
            Utilisateur.objects.create_user("lise@essai.invalid")
    except IntegrityError:
        logging.getLogger("reseau").exception("Compte de %s refusé", "lise@essai.invalid")
    trace = sortie.getvalue()
    assert "IntegrityError" in trace
    assert "lise" not in trace


@pytest.mark.django_db
def test_une_page_absente_se_trace_sans_sa_question(client: Client, sortie: io.StringIO) -> None:
    client.get("/nulle-part/?nom=Roy&courriel=lise%40essai.invalid")
    client.get("/demande/jeton-secret-de-lise/")
    assert "/nulle-part/" in sortie.getvalue()
    assert "lise" not in sortie.getvalue()
    assert "Roy" not in sortie.getvalue()


@pytest.mark.django_db
def test_une_connexion_refusee_ne_dit_pas_qui(client: Client, sortie: io.StringIO) -> None:
    client.post("/comptes/login/", {"login": "lise@essai.invalid", "password": "secret de lise"})
    assert "lise" not in sortie.getvalue()
