"""A DREETS: three people bring a file to its decision; the envelope and the territory hold. All fictional."""

from __future__ import annotations

import hashlib
import io
import re
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from financements.models import Demande
from reseau.management.demonstration.comptes import mot_de_passe
from tests.navigateur.regard import Regard, avec_chromium, chromium, en_base, entrer, se_connecter

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = avec_chromium
ECOLE = "Atelier des Deux Rives"
INTERDIT = "Cette page n’existe pas"


class Bureau:
    """The screens of several officers, each in a browser of her own."""

    def __init__(self, navigateur: Any, racine: str) -> None:
        self.navigateur, self.racine = navigateur, racine
        self.regards: dict[str, Regard] = {}

    def de(self, role: str) -> Any:
        """The page of this officer; the first of the story comes in by the login page."""
        if role not in self.regards:
            contexte = self.navigateur.new_context(locale="fr-FR", viewport={"width": 1440, "height": 900})
            page = contexte.new_page()
            self.regards[role] = Regard(page, self.racine)
            if len(self.regards) == 1:
                se_connecter(page, self.racine, f"{role}@demo.invalid", mot_de_passe())
            else:
                entrer(contexte, self.racine, f"{role}@demo.invalid")
        return self.regards[role].page

    def examiner(self, role: str) -> None:
        self.regards[role].examiner(1440)

    def photographier(self, role: str, nom: str) -> None:
        self.regards[role].photographier(nom)

    def ouvrir(self, role: str, ecole: str) -> Any:
        """From the home of this officer, the file of a school."""
        page = self.de(role)
        page.goto(f"{self.racine}/admin/")
        page.get_by_role("link", name=re.compile(f"^{ecole}")).first.click()
        page.get_by_role("heading", name=ecole).first.wait_for()
        return page

    def franchir(self, role: str, geste: str) -> Any:
        """Press the action of the file, read before and after, confirm."""
        page = self.de(role)
        lien, bouton = (page.get_by_role(genre, name=geste, exact=True) for genre in ("link", "button"))
        lien.or_(bouton).click()
        assert page.locator("table.avant-apres tbody tr").count() >= 1
        self.examiner(role)
        page.get_by_role("button", name=geste, exact=True).click()
        page.get_by_text("c'est fait").wait_for()
        return page

    @property
    def fautes(self) -> list[str]:
        return [faute for regard in self.regards.values() for faute in regard.fautes]


@pytest.fixture
def bureau(portail_demo: str) -> Iterator[Bureau]:
    with chromium() as navigateur:
        yield Bureau(navigateur, portail_demo)


def retenir_moins_que_demande(page: Any) -> None:
    """Thirty-six learners of thirty-eight: the gap has no reason yet, then has one."""
    page.locator("input[name$='-effectif_retenu']").nth(0).fill("12")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_text("Écrivez la raison de l'écart avec la demande").wait_for()
    page.locator("[name$='-motif']").nth(0).fill("Deux élèves sont comptés dans une autre école.")
    page.get_by_role("button", name="Enregistrer", exact=True).click()


def telecharger(page: Any, adresse: str) -> bytes:
    reponse = page.request.get(adresse)
    assert reponse.headers["content-type"] == "application/pdf"
    contenu: bytes = reponse.body()
    return contenu


def montants(texte: str) -> str:
    """The same text with plain spaces, to look for amounts."""
    return re.sub(r"[\u00a0\u202f\s]+", " ", texte)


def confirmer_la_demande_recue(bureau: Bureau) -> None:
    """The head of the school reads what the service typed from her paper, and confirms it."""
    sonia = bureau.de("direction")
    sonia.goto(f"{bureau.racine}/admin/")
    sonia.get_by_text("La DREETS l'a saisie pour vous : relisez-la et confirmez-la.").first.wait_for()
    sonia.get_by_role("link", name=re.compile(r"^Campagne \d{4} \(")).first.click()
    sonia.get_by_role("heading", name=ECOLE).first.wait_for()
    bureau.examiner("direction")
    geste = "Confirmer la demande reçue"
    lien, bouton = (sonia.get_by_role(genre, name=geste, exact=True) for genre in ("link", "button"))
    lien.or_(bouton).click()
    sonia.get_by_label("Je certifie que ces informations sont exactes").check()
    bureau.examiner("direction")
    sonia.get_by_role("button", name=geste, exact=True).click()
    sonia.get_by_text("c'est fait").wait_for()


def test_trois_personnes_portent_une_demande_jusqu_a_sa_decision(bureau: Bureau) -> None:
    confirmer_la_demande_recue(bureau)
    nadia = bureau.ouvrir("instructeur", ECOLE)
    adresse = nadia.url
    bureau.examiner("instructeur")
    bureau.franchir("instructeur", "Prendre en instruction")
    retenir_moins_que_demande(nadia)
    assert "202 200,00 €" in montants(nadia.inner_text("main"))
    bureau.examiner("instructeur")
    bureau.photographier("instructeur", "dreets-dossier")
    bureau.franchir("instructeur", "Proposer ce montant")
    assert nadia.get_by_role("link", name="Viser la proposition").count() == 0

    bureau.ouvrir("chef_de_service", ECOLE)
    bureau.franchir("chef_de_service", "Viser la proposition")
    helene = bureau.ouvrir("ordonnateur", ECOLE)
    bureau.examiner("ordonnateur")
    bureau.franchir("ordonnateur", "Accorder")
    journal = helene.locator(".fin-journal").inner_text()
    rangs = [journal.index(nom) for nom in ("Hélène", "Paul", "Nadia", "Sonia")]
    assert rangs == sorted(rangs)

    decision = helene.get_by_role("link", name="Télécharger la décision").get_attribute("href")
    premier, second = (telecharger(helene, bureau.racine + decision) for _fois in range(2))
    assert hashlib.sha256(premier).digest() == hashlib.sha256(second).digest()
    texte = montants(pypdf.PdfReader(io.BytesIO(premier)).pages[0].extract_text())
    assert ECOLE in texte
    assert "202 200,00 €" in texte
    refuser_l_autre_region(bureau, adresse, bureau.racine + decision)
    assert bureau.fautes == []


def refuser_l_autre_region(bureau: Bureau, dossier: str, decision: str) -> None:
    """For an officer of another region the file does not exist: page, history, transition, document, list."""
    gaelle = bureau.de("instructeur.32")
    numero = en_base(
        lambda: Demande.objects.get(ecole__nom=ECOLE, etat="accordee", allocation__origine="outil").numero
    )
    for adresse in (
        dossier,
        dossier.replace("change", "history"),
        dossier.replace("change", "transition/viser"),
        decision,
    ):
        assert gaelle.goto(adresse).status == 404, adresse
    gaelle.goto(f"{bureau.racine}/admin/financements/demande/?q={numero}")
    assert ECOLE not in gaelle.inner_text("main")


def test_l_euro_de_trop_est_refuse_par_une_phrase(bureau: Bureau) -> None:
    nicole = bureau.ouvrir("ordonnateur.52", "Fabrique des Mauges")
    assert "ne dispose plus que de 8 000,00 €" in montants(nicole.inner_text("main"))
    assert nicole.get_by_role("link", name="Accorder", exact=True).count() == 0
    bureau.examiner("ordonnateur.52")
    nicole.goto(nicole.url.replace("change", "transition/accorder"))
    assert nicole.locator("input[type=submit]").is_disabled()
    bureau.examiner("ordonnateur.52")
    assert bureau.fautes == []


def test_le_budget_de_la_region_se_lit_sur_l_enveloppe(bureau: Bureau) -> None:
    luc = bureau.de("gestionnaire")
    luc.get_by_role("link", name=re.compile("programme 103")).first.click()
    texte = montants(luc.inner_text("main"))
    assert "1 190 400,00 €" in texte
    assert "49 600,00" in texte
    bureau.examiner("gestionnaire")
    bureau.photographier("gestionnaire", "dreets-enveloppe")
    luc.goto(f"{bureau.racine}/admin/")
    bureau.examiner("gestionnaire")
    assert bureau.fautes == []
