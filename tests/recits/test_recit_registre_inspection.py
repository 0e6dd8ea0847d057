"""A head of school: from the messy register of an office to the inspector's file. All fictional."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from ecoles.models import Apprenant, DossierInspection
from reseau.management.demonstration.comptes import mot_de_passe
from reseau.nombres import aujourdhui
from tests.classeurs import xlsx
from tests.navigateur.regard import ECRAN, TELEPHONE, Regard, avec_chromium, chromium, en_base, se_connecter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

pytestmark = avec_chromium
DIPLOME = "CAP Conducteur d'installations de production"
JEUNES = ("Maëlle Fauvergne", "Timéo Lachenal", "Salomé Perrigot", "Ethan Thévenard", "Aya Villemin")
ECARTEE = "Nolan Bressuire"


def jour(annees: int, jours: int = 0) -> date:
    """Born so many years (and days) before the entry."""
    entree = aujourdhui() - timedelta(days=20)
    return entree.replace(year=entree.year - annees, day=min(entree.day, 28)) - timedelta(days=jours)


def registre() -> bytes:
    """As an office types it: a title, columns with names of their own, spaces, a date that does not exist,
    a diploma by its nickname, nobody to call, a child, a line twice, a total."""
    entree = aujourdhui() - timedelta(days=20)
    ne = f"{jour(15, 60):%d/%m/%Y}"
    mere = ("Mme Fauvergne", "01 99 00 01 10")
    return xlsx(
        ("LISTE DES JEUNES (provisoire, à compléter par Claire)",),
        (),
        ("NOM de famille", "Prénom ", "né(e) le", "Diplôme", "Entré le", "À prévenir", "Portable", "Obs."),
        ("  Fauvergne ", "Maëlle", jour(15, 100), DIPLOME, entree, *mere, "bus 12"),
        ("Lachenal", " Timéo", ne, DIPLOME, f"{entree:%d/%m/%Y}", "Rozenn Lachenal", "01.99.00.01.11", None),
        ("Perrigot", "Salomé", f"31/02/{jour(15).year}", DIPLOME, entree, "Loïc Perrigot", "0199000112"),
        ("Thévenard", "Ethan", jour(16, 30), "cond. install.", entree, "A. Thévenard", "0199000113"),
        ("Villemin", "Aya", jour(15, 5), DIPLOME, entree, None, None, "voir avec la mère"),
        ("Bressuire", "Nolan", jour(13), DIPLOME, entree, "Hugo Bressuire", "01 99 00 01 14", "dérogation ?"),
        ("FAUVERGNE", "Maëlle", jour(15, 100), DIPLOME, entree, *mere, "déjà saisie ?"),
        (),
        ("Total", 6),
    )  # fmt: skip


@pytest.fixture
def sonia(portail_demo: str) -> Iterator[Regard]:
    """The head of the school of the stories, logged in by the page that everybody uses."""
    with chromium() as navigateur:
        page = navigateur.new_context(locale="fr-FR", viewport={"width": 1440, "height": 900}).new_page()
        se_connecter(page, portail_demo, "direction@demo.invalid", mot_de_passe())
        yield Regard(page, portail_demo)


def deposer(regard: Regard) -> None:
    page = regard.page
    regard.aller("/admin/ecoles/apprenant/")
    page.get_by_role("link", name="Importer un fichier").click()
    page.locator("input[type=file]").set_input_files(
        {
            "name": "Liste jeunes V3 (2).xlsx",
            "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "buffer": registre(),
        }
    )
    page.get_by_role("button", name="Lire ce fichier").click()
    page.get_by_text("Rien n'est encore enregistré").wait_for()


def dire_les_colonnes(regard: Regard) -> None:
    """The office's own words for who to call are said once; the next file will know them."""
    page = regard.page
    page.get_by_text("Colonnes du fichier").click()
    page.get_by_label(re.compile("Entré le")).select_option(label="Entrée le")
    page.get_by_label(re.compile("À prévenir")).select_option(label="Représentant légal")
    page.get_by_label(re.compile("Portable")).select_option(label="Téléphone du représentant")
    page.get_by_role("button", name="Lire le fichier ainsi").click()
    page.get_by_text("Rien n'est encore enregistré").wait_for()
    regard.examiner(ECRAN[0])
    regard.photographier("registre")


def corriger(regard: Regard, ligne: int, **cellules: str) -> None:
    """Correct cells of one line, in place."""
    page = regard.page
    carte = page.locator(f"#ligne-{ligne}")
    carte.get_by_role("link", name=f"Corriger une cellule de la ligne {ligne}").click()
    for champ, valeur in cellules.items():
        page.locator(f"#ligne-{ligne} [name='cellule-{champ}']").fill(valeur)
    page.get_by_role("button", name=f"Corriger la ligne {ligne}").click()
    page.get_by_text("Rien n'est encore enregistré").wait_for()


def repondre_aux_questions(regard: Regard) -> None:
    page = regard.page
    questions = page.locator("main").inner_text()
    assert re.search("« 31/02/[0-9]{4} » n'est pas une date", questions)
    assert "« cond. install. » n'est pas un diplôme connu" in questions
    assert "Mineur : indiquez son représentant légal" in questions
    corriger(regard, 6, ne_le=f"{jour(15):%d/%m/%Y}")
    corriger(regard, 7, titres=DIPLOME)
    corriger(regard, 8, representant="Fatou Villemin", representant_telephone="01 99 00 01 15")
    regard.examiner(TELEPHONE[0])
    page.get_by_role("button", name=re.compile("^Accepter les 5 lignes")).click()
    page.get_by_text("C'est enregistré : 5 créés, 1 laissé de côté, 1 doublon, 1 rejet").wait_for()


def inscrits() -> set[str]:
    noms = {nom.split(" ", 1)[1] for nom in (*JEUNES, ECARTEE)}
    return {str(a) for a in Apprenant.objects.filter(nom__in=noms, ecole__nom="Atelier des Deux Rives")}


def completer_les_papiers_de_maelle(regard: Regard) -> None:
    """An opinion, and the safety training of each declared work, given then assessed."""
    page = regard.page
    regard.aller("/admin/ecoles/apprenant/?q=fauvergne")
    page.locator("#result_list tbody th a").click()
    page.wait_for_url("**/change/**")
    page.wait_for_load_state()  # the button that adds a row is written, then wired, by a script
    hier, dans_un_an = aujourdhui() - timedelta(days=1), aujourdhui() + timedelta(days=360)
    page.locator("#avis-group .add-row a").click()
    page.locator("[name='avis-0-apte']").check()
    page.locator("[name='avis-0-du']").fill(f"{hier:%d/%m/%Y}")
    page.locator("[name='avis-0-au']").fill(f"{dans_un_an:%d/%m/%Y}")
    for rang, travail in enumerate(("machines", "rayons_optiques", "fusion")):
        page.locator("#formations-group .add-row a").click()
        page.locator(f"[name='formations-{rang}-travail']").select_option(travail)
        page.locator(f"[name='formations-{rang}-donnee_le']").fill(f"{hier:%d/%m/%Y}")
        page.locator(f"[name='formations-{rang}-evaluee_le']").fill(f"{aujourdhui():%d/%m/%Y}")
    regard.examiner(ECRAN[0])
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.locator(".messagelist .success").wait_for()


def produire_le_dossier(regard: Regard) -> str:
    """From the page of the school; return what the PDF says."""
    page = regard.page
    regard.aller("/admin/ecoles/ecole/")
    page.locator("#result_list tbody th a").first.click()
    page.get_by_role("link", name="Dossier pour l'inspection du travail").first.click()
    page.wait_for_url("**/dossierinspection/add/**")
    regard.examiner(TELEPHONE[0])
    page.get_by_role("button", name="Produire le dossier").click()
    page.get_by_text("Le dossier est enregistré").wait_for()
    regard.examiner(ECRAN[0])
    adresse = page.get_by_role("link", name="Ouvrir le PDF").get_attribute("href")
    reponse: Any = page.request.get(regard.racine + adresse)
    assert (reponse.status, reponse.headers["content-type"]) == (200, "application/pdf")
    assert "no-store" in reponse.headers["cache-control"]
    pages = PdfReader(io.BytesIO(reponse.body())).pages
    return re.sub(r"\s+", " ", " ".join(une.extract_text() for une in pages))


def fiche_de(nom: str, texte: str) -> str:
    """What the file says of one learner: until the next one."""
    suite = texte[texte.index(f"{nom} Né ou née le") :]
    return suite.split(" Né ou née le ", 2)[1]


def test_d_un_registre_brouillon_au_dossier_de_l_inspection(sonia: Regard) -> None:
    deposer(sonia)
    dire_les_colonnes(sonia)
    assert en_base(inscrits) == set()
    repondre_aux_questions(sonia)
    assert en_base(inscrits) == set(JEUNES)
    completer_les_papiers_de_maelle(sonia)
    texte = produire_le_dossier(sonia)
    maelle, timeo = (fiche_de(nom, texte) for nom in JEUNES[:2])
    assert maelle.count("en règle") == 3
    assert "Il manque" not in maelle
    assert "Il manque l'avis d'aptitude de Timéo." in timeo
    assert timeo.count("Il manque la formation à la sécurité de Timéo pour") == 3
    assert "en règle" not in timeo
    assert ECARTEE not in texte
    dossier = en_base(lambda: DossierInspection.objects.latest("demande_le"))
    assert dossier.nb_incomplets >= 4
    assert sonia.fautes == []
