"""The public pages in a real browser: axe, weight, width, and a family's journey without JavaScript."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.ecoles.annuaire import ecole, plusieurs_ecoles, poser_le_pays
from tests.navigateur.regard import avec_chromium, chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = (
    "/",
    "/ecoles/",
    "/ecoles/?lieu=lyon&metier=industrie&rayon=100",
    "/ecoles/?lieu=saint-denis",
    "/ecoles/?lieu=xyzzy&rayon=abc",
    "/ecoles/?lieu=lyon&metier=terre",
    "/ecoles/?page=99",
    "/ecoles/region/normandie/",
    "/ecoles/region/corse/",
    "/ecole/la-forge/",
    "/ecole/la-forge/contact/",
    "/plan-du-site/",
    "/accessibilite/",
    "/mentions-legales/",
    "/donnees-personnelles/",
    "/donnees/",
    "/n-existe-pas/",
)
# One of each dress: the others are made of the same pieces.
AUX_DEUX_THEMES = ("/", "/ecoles/", "/ecoles/region/corse/", "/ecole/la-forge/", "/ecole/la-forge/contact/")
STATIQUES = ("vendor/pico/pico-sous-ensemble.min.css", "css/portail.css", "images/favicon.svg")
RACINE_STATIQUE = Path(__file__).resolve().parents[2] / "static"

pytestmark = [*avec_chromium, pytest.mark.xdist_group("navigateur")]


def compresse(octets: bytes) -> int:
    return len(gzip.compress(octets, 9))


def poids_des_statiques() -> int:
    return sum(compresse((RACINE_STATIQUE / nom).read_bytes()) for nom in STATIQUES)


@pytest.fixture
def site(serveur_web: str) -> str:
    """A small country with twenty-six schools, served for real."""
    poser_le_pays()
    ecole("La Forge", titres=("50025439",), telephone="0199000000", verification="a_confirmer")
    plusieurs_ecoles(25)
    return serveur_web


@pytest.fixture
def navigateur(site: str) -> Iterator[Any]:
    with chromium() as ouvert:
        yield ouvert


def peser(page: Any, reponse: Any, demandes: list[str]) -> list[str]:
    """What the page costs beyond its budget, as sentences."""
    noeuds = page.evaluate("document.querySelectorAll('*').length")
    poids = compresse(reponse.body()) + poids_des_statiques()
    hotes = {urlsplit(demande).netloc for demande in demandes}
    mesures = {
        f"{noeuds} nœuds": noeuds > 700,
        f"{len(demandes)} demandes": len(demandes) > 8,
        f"{poids} octets": poids > 60_000,
        f"hôtes {hotes}": hotes != {urlsplit(page.url).netloc},
        "un cookie": bool(page.context.cookies()) and "/contact/" not in page.url,
    }
    return [phrase for phrase, faux in mesures.items() if faux]


def regarder(page: Any, largeur: int, theme: str, *, axe: bool) -> list[str]:
    """What is wrong at this width and in this colour scheme, as sentences."""
    from axe_playwright_python.sync_playwright import Axe

    page.set_viewport_size({"width": largeur, "height": 800})
    page.emulate_media(color_scheme=theme)
    debord = page.evaluate("document.documentElement.scrollWidth")
    fautes = [f"déborde à {largeur} px : {debord}"] if debord > largeur else []
    vues = Axe().run(page).response["violations"] if axe else []
    return fautes + [f"{largeur} px : {v['id']} {v['nodes'][0]['html'][:90]}" for v in vues]


def test_aucune_page_n_a_de_defaut(navigateur: Any, site: str) -> None:
    defauts = {}
    for adresse in PAGES:
        page = navigateur.new_context(locale="fr-FR").new_page()
        demandes: list[str] = []
        page.on("request", lambda demande, vues=demandes: vues.append(demande.url))
        reponse = page.goto(site + adresse)
        defauts[adresse] = [
            *peser(page, reponse, demandes),
            *regarder(page, 320, "light", axe=False),
            *regarder(page, 360, "dark", axe=True),
            *regarder(page, 1440, "light", axe=adresse in AUX_DEUX_THEMES),
        ]
        page.context.close()
    assert {adresse: d for adresse, d in defauts.items() if d} == {}


def test_une_famille_va_de_sa_ville_a_son_code_au_clavier_et_sans_javascript(
    navigateur: Any, site: str
) -> None:
    page = navigateur.new_context(java_script_enabled=False).new_page()
    page.goto(site)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_label("Ville ou code postal").press_sequentially("st etienne")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ecoles/?lieu=st+etienne")
    page.locator(".carte-ecole h3 a").first.press("Enter")
    page.get_by_role("link", name="Poser une question").press("Enter")
    page.get_by_role("button", name="Envoyer ma demande").press("Enter")
    page.get_by_role("link", name="Votre prénom").wait_for()
    page.get_by_label("Un parent").press("Space")
    page.get_by_label("Venir voir").press("Space")
    page.get_by_label("Votre prénom").fill("Camille")
    page.get_by_label("Votre téléphone").fill("01 99 00 00 01")
    page.get_by_role("button", name="Envoyer ma demande").press("Enter")
    page.get_by_role("heading", name="Votre demande est enregistrée").wait_for()
    assert len(page.locator(".code").inner_text()) == 6


def test_le_style_et_la_carte_tiennent_dans_leur_budget() -> None:
    assert sum(compresse((RACINE_STATIQUE / nom).read_bytes()) for nom in STATIQUES[:2]) <= 15_000
    assert compresse((RACINE_STATIQUE.parent / "ecoles/donnees/carte_regions.json").read_bytes()) <= 8_000


def test_aucun_style_ne_va_chercher_une_image_hors_du_site() -> None:
    """The vendored icons are data: addresses, which the security policy refuses: all are neutralised."""
    portail = (RACINE_STATIQUE / "css/portail.css").read_text()
    assert "url(" not in portail
    for icone in ("chevron", "valid", "invalid"):
        assert f"--pico-icon-{icone}: none" in portail
