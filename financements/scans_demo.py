"""A sample of what comes out of a scanner, for who tries the demonstration: fictional schools only."""

from __future__ import annotations

import io
from itertools import batched
from typing import TYPE_CHECKING

from financements.scans import actes_qui_attendent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PIL.Image import Image

    from financements.models import Acte

NB_ACTES = 3
FINESSE = 150


def exemple_de_scans(regions: Iterable[str]) -> bytes:
    """Return one PDF of acts that wait for their signature, pages mixed, one upside down, one unreadable.

    Empty when no act waits. Signatures are not drawn: nothing here looks like somebody's.
    """
    actes = actes_qui_attendent(list(regions)).filter(nature="convention", demande__ecole__fictive=True)
    images = [image for acte in actes[:NB_ACTES] for image in _pages(acte)]
    if not images:
        return b""
    images = [image for paire in batched(images, 2) for image in reversed(paire)]
    images[0] = images[0].rotate(180)
    images[-1] = _tamponnee(images[-1])
    sortie = io.BytesIO()
    images[0].save(sortie, "PDF", save_all=True, append_images=images[1:], resolution=FINESSE)
    return sortie.getvalue()


def _pages(acte: Acte) -> list[Image]:
    """Our own frozen bytes, as a scanner would see them."""
    import pypdfium2

    document = pypdfium2.PdfDocument(bytes(acte.document.contenu or b""))
    images = [
        document[rang].render(scale=FINESSE / 72, grayscale=True).to_pil().convert("L")
        for rang in range(len(document))
    ]
    document.close()
    return images


def _tamponnee(image: Image) -> Image:
    """A stamp on the code."""
    from PIL import ImageDraw

    copie = image.copy()
    largeur, hauteur = copie.size
    boite = (largeur * 78 // 100, hauteur // 100, largeur * 95 // 100, hauteur // 10)
    ImageDraw.Draw(copie).ellipse(boite, fill=120)
    return copie
