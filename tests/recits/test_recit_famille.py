"""A family: from "st etienne" on a phone to a human answer with a date. Everything is fictional."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from ecoles.models import DemandeContact
from reseau.models import Utilisateur
from tests.navigateur.regard import Regard, avec_chromium, chromium, en_base, peser

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = avec_chromium
ECOLE = "Atelier des Deux Rives"


@pytest.fixture
def navigateur(portail_demo: str) -> Iterator[Any]:
    with chromium() as moteur:
        yield moteur


def kilometres(page: Any) -> list[int]:
    """Distances of the schools listed, those that are being checked apart: they come last."""
    cartes = page.locator(".carte-ecole").all_inner_texts()
    sures = [texte for texte in cartes if "Nous vérifions" not in texte]
    return [
        int(re.sub(r"\D", "", distance[1]))
        for texte in sures
        if (distance := re.search(r"([\d\s]+)km", texte))
    ]


def chercher_pres_de_saint_etienne(page: Any, racine: str) -> None:
    page.goto(racine + "/")
    assert "inventés" in page.inner_text("body")
    page.get_by_label("Ville ou code postal").fill("st etienne")
    page.get_by_role("button", name="Trouver une école").click()
    distances = kilometres(page)
    assert len(distances) >= 10
    assert distances == sorted(distances)
    assert distances[0] < 20


def lire_la_fiche(page: Any) -> None:
    page.get_by_role("link", name=ECOLE, exact=True).first.click()
    assert page.locator("h1").inner_text() == ECOLE
    texte = page.inner_text("main")
    rangs = [texte.index(q) for q in ("Combien ça coûte", "Quel diplôme", "Où dort-on")]
    assert rangs == sorted(rangs)
    facile = page.locator(".facile").inner_text()
    phrases = [phrase for phrase in re.split(r"[.!?]\s+", facile) if phrase]
    assert len(phrases) >= 5
    assert [phrase for phrase in phrases[1:] if len(phrase.split()) > 15] == []


def imprimer_la_fiche(page: Any) -> None:
    lien = page.get_by_role("link", name=re.compile("PDF")).get_attribute("href")
    reponse = page.request.get(page.url.split("/ecole/")[0] + lien)
    assert reponse.headers["content-type"] == "application/pdf"
    document = pypdf.PdfReader(io.BytesIO(reponse.body()))
    assert ECOLE in document.pages[0].extract_text()
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]


def poser_une_question(page: Any) -> str:
    page.get_by_role("link", name=re.compile("Poser une question")).first.click()
    page.get_by_role("button", name="Envoyer ma demande").click()
    assert "Écrivez votre prénom" in page.inner_text("main")
    page.get_by_label("Un parent").check()
    page.get_by_label("Venir voir").check()
    page.get_by_label("Votre prénom").fill("Camille")
    page.get_by_label("Votre téléphone").fill("06 39 98 12 34")
    page.get_by_label("Votre question").fill("Peut-on venir mercredi ?")
    page.get_by_role("button", name="Envoyer ma demande").click()
    code = re.search(r"\b[0-9A-Z]{3}-[0-9A-Z]{2}\b", page.inner_text("main"))
    assert code
    assert "avant le" in page.inner_text("main")
    return code[0]


def ce_qui_est_garde(code: str) -> tuple[str, str, str, list[str]]:
    """The question as it is stored, and who among three persons reads it: the school, its region."""
    demande = DemandeContact.objects.select_related("ecole").get(code=code)
    adresses = ("secretariat", "instructeur", "instructeur.32", "maitre.fonderie")
    personnes = [Utilisateur.objects.get(courriel=f"{adresse}@demo.invalid") for adresse in adresses]
    lecteurs = [p.prenom for p in personnes if DemandeContact.objects.visibles_par(p).filter(pk=demande.pk)]
    return demande.ecole.nom, demande.prenom, demande.telephone, lecteurs


def test_une_famille_trouve_une_ecole_et_repart_avec_une_reponse_datee(
    navigateur: Any, portail_demo: str
) -> None:
    contexte = navigateur.new_context(
        locale="fr-FR", java_script_enabled=False, viewport={"width": 360, "height": 740}
    )
    page = contexte.new_page()
    regard = Regard(page, portail_demo)
    visitees = []
    page.on("framenavigated", lambda cadre: visitees.append(cadre.url))
    chercher_pres_de_saint_etienne(page, portail_demo)
    lire_la_fiche(page)
    imprimer_la_fiche(page)
    code = poser_une_question(page)
    contexte.close()
    assert regard.fautes == []

    assert en_base(lambda: ce_qui_est_garde(code)) == (ECOLE, "Camille", "0639981234", ["Claire", "Nadia"])
    regarder_les_memes_pages(navigateur, portail_demo, visitees)


def regarder_les_memes_pages(navigateur: Any, racine: str, visitees: list[str]) -> None:
    """Again with JavaScript: axe at both widths, budgets, pictures."""
    adresses = list(dict.fromkeys(adresse for adresse in visitees if adresse.startswith(racine)))
    assert len(adresses) >= 5
    contexte = navigateur.new_context(locale="fr-FR")
    regard = Regard(contexte.new_page(), racine)
    noms = ("famille-accueil", "famille-liste", "famille-ecole", "famille-contact", "famille-suivi")
    for adresse, nom in zip(adresses, noms, strict=False):
        regard.aller(adresse.removeprefix(racine))
        regard.examiner(360)
        regard.examiner(1440)
        regard.photographier(nom)
    contexte.close()
    for adresse in adresses[:4]:
        regard.fautes += peser(navigateur, adresse)
    assert regard.fautes == []


def test_la_meme_famille_n_a_qu_un_clavier(navigateur: Any, portail_demo: str) -> None:
    page = navigateur.new_context(locale="fr-FR").new_page()
    page.goto(portail_demo + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Aller au contenu"
    page.keyboard.press("Enter")
    for _essai in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "lieu":
            break
    page.keyboard.type("saint-etienne")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ecoles/?lieu=saint-etienne*")
    for _essai in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == ECOLE:
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    page.wait_for_url("**/ecole/atelier-des-deux-rives/**")
