"""Dashboards and duties in a real Chromium: no fault that axe sees, nothing overlaps, forced colours too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from tests.navigateur.regard import ECRAN, TELEPHONE, Regard, avec_chromium, chromium, entrer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = avec_chromium
_RACINE = "admin:financements_enveloppe_"
# Words and value of a bar share a line: they never meet.
_CHEVAUCHEMENTS = """() => [...document.querySelectorAll('.pil-mot')].filter(mot => {
    const valeur = mot.nextElementSibling;
    return mot.getBoundingClientRect().right > valeur.getBoundingClientRect().left;
}).map(mot => mot.textContent)"""


@pytest.fixture(scope="module")
def portail(demo_lue: str) -> Iterator[str]:
    """One portal for the file, which only reads it."""
    from pytest_django.live_server_helper import LiveServer

    serveur = LiveServer("127.0.0.1")
    yield serveur.url
    serveur.stop()


@pytest.fixture(scope="module")
def navigateur(portail: str) -> Iterator[Any]:
    with chromium() as ouvert:
        yield ouvert


@pytest.mark.parametrize(
    ("compte", "pages"),
    [
        ("ordonnateur", ("tableau", "fonctions")),
        ("lecteur_national", ("tableau_national", "fonctions")),
        ("administrateur", ("fonctions",)),
    ],
)
def test_les_tableaux_de_bord_se_lisent_au_telephone_et_a_l_ecran(
    navigateur: Any, portail: str, compte: str, pages: tuple[str, ...]
) -> None:
    contexte = navigateur.new_context(locale="fr-FR")
    entrer(contexte, portail, f"{compte}@demo.invalid")
    regard = Regard(contexte.new_page(), portail)
    for page in pages:
        assert regard.aller(reverse(_RACINE + page)).status == 200
        for largeur in (TELEPHONE[0], ECRAN[0]):
            regard.examiner(largeur)
            regard.fautes += [
                f"{page}, {largeur} px : {mot}" for mot in regard.page.evaluate(_CHEVAUCHEMENTS)
            ]
        regard.photographier(f"pilotage-{page}-{compte}")
    contexte.close()
    assert regard.fautes == []


def test_un_exercice_se_choisit_sans_script_et_les_couleurs_forcees_gardent_les_barres(
    navigateur: Any, portail: str
) -> None:
    contexte = navigateur.new_context(locale="fr-FR", java_script_enabled=False, forced_colors="active")
    entrer(contexte, portail, "gestionnaire@demo.invalid")
    page = contexte.new_page()
    page.goto(portail + reverse(_RACINE + "tableau"))
    page.locator("select[name='exercice']").select_option(index=1)
    page.get_by_role("button", name="Montrer").click()
    page.get_by_role("heading", name="Mois par mois").wait_for()
    assert page.get_by_role("img").count() >= 8
    contexte.close()
