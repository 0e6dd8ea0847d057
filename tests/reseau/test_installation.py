"""What an installation runs by itself: every order of a unit exists, every timer has its service."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

UNITES = Path(settings.RACINE) / "deploy"


@pytest.mark.parametrize("unite", sorted(UNITES.glob("*.service")), ids=lambda u: u.name)
def test_chaque_ordre_d_une_unite_existe(unite: Path) -> None:
    ordres = re.findall(r"manage\.py (\w+)", unite.read_text(encoding="utf-8"))
    assert set(ordres) <= set(get_commands())


@pytest.mark.parametrize("minuterie", sorted(UNITES.glob("*.timer")), ids=lambda u: u.name)
def test_chaque_minuterie_a_son_service_et_sa_ligne(minuterie: Path) -> None:
    service = minuterie.with_suffix(".service")
    assert service.exists()
    guide = (Path(settings.RACINE) / "docs" / "exploitation.md").read_text(encoding="utf-8")
    assert minuterie.name in guide
    assert service.name in guide
