"""The printable sheet: PDF/UA, one page, in French, and a page that says so when it cannot be made."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pikepdf
import pypdf
import pytest

from ecoles import views_pdf
from reseau.socle.documents import RenduImpossible
from tests.ecoles.annuaire import ecole

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.usefixtures("pays")


@pytest.fixture
def pdf(client: Client) -> bytes:
    ecole("L’Étau d’Évreux", slug="etau", titres=("50025439", "40023405"), taille_groupe=12)
    reponse = client.get("/ecole/etau/fiche.pdf")
    assert reponse.status_code == 200
    assert reponse["Content-Type"] == "application/pdf"
    assert reponse["Content-Disposition"] == 'inline; filename="etau.pdf"'
    assert not reponse.cookies
    return reponse.content


def test_la_fiche_tient_sur_une_page_et_dit_l_essentiel(pdf: bytes) -> None:
    lecteur = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(lecteur.pages) == 1
    texte = " ".join(lecteur.pages[0].extract_text().split())
    for phrase in ("L’Étau d’Évreux", "Combien ça coûte ?", "CAP Métallier", "http://testserver/ecole/etau/"):
        assert phrase in texte


def test_la_fiche_est_accessible(pdf: bytes) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        racine: Any = document.Root
        assert str(racine.Lang) == "fr"
        assert bool(racine.MarkInfo.Marked)
        assert bool(racine.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as metadonnees:
            assert metadonnees["pdfuaid:part"] == "1"
            assert metadonnees["dc:title"] == "L’Étau d’Évreux : fiche de l’école"


def test_la_meme_fiche_n_est_imprimee_qu_une_fois(
    client: Client, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views_pdf, "rendre_pdf", lambda *_: pytest.fail("imprimée deux fois"))
    assert client.get("/ecole/etau/fiche.pdf").content == pdf


def test_une_fiche_impossible_le_dit_et_la_page_reste(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def rater(*_: object) -> bytes:
        raise RenduImpossible("Le document n'a pas pu être préparé.")

    monkeypatch.setattr(views_pdf, "rendre_pdf", rater)
    ecole("La Forge")
    reponse = client.get("/ecole/la-forge/fiche.pdf")
    assert reponse.status_code == 503
    assert reponse["Retry-After"] == "30"
    assert "Le document n&#x27;a pas pu être préparé." in reponse.content.decode()
    assert client.get("/ecole/la-forge/").status_code == 200
