"""What every test has: its database, fast settings, files of its own, and no order that nobody asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler
from django.test import override_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models.sql import Query

pytest_plugins = ["tests.bases", "tests.demonstration"]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker more than there are cores: a test that drives a browser mostly waits for it."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first: nobody waits at the end for a story that began last."""
    items.sort(key=lambda test: test.get_closest_marker("navigateur") is None)


@pytest.fixture(autouse=True, scope="session")
def _reglages_de_test(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing is written into the project, and nothing costs time that no test looks at."""
    donnees = tmp_path_factory.mktemp("donnees")
    # One word for the workers, which share the accounts of one demonstration.
    (donnees / "mot-de-passe-demonstration.txt").write_text("un-mot-pour-les-tests\n", encoding="ascii")
    fichiers = settings.STORAGES["default"] | {"OPTIONS": {"location": donnees / "fichiers"}}
    with override_settings(
        DONNEES=donnees,
        STORAGES=settings.STORAGES | {"default": fichiers},
        MFA_OBLIGATOIRE=False,  # people of the tests have no telephone
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MIDDLEWARE=[nom for nom in settings.MIDDLEWARE if "whitenoise" not in nom],
        TASKS={"default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}},
    ):
        yield


@pytest.fixture(autouse=True)
def _memoire_vide() -> None:
    """What a process remembers for itself belongs to the database of another test."""
    caches["memoire"].clear()


@pytest.fixture(autouse=True, scope="session")
def _ordre_au_hasard() -> Iterator[None]:
    """Shuffles the rows of every queryset without order: a test must not pass by luck."""
    origine = SQLCompiler._order_by_pairs

    def paires(compilateur: SQLCompiler) -> Iterator[tuple[OrderBy, bool]]:
        demandees = list(origine(compilateur))
        yield from demandees
        if not demandees and _melangeable(compilateur.query):
            yield OrderBy(Random()), False

    with pytest.MonkeyPatch.context() as remplacement:
        remplacement.setattr(SQLCompiler, "_order_by_pairs", paires)
        yield


def _melangeable(requete: Query) -> bool:
    return not (requete.distinct or requete.combinator or requete.group_by)
