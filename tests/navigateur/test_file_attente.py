"""Entries that wait in the browser: kept, sent once, given back when refused. In a real Chromium."""

from __future__ import annotations

from time import sleep
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.db.models import Sum
from pytest_django.live_server_helper import LiveServer

from commandes.models import Commande, LigneCommande, Pointage
from tests.navigateur.regard import avec_chromium, chromium, en_base, entrer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = avec_chromium
PAGE = "/atelier/"
ICI, COLLEGUE = "maitre@demo.invalid", "direction@demo.invalid"


@pytest.fixture(scope="module")
def portail(demo_lue: str) -> Iterator[str]:
    """One portal for the file: each test counts what it added."""
    serveur = LiveServer("127.0.0.1")
    yield serveur.url
    serveur.stop()


@pytest.fixture(scope="module")
def navigateur(portail: str) -> Iterator[Any]:
    """One browser for the file, closed before its database; a new profile for each test."""
    with chromium() as ouvert:
        yield ouvert


@pytest.fixture
def page(navigateur: Any, portail: str) -> Iterator[Any]:
    """The workshop page, opened by the master."""
    contexte = navigateur.new_context(locale="fr-FR", base_url=portail)
    entrer(contexte, portail, ICI)
    onglet = contexte.new_page()
    onglet.set_default_timeout(10_000)
    onglet.goto(PAGE)
    yield onglet
    contexte.close()


def couper(page: Any) -> None:
    """Nothing that is sent arrives; pages can still be read."""
    page.route(
        lambda adresse: urlsplit(adresse).path == PAGE,
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )


def retablir(page: Any) -> None:
    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")


def saisir(page: Any, rang: int, duree: str) -> None:
    """Tap an order, its first learners' group, a duration, « Valider »."""
    page.locator(".commande > .pave").nth(rang).click()
    page.get_by_role("link", name="CAP, 2e année").click()
    page.locator(".durees .pave", has_text=duree).click()
    page.locator(".valider button").click()


def lots_recus() -> dict[Any, int]:
    """Minutes of each entry recorded by the master."""
    siens = Pointage.objects.filter(saisi_par__courriel=ICI).order_by().values("lot")
    return dict(siens.annotate(total=Sum("minutes")).values_list("lot", "total"))


def nouvelles(avant: dict[Any, int]) -> list[int]:
    """What was added since."""
    return sorted(total for lot, total in en_base(lots_recus).items() if lot not in avant)


def test_deux_saisies_sans_reseau_arrivent_une_seule_fois(page: Any) -> None:
    avant = en_base(lots_recus)
    couper(page)
    saisir(page, 0, "30 min")
    page.get_by_text("1 saisie en attente.").wait_for()
    saisir(page, 1, "1 h 00")
    page.get_by_text("2 saisies en attente.").wait_for()
    page.reload()
    page.get_by_text("2 saisies en attente.").wait_for()
    assert nouvelles(avant) == []
    retablir(page)
    page.locator(".avis", has_text="enregistrées").first.wait_for()
    assert nouvelles(avant) == [4 * 30, 4 * 60]
    page.reload()
    page.locator("#saisie").wait_for()
    assert page.locator("#file-attente").is_hidden()
    assert nouvelles(avant) == [4 * 30, 4 * 60]


def test_une_reponse_perdue_ne_compte_pas_deux_fois(page: Any) -> None:
    avant = en_base(lots_recus)

    def perdre(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(lambda adresse: urlsplit(adresse).path == PAGE, perdre)
    saisir(page, 0, "30 min")
    page.get_by_text("1 saisie en attente.").wait_for()
    assert nouvelles(avant) == [120]
    retablir(page)
    page.get_by_text("était déjà enregistrée").wait_for()
    assert nouvelles(avant) == [120]


def test_une_saisie_partie_avec_celles_d_avant_mene_a_sa_page(page: Any) -> None:
    """A passage that already waited sends what was just tapped: that of « Valider » finds nothing left."""
    avant = en_base(lots_recus)
    page.route(
        lambda adresse: urlsplit(adresse).path == PAGE,
        lambda route: (
            sleep(0.5) or route.continue_() if route.request.method == "POST" else route.continue_()
        ),
    )
    page.evaluate(
        """() => document.querySelector('[name=duree]').form.addEventListener('submit', () => {
            for (let fois = 0; fois < 3; fois++) dispatchEvent(new Event('online'));
        }, true)"""
    )
    saisir(page, 0, "30 min")
    page.get_by_text("enregistrées").wait_for()
    assert "null" not in page.url
    assert len(en_base(lots_recus)) == len(avant) + 1


def test_un_refus_revient_a_la_personne_avec_sa_phrase(page: Any) -> None:
    avant = en_base(lots_recus)
    couper(page)
    rang, commande = avec_une_ligne(page)
    saisir(page, rang, "30 min")
    page.get_by_text("1 saisie en attente.").wait_for()
    en_base(lambda: oter_les_lignes(commande))
    retablir(page)
    page.get_by_text("Cette ligne n'est plus dans la commande.").wait_for()
    page.get_by_role("button", name="Corriger").click()
    page.get_by_role("heading", name="Rien n’est perdu, il reste à corriger").wait_for()
    assert page.locator("[name=apprenants]:checked").count() == 4
    assert page.locator("[name=duree]:checked").input_value() == "30"
    page.locator(".valider button").click()
    page.get_by_text("4 jeunes, 2 h 00 enregistrées").wait_for()
    assert page.locator("#file-attente").is_hidden()
    assert nouvelles(avant) == [120]


def avec_une_ligne(page: Any) -> tuple[int, str]:
    """Rank and key of the first order that has a line to choose."""
    for rang, tuile in enumerate(page.locator(".commande").all()):
        if tuile.locator("[name^='ligne-']").count():
            return rang, tuile.locator("[name=commande]").input_value()
    raise AssertionError("aucune commande n'a de ligne")


def oter_les_lignes(commande: str) -> None:
    """Somebody moves the lines of the order to another one meanwhile."""
    ici = Commande.objects.get(pk=commande)
    autre = Commande.objects.filter(ecole=ici.ecole, etat=ici.etat).exclude(pk=commande).order_by("pk")[0]
    LigneCommande.objects.filter(commande=ici).update(commande=autre)


def test_un_refus_s_abandonne(page: Any) -> None:
    page.once("dialog", lambda dialogue: dialogue.accept())
    couper(page)
    rang, commande = avec_une_ligne(page)
    saisir(page, rang, "30 min")
    page.get_by_text("1 saisie en attente.").wait_for()
    en_base(lambda: oter_les_lignes(commande))
    retablir(page)
    page.get_by_role("button", name="Abandonner").click()
    page.locator("#file-attente").wait_for(state="hidden")


def test_une_session_finie_garde_la_saisie_et_le_dit(page: Any, portail: str) -> None:
    avant = en_base(lots_recus)
    page.context.clear_cookies()
    saisir(page, 0, "30 min")
    page.get_by_text("Votre session est terminée. Vos saisies sont gardées").wait_for()
    lien = page.get_by_role("link", name="Se connecter").get_attribute("href")
    assert lien.endswith("?next=/atelier/")
    assert nouvelles(avant) == []
    entrer(page.context, portail, ICI)
    page.goto(PAGE)
    page.locator(".avis", has_text="enregistrées").wait_for()
    assert nouvelles(avant) == [120]


def test_un_jeton_change_se_renouvelle_tout_seul(page: Any, portail: str) -> None:
    """Logged in again in another tab: the token of this page is no longer the right one."""
    avant = en_base(lots_recus)
    page.context.clear_cookies()
    entrer(page.context, portail, ICI)
    saisir(page, 0, "30 min")
    page.locator(".avis", has_text="enregistrées").wait_for()
    assert nouvelles(avant) == [120]


def test_la_saisie_d_un_autre_n_est_pas_envoyee_en_mon_nom(page: Any, portail: str) -> None:
    avant = en_base(lots_recus)
    couper(page)
    saisir(page, 0, "30 min")
    page.get_by_text("1 saisie en attente.").wait_for()
    page.unroute_all()
    page.context.clear_cookies()
    entrer(page.context, portail, COLLEGUE)
    page.goto(PAGE)
    page.get_by_text("1 saisie d’une autre personne sur ce téléphone").wait_for()
    assert nouvelles(avant) == []
    page.context.clear_cookies()
    entrer(page.context, portail, ICI)
    page.goto(PAGE)
    page.locator(".avis", has_text="enregistrées").wait_for()
    assert nouvelles(avant) == [120]


def test_sans_javascript_tout_marche(navigateur: Any, portail: str) -> None:
    avant = en_base(lots_recus)
    contexte = navigateur.new_context(locale="fr-FR", base_url=portail, java_script_enabled=False)
    entrer(contexte, portail, ICI)
    onglet = contexte.new_page()
    onglet.goto(PAGE)
    onglet.get_by_role("link", name="CAP, 2e année").click()
    onglet.locator(".commande > .pave").nth(0).click()
    onglet.locator("#minutes").fill("45")
    onglet.get_by_role("button", name="Valider").click()
    onglet.get_by_text("4 jeunes, 3 h 00 enregistrées").wait_for()
    contexte.close()
    assert nouvelles(avant) == [180]
