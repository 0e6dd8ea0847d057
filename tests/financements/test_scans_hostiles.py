"""Broken or hostile PDFs of scans: a sentence, and nothing else happens."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfWriter

from financements.models import DepotScans
from financements.scans import deposer_scans, lire_ou_confier
from reseau.roles import Role
from reseau.socle import lecture_pages, pages_numerisees
from tests.usines_scans import deposer, pages_de, texte

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Acte
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("contenu", "phrase"),
    [
        (b"GIF89a", "n'est pas un PDF"),
        (b"%PDF-1.7\nrien", "abîmé"),
    ],
)
def test_un_fichier_qui_n_est_pas_un_pdf_a_sa_phrase_au_champ(
    client: Client, lieu: Territoire, contenu: bytes, phrase: str
) -> None:
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    page = reverse("admin:financements_depotscans_add")
    fichier = SimpleUploadedFile("x.pdf", contenu, "application/pdf")
    reponse = client.post(page, {"televerse": fichier})
    assert reponse.status_code == 200
    assert phrase in texte(reponse)
    assert not DepotScans.objects.exists()


def test_trop_de_pages_est_une_phrase(lieu: Territoire) -> None:
    ecrivain, sortie = PdfWriter(), io.BytesIO()
    for _ in range(lecture_pages.PAGES_MAXIMUM + 1):
        ecrivain.add_blank_page(10, 10)
    ecrivain.write(sortie)
    fichier = SimpleUploadedFile("x.pdf", sortie.getvalue(), "application/pdf")
    depot, _ = deposer_scans(fichier, lieu.enveloppe.service.region, lieu.agents[Role.GESTIONNAIRE])
    lire_ou_confier(depot)
    depot.refresh_from_db()
    assert (depot.etat, depot.pages.count()) == ("refuse", 0)
    assert "plus de 300 pages" in depot.refus


def test_une_page_immense_ne_prend_pas_plus_de_place(tmp_path: Any) -> None:
    ecrivain = PdfWriter()
    ecrivain.add_blank_page(14_400, 14_400)
    chemin = tmp_path / "grande.pdf"
    with chemin.open("wb") as sortie:
        ecrivain.write(sortie)
    assert [page.blanche for page in pages_numerisees.lire_codes(chemin)] == [True]


def bombe(chemin: Any) -> None:
    """A few kilobytes that unfold into a picture of four thousand million dots."""
    import zlib

    cote = 65_500
    donnees = zlib.compress(b"\x81\x00" * (cote * cote // 128), 9)  # run lengths, themselves compressed
    image = (
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8"
        b" /Filter [/FlateDecode /RunLengthDecode] /Length %d >>\nstream\n%s\nendstream"
    )
    objets = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<</Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>/Type/Page>>",
        b"<< /Length 26 >>\nstream\nq 595 0 0 842 0 0 cm /I Do Q\nendstream",
        image % (cote, cote, len(donnees), donnees),
    ]
    corps, places = b"%PDF-1.7\n", []
    for numero, objet in enumerate(objets, 1):
        places.append(len(corps))
        corps += b"%d 0 obj\n%s\nendobj\n" % (numero, objet)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    fin = b"xref\n0 6\n0000000000 65535 f \n%strailer << /Root 1 0 R /Size 6 >>\nstartxref\n%d\n%%%%EOF"
    chemin.write_bytes(corps + fin % (table, len(corps)))


def test_une_bombe_ne_prend_que_l_enfant(tmp_path: Any) -> None:
    chemin = tmp_path / "bombe.pdf"
    bombe(chemin)
    assert chemin.stat().st_size < 200_000
    assert [page.codes for page in pages_numerisees.lire_codes(chemin)] == [()]


def test_un_enfant_arrete_est_une_phrase_qui_nomme_la_page(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages_numerisees, "_demander", lambda *_: (-9, b'{"page": 1}\n', b""))
    with pytest.raises(pages_numerisees.LecturePagesRefusee, match="La page 2 de ce PDF"):
        pages_numerisees.lire_codes(tmp_path / "x.pdf")


def test_rien_n_est_lu_avant_l_analyse(lieu: Territoire, convention: Acte, settings: Any) -> None:
    settings.PRODUCTION = True
    depot = deposer(lieu, *pages_de(convention))
    assert (depot.etat, depot.pages.count()) == ("lecture", 0)
