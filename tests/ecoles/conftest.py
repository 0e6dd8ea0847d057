"""What the tests of the public pages share."""

from __future__ import annotations

import pytest

from tests.ecoles.annuaire import poser_le_pays


@pytest.fixture
def pays(db: None) -> None:
    """The small country."""
    poser_le_pays()
