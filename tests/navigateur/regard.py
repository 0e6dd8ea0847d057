"""A real Chromium, and what is looked at on every page of a story: axe, width, weight, pictures."""

from __future__ import annotations

import gzip
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from reseau.models import Utilisateur

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
CAPTURES = Path(__file__).resolve().parents[2] / "docs" / "captures"
TELEPHONE, ECRAN = (360, 740), (1440, 900)
# axe says nothing of a text in the very colour of its background: it may be hidden on purpose.
_INVISIBLES = """() => [...document.querySelectorAll('a, button, input[type=submit]')].filter(e => {
    const style = getComputedStyle(e);
    return e.checkVisibility() && style.color === style.backgroundColor;
}).map(e => e.textContent.trim() || e.value)"""
# Budget of the first visit of a public page (design of the public side).
POIDS_MAXIMAL, DEMANDES_MAXIMALES = 60_000, 8

avec_chromium = [
    pytest.mark.navigateur,
    pytest.mark.skipif(not CHROMIUM, reason="aucun Chromium : apt-get install chromium"),
]


def _arriver(geste: Callable[..., None]) -> Callable[..., None]:
    """The same gesture, which returns when the page it leads to has arrived whole.

    Playwright itself returns when the first bytes come: what is counted then may not be there yet.
    """

    def attendre(lieu: Any, *valeurs: Any, **options: Any) -> None:
        geste(lieu, *valeurs, **options)
        lieu.page.wait_for_load_state()

    return attendre


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser, closed afterwards."""
    from playwright.sync_api import Locator, sync_playwright

    options = ["--no-sandbox", "--disable-background-networking", "--lang=fr-FR"]
    with sync_playwright() as moteur, pytest.MonkeyPatch.context() as patch:
        for geste in ("click", "press"):
            patch.setattr(Locator, geste, _arriver(getattr(Locator, geste)))
        navigateur = moteur.chromium.launch(executable_path=CHROMIUM, args=options, timeout=20_000)
        try:
            yield navigateur
        finally:
            navigateur.close()


def en_base[T](lecture: Callable[[], T]) -> T:
    """Ask the database while a browser is open: in another thread, for its loop occupies this one."""

    def lire() -> T:
        try:
            return lecture()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as fil:
        return fil.submit(lire).result()


@dataclass
class Regard:
    """A page that is watched. ``fautes`` holds one sentence for each thing that is wrong."""

    page: Any
    racine: str
    fautes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Note every request to a stranger, and every error of a script or of the security policy."""
        self.page.set_default_timeout(10_000)
        self.page.on("request", lambda demande: self._etranger(demande.url))
        self.page.on("pageerror", lambda erreur: self.fautes.append(f"{self._lieu()} : {erreur}"))
        self.page.on("console", self._console)

    def _lieu(self) -> str:
        return str(self.page.url).removeprefix(self.racine)

    def _etranger(self, adresse: str) -> None:
        parties = urlsplit(adresse)
        if parties.scheme in {"http", "https"} and parties.netloc != urlsplit(self.racine).netloc:
            self.fautes.append(f"{self._lieu()} appelle {parties.netloc}")

    def _console(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.fautes.append(f"{self._lieu()} : {message.text}")

    def aller(self, chemin: str) -> Any:
        """Open an address of the portal and look at the page."""
        return self.page.goto(self.racine + chemin)

    def examiner(self, largeur: int = TELEPHONE[0]) -> None:
        """Run axe on the page as it is, and check that it does not overflow."""
        from axe_playwright_python.sync_playwright import Axe

        self.page.wait_for_load_state()  # a page half arrived has no landmark yet
        lieu = f"{self._lieu()} à {largeur} px"
        self.page.set_viewport_size({"width": largeur, "height": 800})
        debord = self.page.evaluate("document.documentElement.scrollWidth")
        if debord > largeur:
            self.fautes.append(f"{lieu} : déborde, {debord} px")
        self.fautes += [f"{lieu} : « {texte} » ne se voit pas" for texte in self.page.evaluate(_INVISIBLES)]
        for violation in Axe().run(self.page).response["violations"]:
            noeud = violation["nodes"][0]["html"][:120]
            self.fautes.append(f"{lieu} : {violation['id']}, {noeud}")

    def photographier(self, nom: str, depuis: str = "") -> None:
        """Leave a picture for docs/captures at both widths, only when asked: CAPTURES=1.

        ``depuis`` selects what comes at the top of the picture; nothing: the top of the page.
        """
        if not os.environ.get("CAPTURES"):
            return
        CAPTURES.mkdir(exist_ok=True)
        for largeur, hauteur in (TELEPHONE, ECRAN):
            self.page.set_viewport_size({"width": largeur, "height": hauteur})
            self.page.evaluate("window.scrollTo(0, 0)")
            if depuis:
                self.page.locator(depuis).first.evaluate("element => element.scrollIntoView()")
            self.page.screenshot(path=CAPTURES / f"{nom}-{largeur}.png", animations="disabled")


def peser(navigateur: Any, adresse: str) -> list[str]:
    """What a first visit costs beyond the budget of public pages, as sentences."""
    contexte = navigateur.new_context(locale="fr-FR")
    page, reponses = contexte.new_page(), []
    page.on("response", lambda reponse: reponses.append(reponse))  # noqa: PLW0108 - a builtin is refused
    page.goto(adresse, wait_until="networkidle")
    # The test server does not compress; the real ones do.
    poids = sum(len(gzip.compress(reponse.body())) for reponse in reponses if reponse.status == 200)
    mesures = {
        f"{poids} octets": poids > POIDS_MAXIMAL,
        f"{len(reponses)} demandes": len(reponses) > DEMANDES_MAXIMALES,
        "un cookie": bool(contexte.cookies()) and "/contact/" not in adresse,
    }
    contexte.close()
    return [f"{adresse} : {phrase}" for phrase, trop in mesures.items() if trop]


def se_connecter(page: Any, racine: str, courriel: str, mot: str, suite: str = "/admin/") -> None:
    """Log in by the page that everybody uses."""
    page.goto(f"{racine}/comptes/login/?next={suite}")
    page.locator("input[name='login']").fill(courriel)
    page.locator("input[name='password']").fill(mot)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"{racine}{suite}*")


def entrer(contexte: Any, racine: str, courriel: str) -> None:
    """Give this browser a session, where the login page itself is not what is looked at."""

    def ouvrir() -> str:
        client = Client()
        client.force_login(Utilisateur.objects.get(courriel=courriel))
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    temoin = {"name": settings.SESSION_COOKIE_NAME, "value": en_base(ouvrir), "url": racine}
    contexte.add_cookies([temoin])
