"""Each role enters by the front door and finds a home without a fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reseau.management.demonstration.comptes import COMPTES
from tests.navigateur.regard import ECRAN, TELEPHONE, Regard, avec_chromium, chromium, entrer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = avec_chromium


@pytest.fixture
def regards(portail_demo: str) -> Iterator[dict[str, Regard]]:
    """The home of each role, watched."""
    with chromium() as navigateur:
        pages = {}
        for compte in COMPTES[:12]:
            contexte = navigateur.new_context(locale="fr-FR")
            entrer(contexte, portail_demo, compte.courriel)
            regard = pages[compte.role.value] = Regard(contexte.new_page(), portail_demo)
            regard.aller("/admin/")
        yield pages


def test_chaque_role_trouve_un_accueil_sans_defaut(regards: dict[str, Regard]) -> None:
    assert len(regards) == 12
    defauts = []
    for role, regard in regards.items():
        regard.examiner(TELEPHONE[0] if role in {"maitre", "direction"} else ECRAN[0])
        assert regard.page.locator("h1").count() == 1
        defauts += regard.fautes
    assert defauts == []
