"""What every act prints: the amount in figures and in words, and for those signed by hand a code a page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from financements.actes import GABARITS
from financements.etats import Etat
from financements.models import Acte, Demande
from reseau.socle.documents import produire
from tests.financements.conftest import codes_des_pages

if TYPE_CHECKING:
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db
EN_LETTRES = "deux cent deux mille deux cents euros"
SIGNES_A_LA_MAIN = {"decision", "convention", "avenant", "refus", "classement", "resiliation"}
# They state no amount that was decided.
SANS_MONTANT = {"refus", "classement", "controle", "recu", "recu_bilan", "cloture"}


def imprimes(demande: Demande) -> dict[str, tuple[str, bytes]]:
    """The words of each act of a file, by its nature, and its bytes."""
    lus = {}
    for acte in demande.actes.select_related("document"):
        contenu = bytes(produire(acte.document_id).contenu or b"")
        texte = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(contenu)).pages)
        lus[acte.nature] = (" ".join(texte.split()), contenu)
    return lus


def test_tous_les_actes_disent_le_montant_en_lettres(lieu: Territoire) -> None:
    demande = lieu.avancer(lieu.demande(Etat.ACCORDEE), "conventionner")
    for acte in demande.actes.all():
        produire(acte.document_id)
    lus = imprimes(lieu.avancer(demande, "notifier", "payer"))
    assert set(lus) - SANS_MONTANT == {"note", "decision", "convention", "notification", "certificat"}
    for nature, (texte, _) in lus.items():
        assert nature in SANS_MONTANT or EN_LETTRES in texte, nature


def test_seuls_les_actes_signes_a_la_main_portent_un_code_par_page(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    for nature, (texte, contenu) in imprimes(demande).items():
        acte = Acte.objects.get(demande=demande, nature=nature)
        pages = range(1, len(PdfReader(io.BytesIO(contenu)).pages) + 1)
        attendus = [[f"EDP1/{acte.document_id.hex.upper()}/{page}"] for page in pages]
        assert codes_des_pages(contenu) == (attendus if nature in SIGNES_A_LA_MAIN else [[]] * len(pages))
        assert str(acte.document_id) in texte
        assert demande.ecole.nom not in str(attendus)


def test_les_gabarits_a_signer_demandent_leur_code_et_tous_disent_leur_montant() -> None:
    from django.template.loader import get_template

    for nature, gabarit in GABARITS.items():
        source: str = get_template(gabarit).template.source  # type: ignore[attr-defined]
        if nature in SIGNES_A_LA_MAIN | {"ordre"}:
            assert "documents/marque.html" in source, nature
            assert "documents/codes.html" in source, nature
        if nature not in SANS_MONTANT:
            assert "en_lettres" in source, nature
