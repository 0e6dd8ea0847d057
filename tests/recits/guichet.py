"""A person before the portal, without JavaScript: she follows links by their words, fills, presses buttons.

The pages are the real ones, asked of Django without a network: a year of work is told in a few seconds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from tests.usines_financements import un_pdf

if TYPE_CHECKING:
    from datetime import date

    from reseau.models import Utilisateur

_BOUTONS = ".//button | .//input[@type='submit']"


def lisible(texte: str) -> str:
    """The same text as it is read aloud: plain spaces, plain signs."""
    plat = texte.replace("\u2212", "-").replace("\u2019", "'")
    return re.sub(r"\s+", " ", plat).strip()


def mots(element: Any) -> str:
    """The words of a part of a page; two cells are two words. What no one reads is left out."""
    return lisible(" ".join(element.xpath(".//text()[not(ancestor::script) and not(ancestor::style)]")))


class Personne:
    """Somebody logged in. ``page`` is what she sees; every method leaves her before the next page."""

    def __init__(self, utilisateur: Utilisateur) -> None:
        self.utilisateur = utilisateur
        self.client = Client()
        self.adresse = ""
        self.page: Any = None
        self.saisies: dict[str, Any] = {}

    def aller(self, adresse: str) -> Personne:
        """Open an address: the session of last month is over, she logs in again."""
        self.client.force_login(self.utilisateur)
        return self._lire(self.client.get(adresse, follow=True), adresse)

    def _lire(self, reponse: Any, adresse: str) -> Personne:
        assert reponse.status_code == 200, f"{adresse} : {reponse.status_code}"
        self.adresse = reponse.redirect_chain[-1][0] if reponse.redirect_chain else adresse
        self.page = html.fromstring(reponse.content.decode())
        self.saisies = {}
        return self

    @property
    def texte(self) -> str:
        """What the page says, in one line."""
        return mots(self.page.find(".//main"))

    def lit(self, *phrases: str) -> Personne:
        """Check that the page says each of these."""
        for phrase in phrases:
            assert phrase in self.texte, (
                f"« {phrase} » manque dans {self.adresse} : {self.texte[:1200]} […] {self.texte[-1500:]}"
            )
        return self

    def ne_lit_pas(self, *phrases: str) -> Personne:
        """Check that the page says none of these."""
        for phrase in phrases:
            assert phrase not in self.texte, f"« {phrase} » est dans {self.adresse}"
        return self

    def suivre(self, texte: str) -> Personne:
        """Follow the first link that begins with these words, or press the button of a step."""
        liens = [lien for lien in self.page.iter("a") if mots(lien).startswith(texte)]
        if not liens and self.page.xpath("//button[@name='_puis'][contains(., $mots)]", mots=texte):
            return self.appuyer(texte)
        assert liens, f"Aucun lien « {texte} » dans {self.adresse} : {self.texte[:2000]}"
        return self.aller(urljoin(self.adresse, liens[0].get("href")))

    def accueil(self) -> Personne:
        """What awaits her."""
        return self.aller("/admin/")

    def remplir(self, **valeurs: Any) -> Personne:
        """Type into the fields of the next form, by their names."""
        self.saisies |= valeurs
        return self

    def ligne(self, prefixe: str, rang: int, /, **valeurs: Any) -> Personne:
        """Type into a row of a table of the form."""
        return self.remplir(**{f"{prefixe}-{rang}-{nom}": valeur for nom, valeur in valeurs.items()})

    def appuyer(self, libelle: str) -> Personne:
        """Press a button, with what was typed; the page that comes is read."""
        formulaire, bouton = self._formulaire(libelle)
        donnees = self._remplies(formulaire)
        if bouton.get("name"):
            donnees[bouton.get("name")] = [bouton.get("value") or ""]
        cible = urljoin(self.adresse, formulaire.get("action") or self.adresse)
        reponse = self.client.post(cible, donnees, follow=True)
        return self._lire(reponse, cible)

    def _formulaire(self, libelle: str) -> tuple[Any, Any]:
        for formulaire in self.page.forms:
            for bouton in formulaire.xpath(_BOUTONS):
                if (mots(bouton) or lisible(bouton.get("value") or "")) == libelle:
                    return formulaire, bouton
        raise AssertionError(f"Aucun bouton « {libelle} » dans {self.adresse} : {self.texte[:2000]}")

    def _remplies(self, formulaire: Any) -> dict[str, Any]:
        """What the page holds, under what was typed; an unknown field is a mistake of the story."""
        donnees: dict[str, Any] = {}
        for nom, valeur in formulaire.form_values():
            donnees.setdefault(nom, []).append(valeur)
        noms = {champ.get("name") for champ in formulaire.xpath(".//*[@name]")}
        for nom, valeur in self.saisies.items():
            assert nom in noms, f"Aucun champ « {nom} » dans {self.adresse} : {sorted(map(str, noms))}"
            donnees[nom] = valeur if isinstance(valeur, list) else [valeur]
        return donnees


def pdf(nom: str = "piece") -> SimpleUploadedFile:
    """A scanned page."""
    return SimpleUploadedFile(f"{nom}.pdf", un_pdf(), "application/pdf")


def iso(jour: date) -> str:
    """As a date field sends it."""
    return jour.isoformat()
