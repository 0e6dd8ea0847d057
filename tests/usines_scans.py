"""Scans of signed acts for tests: what comes out of the scanner, with its accidents."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from financements.scans import deposer_scans, lire_ou_confier
from reseau.roles import Role
from reseau.socle.documents import produire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL.Image import Image

    from financements.models import Acte, Demande, DepotScans
    from tests.usines_financements import Territoire


def acte_imprime(demande: Demande, nature: str = "convention") -> Acte:
    """The last act of this kind, really printed."""
    acte: Acte | None = demande.actes.filter(nature=nature).order_by("-rang").first()
    assert acte is not None
    produire(acte.document_id)
    return type(acte).objects.select_related("document").get(pk=acte.pk)


def pages_de(acte: Acte, finesse: int = 150) -> list[Image]:
    """Each printed page as a scanner sees it, in grey."""
    import pypdfium2

    contenu = bytes(acte.document.contenu or b"")
    pages = pypdfium2.PdfDocument(contenu)
    images = [
        pages[n].render(scale=finesse / 72, grayscale=True).to_pil().convert("L") for n in range(len(pages))
    ]
    pages.close()
    return images


def sans_code(image: Image) -> Image:
    """A page whose code was hidden by a stamp."""
    from PIL import ImageDraw

    abimee = image.copy()
    largeur, hauteur = abimee.size
    ImageDraw.Draw(abimee).rectangle((int(largeur * 0.75), 0, largeur, int(hauteur * 0.1)), fill=90)
    return abimee


def de_travers(image: Image, degres: float) -> Image:
    """A sheet that went through the scanner askew, or upside down."""
    return image.rotate(degres, expand=True, fillcolor=255)


def blanche() -> Image:
    """The back of a sheet."""
    from PIL import Image as Images

    return Images.new("L", (1240, 1754), 250)


def un_scan(images: Sequence[Image], nom: str = "scans.pdf") -> Any:
    """One PDF of these pages, as a scanner saves it."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    sortie = io.BytesIO()
    images[0].save(sortie, "PDF", save_all=True, append_images=list(images[1:]), resolution=150)
    return SimpleUploadedFile(nom, sortie.getvalue(), "application/pdf")


def deposer(lieu: Territoire, *images: Image) -> DepotScans:
    """As the page does, once the file was chosen."""
    gestionnaire = lieu.agents[Role.GESTIONNAIRE]
    depot, _ = deposer_scans(un_scan(images), lieu.enveloppe.service.region, gestionnaire)
    lire_ou_confier(depot)
    depot.refresh_from_db()
    return depot


def texte(reponse: Any) -> str:
    """The words of a page, with plain spaces."""
    lu: str = reponse.content.decode()
    return lu.replace("&#x27;", "'").replace("\xa0", " ").replace("\u202f", " ")
