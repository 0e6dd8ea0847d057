"""Documents signed by hand: every page says in a code which document and which page it is."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from pypdf import PdfReader

from reseau.models import DocumentFige
from reseau.socle.documents import RenduImpossible, figer, identite, produire, rendre_pdf
from reseau.socle.imprimeur import Imprimeur
from tests.financements.conftest import codes_des_pages as codes

if TYPE_CHECKING:
    from collections.abc import Iterator

MARQUE = "EDP1/" + "0A" * 16
PAGE = (
    "<html lang='fr'><head><title>Essai</title>"
    f'<meta name="marque" content="{MARQUE}">'
    "<link rel=stylesheet href='statique:css/documents.css'></head><body>{}</body></html>"
)


@pytest.fixture(scope="module")
def presse() -> Iterator[Imprimeur]:
    presse = Imprimeur()
    yield presse
    presse.fermer()


def test_chaque_page_porte_sa_reference_et_son_numero(presse: Imprimeur) -> None:
    pages = "".join(f"<h1 style='break-before: page'>Titre {rang}</h1>" for rang in range(12))
    pdf = presse.imprimer(PAGE.replace("{}", pages))
    assert codes(pdf) == [[f"{MARQUE}/{page}"] for page in range(1, 13)]


def test_un_document_qui_ne_se_signe_pas_ne_porte_pas_de_code(presse: Imprimeur) -> None:
    pdf = presse.imprimer("<html lang='fr'><head><title>x</title></head><body><p>x</p></body></html>")
    assert codes(pdf) == [[]]


def test_une_marque_ecrite_dans_un_texte_n_en_est_pas_une(db: None) -> None:
    pdf = rendre_pdf("documents/base.html", {"reference": f'<meta name="marque" content="{MARQUE}">'})
    assert codes(pdf) == [[]]


def test_le_code_est_un_dessin_hors_de_la_lecture(presse: Imprimeur) -> None:
    """PDF/UA: the code is an artifact, in vectors; the same words are printed at the end of the body."""
    pdf = presse.imprimer(PAGE.replace("{}", "<h1>Titre</h1>"))
    lecteur = PdfReader(io.BytesIO(pdf))
    page: Any = lecteur.pages[0]
    assert not list(page.images)
    dessin = page.get_contents().get_data()
    (dessine,) = [partie.split(b"EMC")[0] for partie in dessin.split(b"/Artifact")[1:]]
    assert b" Do" in dessine
    marge_haute = float(dessine.split()[4]) * 25.4 / 96
    assert marge_haute == pytest.approx(32, abs=0.1)  # 6 mm of paper around the code: no printer cuts it
    assert b"pdfuaid" in lecteur.trailer["/Root"]["/Metadata"].get_data()  # type: ignore[index]
    assert b"/Figure" not in dessin


def test_un_document_dit_sa_reference_et_l_empreinte_de_son_contenu(db: None) -> None:
    document = figer(gabarit="documents/base.html", contexte={"a": "1"}, titre="x", nom_fichier="x.pdf")
    fige = produire(document.pk)
    assert fige.etat == DocumentFige.Etat.PRODUIT
    assert fige.contenu is not None
    texte = "".join(PdfReader(io.BytesIO(bytes(fige.contenu))).pages[0].extract_text().split())
    dits = identite(fige)
    assert dits["reference"] in texte
    assert dits["empreinte_contenu"] in texte
    autre = figer(gabarit="documents/base.html", contexte={"a": "2"}, titre="x", nom_fichier="x.pdf")
    assert identite(autre)["empreinte_contenu"] != dits["empreinte_contenu"]


def test_trop_de_pages_pour_etre_marquees_est_refuse(presse: Imprimeur) -> None:
    pages = "<p style='break-before: page'>x</p>" * 101
    with pytest.raises(RenduImpossible):
        presse.imprimer(PAGE.replace("{}", pages))
