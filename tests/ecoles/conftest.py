"""What the tests of the public pages share."""

from __future__ import annotations

import pytest
from django.core.cache import caches

from tests.ecoles.annuaire import poser_le_pays


@pytest.fixture
def pays(db: None) -> None:
    """The small country, and no ETag remembered from another test."""
    caches["memoire"].clear()
    poser_le_pays()
