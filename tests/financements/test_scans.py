"""Acts signed by hand come back as one PDF: split by the code of each page, attached once."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from financements.actes import contexte_decision
from financements.actes_versements import figer_convention
from financements.etats import Etat
from financements.models import DepotScans, ScanSigne
from financements.natures import MotifPage
from financements.scans import deposer_scans, lire_ou_confier
from reseau.models import FichierDepose
from reseau.roles import Role
from tests.usines_financements import Territoire, territoire
from tests.usines_scans import acte_imprime, blanche, de_travers, deposer, pages_de, sans_code, un_scan

if TYPE_CHECKING:
    from financements.models import Acte, Demande

pytestmark = pytest.mark.django_db


def motifs(depot: DepotScans) -> list[str]:
    return list(depot.pages.order_by("rang").values_list("motif", flat=True))


# --- reading and attaching


def test_un_seul_pdf_de_plusieurs_actes_est_demele(lieu: Territoire, demande: Demande) -> None:
    """Story, step 9: pages in any order, one upside down, one askew, a blank back, an unreadable one."""
    autre = lieu.demande(Etat.ACCORDEE)
    une, deux = pages_de(acte_imprime(demande))
    tierce, quarte = pages_de(acte_imprime(autre))
    depot = deposer(lieu, quarte, de_travers(deux, 180), blanche(), de_travers(une, 3), sans_code(tierce))
    assert motifs(depot) == ["", "", MotifPage.BLANCHE, "", MotifPage.ILLISIBLE]
    scan = ScanSigne.objects.get()
    assert scan.acte.demande == demande
    with scan.fichier.fichier.open("rb") as source:
        assert len(PdfReader(io.BytesIO(source.read())).pages) == 2
    assert list(scan.pages.order_by("page").values_list("rang", flat=True)) == [4, 2]
    assert demande.journal.filter(evenement="rattacher_scan").count() == 1


def test_le_meme_fichier_deux_fois_rattache_une_fois(lieu: Territoire, convention: Acte) -> None:
    contenu = un_scan(pages_de(convention)).read()
    deja = FichierDepose.objects.count()
    for nouveau in (True, False):
        fichier = SimpleUploadedFile("scans.pdf", contenu, "application/pdf")
        gestionnaire = lieu.agents[Role.GESTIONNAIRE]
        depot, cree = deposer_scans(fichier, lieu.enveloppe.service.region, gestionnaire)
        assert cree is nouveau
        lire_ou_confier(depot)
    assert DepotScans.objects.count() == 1
    assert ScanSigne.objects.count() == 1
    assert FichierDepose.objects.count() == deja + 2


def test_les_memes_pages_dans_un_autre_fichier_sont_dites_deja_rattachees(
    lieu: Territoire, convention: Acte
) -> None:
    une, deux = pages_de(convention)
    deposer(lieu, une, deux)
    assert motifs(deposer(lieu, deux, une)) == [MotifPage.DEJA, MotifPage.DEJA]
    assert ScanSigne.objects.count() == 1


def test_une_page_en_double_est_dite_et_n_empeche_pas(lieu: Territoire, convention: Acte) -> None:
    une, deux = pages_de(convention)
    assert motifs(deposer(lieu, une, une, deux)) == ["", MotifPage.DOUBLON, ""]
    assert ScanSigne.objects.count() == 1


def test_la_page_qui_manquait_arrive_dans_un_autre_fichier(lieu: Territoire, convention: Acte) -> None:
    une, deux = pages_de(convention)
    depot = deposer(lieu, deux)
    assert not ScanSigne.objects.exists()
    deposer(lieu, une)
    scan = ScanSigne.objects.get()
    assert scan.pages.get(page=2).depot == depot


def test_une_page_d_une_autre_region_est_inconnue(lieu: Territoire) -> None:
    voisin = territoire("32", exercice=lieu.campagne)
    images = pages_de(acte_imprime(voisin.demande(Etat.ACCORDEE)))
    depot = deposer(lieu, *images)
    assert motifs(depot) == [MotifPage.INCONNUE] * 2
    assert not depot.pages.exclude(acte=None).exists()


def test_une_page_d_une_version_remplacee_est_refusee(lieu: Territoire, convention: Acte) -> None:
    figer_convention(convention.demande.allocation)
    assert motifs(deposer(lieu, *pages_de(convention))) == [MotifPage.ANCIENNE] * 2
    nouvelle = acte_imprime(convention.demande)
    assert nouvelle.rang == 2
    deposer(lieu, *pages_de(nouvelle))
    assert ScanSigne.objects.get().acte == nouvelle


def test_un_code_qui_annonce_une_page_de_trop_est_dit(lieu: Territoire, convention: Acte) -> None:
    import segno

    marque = f"EDP1/{convention.document_id.hex.upper()}/"
    assert motifs(deposer(lieu, _page_codee(f"{marque}9"))) == [MotifPage.HORS]
    assert motifs(deposer(lieu, _page_codee("EDP1/" + "0" * 32 + "/1"))) == [MotifPage.INCONNUE]
    assert motifs(deposer(lieu, _page_codee("BONJOUR"))) == [MotifPage.ILLISIBLE]
    assert motifs(deposer(lieu, _page_codee(f"{marque}1", f"{marque}2"))) == [MotifPage.PLUSIEURS]
    assert segno


def _page_codee(*textes: str) -> Any:
    import segno
    from PIL import Image

    feuille = blanche()
    for rang, ecrit in enumerate(textes):
        sortie = io.BytesIO()
        segno.make(ecrit, error="q", micro=False).save(sortie, kind="png", scale=8, border=4)
        feuille.paste(Image.open(sortie).convert("L"), (100, 100 + 700 * rang))
    return feuille


def test_la_decision_et_l_avenant_se_rattachent_aussi(lieu: Territoire, demande: Demande) -> None:
    assert contexte_decision(demande.allocation)["en_lettres"]
    deposer(lieu, *pages_de(acte_imprime(demande, "decision")))
    assert ScanSigne.objects.get().acte.nature == "decision"
