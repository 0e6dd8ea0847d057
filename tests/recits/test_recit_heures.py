"""A morning at the workshop: eight learners, two orders, gloves on, the network cut once. All fictional."""

from __future__ import annotations

import gzip
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import Count, Sum

from commandes.models import Pointage
from reseau.nombres import aujourdhui
from tests.navigateur.regard import TELEPHONE, Regard, avec_chromium, chromium, en_base, entrer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = avec_chromium
PAGE = "/atelier/"
GESTES_MAXIMUM, SECONDES_MAXIMUM, POIDS_MAXIMUM = 12, 20, 50_000
# Fingers in gloves: every thing to touch is at least this high and wide, in CSS pixels.
_TROP_PETITES = """() => [...document.querySelectorAll(
    'main a, main button, main summary, main select, main label.pave, main input:not([type=hidden])')]
    .filter(e => e.checkVisibility() && !e.closest('.pave input, label.pave > input'))
    .filter(e => !e.matches('.pave input'))
    .map(e => [e.textContent.trim() || e.name, e.getBoundingClientRect()])
    .filter(([, r]) => r.width && (r.height < 43.5 || r.width < 43.5))
    .map(([nom, r]) => `${nom} : ${Math.round(r.width)} × ${Math.round(r.height)}`)"""


@pytest.fixture
def marc(portail_demo: str) -> Iterator[Regard]:
    """The master of the school of the stories, on a phone."""
    with chromium() as navigateur:
        contexte = navigateur.new_context(
            locale="fr-FR", has_touch=True, viewport={"width": TELEPHONE[0], "height": TELEPHONE[1]}
        )
        entrer(contexte, portail_demo, "maitre@demo.invalid")
        yield Regard(contexte.new_page(), portail_demo)


class Doigt:
    """Counts its taps."""

    def __init__(self) -> None:
        self.gestes = 0

    def toucher(self, cible: Any) -> None:
        """One tap."""
        self.gestes += 1
        cible.tap()


def saisies_du_jour() -> list[tuple[int, int]]:
    """Of each entry of today by this person: how many learners, how many minutes."""
    miennes = Pointage.objects.filter(jour=aujourdhui(), saisi_par__courriel="maitre@demo.invalid")
    recentes = miennes.filter(saisi_le__date=aujourdhui()).order_by().values("lot")
    return sorted(recentes.annotate(jeunes=Count("id"), total=Sum("minutes")).values_list("jeunes", "total"))


def test_huit_jeunes_deux_commandes_une_coupure(marc: Regard) -> None:
    page, doigt = marc.page, Doigt()
    avant = en_base(saisies_du_jour)
    debut = time.monotonic()
    marc.aller(PAGE)
    doigt.toucher(page.locator(".commande > .pave").nth(0))
    doigt.toucher(page.get_by_role("link", name="CAP, 1re année"))
    doigt.toucher(page.locator(".jeunes .pave:visible").nth(0))
    doigt.toucher(page.locator(".durees .pave", has_text="1 h 30"))
    doigt.toucher(page.get_by_role("button", name="Valider : 8 jeunes, 1 h 30"))
    page.get_by_text("8 jeunes, 12 h 00 enregistrées").wait_for()
    page.context.set_offline(True)
    doigt.toucher(page.locator(".commande > .pave").nth(1))
    doigt.toucher(page.locator(".durees .pave", has_text="2 h 00"))
    doigt.toucher(page.get_by_role("button", name="Valider : 8 jeunes, 2 h 00"))
    page.get_by_text("1 saisie en attente.").wait_for()
    page.context.set_offline(False)
    page.get_by_text("8 jeunes, 16 h 00 enregistrées").wait_for()
    duree = time.monotonic() - debut
    assert en_base(saisies_du_jour) == sorted([*avant, (8, 720), (8, 960)])
    assert doigt.gestes <= GESTES_MAXIMUM
    assert duree <= SECONDES_MAXIMUM


def test_la_page_est_legere_et_se_touche_avec_des_gants(marc: Regard) -> None:
    page, reponses = marc.page, []
    page.on("response", lambda reponse: reponses.append(reponse))  # noqa: PLW0108 - a builtin is refused
    page.goto(marc.racine + PAGE, wait_until="networkidle")
    recues = [reponse.body() for reponse in reponses if reponse.ok]
    script = [len(gzip.compress(r.body())) for r in reponses if r.url.endswith("/js/atelier.js")]
    assert len(script) == 1
    assert script[0] <= 6_000
    assert sum(len(gzip.compress(corps)) for corps in recues) <= POIDS_MAXIMUM
    assert len(page.content().encode()) <= POIDS_MAXIMUM
    page.locator(".commande > .pave").nth(0).tap()
    page.get_by_role("link", name="Tout le monde").tap()
    for reglage in page.locator("main summary").all():
        reglage.tap()
    assert page.evaluate(_TROP_PETITES) == []
    marc.examiner(TELEPHONE[0])
    assert marc.fautes == []


def test_au_clavier_seul(marc: Regard) -> None:
    """Space opens and ticks, Enter on a link or a button acts; nothing needs a finger."""
    page = marc.page
    marc.aller(PAGE)
    page.locator("[name=commande]").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("link", name="CAP, 1re année").focus()
    page.keyboard.press("Enter")
    assert page.locator("[name=apprenants]:checked").count() == 9
    page.locator("[name=duree]").nth(1).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name=re.compile(r"^\+ 15")).focus()
    page.keyboard.press("Enter")
    assert page.locator("#minutes").input_value() == "75"
    page.keyboard.press("Tab")
    page.locator("#minutes").focus()
    page.keyboard.press("Enter")
    page.get_by_text("9 jeunes, 11 h 15 enregistrées").wait_for()
