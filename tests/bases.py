"""Databases of the tests: one throw-away server, one template, one clone for each worker.

Tests run as the runtime role, so that a missing right is seen. What commits (browser, races) takes
``base_jetable``: a clone of its own, dropped afterwards, because our triggers refuse TRUNCATE.
Do not mix ``base_jetable`` with ``db`` or ``pytest.mark.django_db``: they would share one connection.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import environ
import psycopg
import pytest
from django.db import connections
from psycopg import sql

from reseau.socle.postgres import RACINE, serveur_jetable
from reseau.socle.postgres_roles import DROITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import DjangoDbBlocker

    type Connexions = Callable[[int], list[psycopg.Connection]]

MODELE = "EDP_MODELE"  # environment variable through which the workers learn the template's name


@dataclass(frozen=True)
class Bases:
    """Makes and drops databases like the template, with the owner's connection."""

    app: str
    proprietaire: str
    modele: str

    @property
    def demonstration(self) -> str:
        """Name of the database that the workers share for the demonstration."""
        return f"{self.modele}_demo"

    def url(self, nom: str, *, proprietaire: bool = False) -> str:
        """Address of one database of the server, for the runtime role unless asked otherwise."""
        return urlsplit(self.proprietaire if proprietaire else self.app)._replace(path=f"/{nom}").geturl()

    def creer(self, nom: str, modele: str = "template1") -> None:
        self._executer("CREATE DATABASE {} TEMPLATE {}", nom, modele)

    def supprimer(self, nom: str) -> None:
        """Drop; on a server that is not ours, autovacuum may look into the database just then: ask again."""
        for attente in (0.1, 0.5, 2, 0):
            try:
                self._executer("DROP DATABASE IF EXISTS {} WITH (FORCE)", nom)
            except psycopg.errors.InsufficientPrivilege:
                if not attente:
                    raise
                time.sleep(attente)
            else:
                return

    def existe(self, nom: str) -> bool:
        with psycopg.connect(self.proprietaire, autocommit=True) as connexion:
            trouve = connexion.execute("SELECT 1 FROM pg_database WHERE datname = %s", [nom])
            return trouve.fetchone() is not None

    @contextmanager
    def un_seul(self) -> Iterator[None]:
        """One worker at a time."""
        with psycopg.connect(self.proprietaire, autocommit=True) as connexion:
            connexion.execute("SELECT pg_advisory_lock(hashtext(%s))", [self.modele])
            yield

    def _executer(self, ordre: str, *noms: str) -> None:
        with psycopg.connect(self.proprietaire, autocommit=True) as connexion:
            connexion.execute(sql.SQL(ordre).format(*map(sql.Identifier, noms)))

    @contextmanager
    def clone(self, modele: str = "") -> Iterator[str]:
        """Name of a new database like ``modele``, or like the template; dropped at the end."""
        nom = f"edp_test_{uuid.uuid4().hex[:12]}"
        self.creer(nom, modele or self.modele)
        try:
            yield nom
        finally:
            self.supprimer(nom)


def pytest_configure(config: pytest.Config) -> None:
    """With several workers, the server and the template must exist before they start."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        _ouvrir(config)


def _ouvrir(config: pytest.Config) -> None:
    """Starts the server unless DATABASE_URL names one, and fills the template; undone with the session."""
    pile = ExitStack()
    config.add_cleanup(pile.close)
    if not os.environ.get("DATABASE_URL"):
        os.environ.update(pile.enter_context(serveur_jetable()).environnement)
    os.environ[MODELE] = f"edp_modele_{os.getpid()}"
    bases = _bases()
    bases.creer(bases.modele)
    pile.callback(bases.supprimer, bases.modele)
    pile.callback(bases.supprimer, bases.demonstration)
    url = bases.url(bases.modele, proprietaire=True)
    if bases.app != bases.proprietaire:
        with psycopg.connect(url) as connexion:
            connexion.execute(DROITS)
    variables = {"DATABASE_URL": url, "DATABASE_URL_PROPRIETAIRE": url, "EDP_CONNEXION": "proprietaire"}
    subprocess.run(
        [sys.executable, "-m", "tests.modele"], cwd=RACINE, env={**os.environ, **variables}, check=True
    )


def _bases() -> Bases:
    app = os.environ["DATABASE_URL"]
    return Bases(app, os.environ.get("DATABASE_URL_PROPRIETAIRE", app), os.environ[MODELE])


@pytest.fixture(scope="session")
def bases(request: pytest.FixtureRequest) -> Bases:
    """The server of the session; without workers it starts with the first test that needs it."""
    if MODELE not in os.environ:
        _ouvrir(request.config)
    return _bases()


@pytest.fixture(scope="session")
def django_db_setup(bases: Bases, django_test_environment: None) -> Iterator[None]:
    """Replaces pytest-django's: this worker's clone, already migrated."""
    with bases.clone() as nom, viser(bases.url(nom)):
        yield


@contextmanager
def viser(url: str) -> Iterator[None]:
    """Points the connections of every thread, present and future, at another database."""
    reglages: dict[str, Any] = connections.settings["default"]
    anciens = reglages | {"OPTIONS": reglages["OPTIONS"].copy()}
    vise = environ.Env.db_url_config(url)
    connections.close_all()
    reglages.update({cle: vise[cle] for cle in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
    reglages["OPTIONS"].update(vise.get("OPTIONS", {}))
    try:
        yield
    finally:
        connections.close_all()
        reglages.update(anciens)


@pytest.fixture
def base_jetable(bases: Bases, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Address of a database for this test alone, where commits are real; Django uses it meanwhile."""
    with bases.clone() as nom, django_db_blocker.unblock(), viser(bases.url(nom)):
        yield bases.url(nom)


@pytest.fixture
def serveur_web(base_jetable: str) -> Iterator[str]:
    """Root address of the portal served by a thread on ``base_jetable``, static files included."""
    from pytest_django.live_server_helper import LiveServer

    serveur = LiveServer("127.0.0.1")
    yield serveur.url
    serveur.stop()


@pytest.fixture
def connexions(base_jetable: str) -> Iterator[Connexions]:
    """``connexions(n)``: n real connections of the runtime role to ``base_jetable``, closed afterwards."""
    with ExitStack() as pile:
        yield lambda nombre: [
            pile.enter_context(closing(psycopg.connect(base_jetable))) for _ in range(nombre)
        ]


def en_parallele(*actions: Callable[[], Any]) -> list[Any]:
    """Runs the actions at the same moment, each in a thread with its own connection.

    Returns in their order what they return, or the exception that they raise. Needs ``base_jetable``.
    """
    depart = threading.Barrier(len(actions))

    def courir(action: Callable[[], Any]) -> Any:
        try:
            connections["default"].ensure_connection()
            depart.wait(timeout=30)
            return action()
        except Exception as erreur:  # noqa: BLE001 - the race's outcome, judged by the test
            return erreur
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as coureurs:
        return list(coureurs.map(courir, actions))
