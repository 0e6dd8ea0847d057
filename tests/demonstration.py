"""The demonstration, for the tests that need its people: seeded once, cloned for each test."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.test import override_settings

from tests.bases import viser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

    from tests.bases import Bases

REGLAGES = {"DEMONSTRATION": True, "MFA_OBLIGATOIRE": False}


def semer(**options: int) -> str:
    """Runs ``semer_demo`` and returns what it says."""
    sortie = io.StringIO()
    call_command("semer_demo", stdout=sortie, **options)
    return sortie.getvalue()


@pytest.fixture(scope="session")
def modele_demo(bases: Bases, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> str:
    """Name of a database that holds the demonstration in its usual size; nobody writes into it.

    The first worker that needs it seeds it, the others wait for it.
    """
    with bases.un_seul():
        if not bases.existe(bases.demonstration):
            with bases.clone() as nom:
                with django_db_blocker.unblock(), viser(bases.url(nom)), override_settings(**REGLAGES):
                    semer()
                bases.creer(bases.demonstration, nom)
    return bases.demonstration


@contextmanager
def _sur_un_clone(bases: Bases, modele: str, bloqueur: DjangoDbBlocker) -> Iterator[str]:
    with (
        bases.clone(modele) as nom,
        bloqueur.unblock(),
        viser(bases.url(nom)),
        override_settings(**REGLAGES),
    ):
        yield bases.url(nom)


@pytest.fixture(scope="module")
def demo_lue(bases: Bases, modele_demo: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """One demonstration for the tests of a file that only read it, or take back what they write."""
    with _sur_un_clone(bases, modele_demo, django_db_blocker) as url:
        yield url


@pytest.fixture
def base_demo(bases: Bases, modele_demo: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Address of a demonstration for this test alone, where commits are real; Django uses it meanwhile."""
    with _sur_un_clone(bases, modele_demo, django_db_blocker) as url:
        yield url


@pytest.fixture
def portail_demo(base_demo: str) -> Iterator[str]:
    """Root address of the demonstration, served for real."""
    from pytest_django.live_server_helper import LiveServer

    serveur = LiveServer("127.0.0.1")
    yield serveur.url
    serveur.stop()
