"""The child that looks at the pages of a scanned PDF: ``python -m reseau.socle.lecture_pages VERB …``.

``codes FILE`` writes one JSON line a page: the codes read, and whether nothing is printed on it.
``image FILE RANG`` writes one page as PNG. ``assembler FILE RANG [FILE RANG …]`` writes a PDF of these pages,
in this order. Pages are counted from 1. A refusal is one JSON object on the error output. It knows neither
Django nor the database, and has limits of its own: whatever a hostile PDF does happens here.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PIL.Image import Image

SECONDES, OCTETS = 120, 1536 * 1024 * 1024
PAGES_MAXIMUM, PIXELS_D_UN_COTE = 300, 4000
REFUSE = 3
# Dots an inch, tried in this order: 20 mm of code are read at the first unless the scan is poor.
FINESSES: Final = (150, 300)
FINESSE_A_L_ECRAN = 90
PREFIXE = "EDP1/"
# Below this part of dark dots, the back of a sheet: nothing is printed on it.
PART_D_ENCRE, NOIR = 0.0005, 160


class PageRefusee(Exception):
    """What cannot be read; the message is a French sentence."""


def _limiter() -> None:
    """Processor, memory, no core, no file to write."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDES, SECONDES + 1))
    resource.setrlimit(resource.RLIMIT_AS, (OCTETS, OCTETS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _ouvrir(chemin: str) -> Any:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(chemin)
    except pypdfium2.PdfiumError as erreur:
        raise PageRefusee("Ce PDF est abîmé ou protégé par un mot de passe.") from erreur
    if len(document) > PAGES_MAXIMUM:
        raise PageRefusee(f"Ce PDF a plus de {PAGES_MAXIMUM} pages : coupez-le en plusieurs fichiers.")
    return document


def _dessiner(document: Any, rang: int, finesse: int) -> Image:
    """Return the page in grey; one drawn ten metres wide takes no more room than another."""
    page = document[rang - 1]
    echelle = min(finesse / 72, PIXELS_D_UN_COTE / max(*page.get_size(), 1))
    image: Image = page.render(scale=echelle, grayscale=True).to_pil().convert("L")
    page.close()
    return image


def _codes(image: Image) -> list[str]:
    import zxingcpp

    lus = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return sorted({code.text for code in lus if code.text.startswith(PREFIXE)})


def _est_blanche(image: Image) -> bool:
    points = image.histogram()
    return sum(points[:NOIR]) < PART_D_ENCRE * sum(points)


def pages(chemin: str) -> Iterator[dict[str, Any]]:
    """Yield what each page says: ``page``, ``codes``, ``blanche``."""
    document = _ouvrir(chemin)
    for rang in range(1, len(document) + 1):
        lus: list[str] = []
        blanche = False
        for finesse in FINESSES:
            image = _dessiner(document, rang, finesse)
            lus, blanche = _codes(image), _est_blanche(image)
            if lus or blanche:
                break
        yield {"page": rang, "codes": lus, "blanche": blanche and not lus}


def image(chemin: str, rang: int) -> bytes:
    """Return one page as a person looks at it, in PNG."""
    sortie = io.BytesIO()
    _dessiner(_ouvrir(chemin), rang, FINESSE_A_L_ECRAN).save(sortie, "PNG")
    return sortie.getvalue()


def assembler(paires: Sequence[str]) -> bytes:
    """Return a PDF made of pages of several, given as file, rank, file, rank and so on."""
    import pypdfium2

    neuf, sortie = pypdfium2.PdfDocument.new(), io.BytesIO()
    for chemin, rang in zip(paires[::2], paires[1::2], strict=True):
        neuf.import_pages(_ouvrir(chemin), [int(rang) - 1])
    neuf.save(sortie)
    return sortie.getvalue()


def main(verbe: str, *arguments: str) -> int:
    """Answer one question; return 0, or 3 when the file is refused."""
    _limiter()
    sortie = sys.stdout.buffer
    try:
        if verbe == "codes":
            for page in pages(arguments[0]):
                sortie.write(json.dumps(page).encode() + b"\n")
                sortie.flush()  # if the next page kills us, the parent knows which one
        else:
            sortie.write(image(arguments[0], int(arguments[1])) if verbe == "image" else assembler(arguments))
    except PageRefusee as refus:
        sys.stderr.write(json.dumps({"refus": str(refus)}))
        return REFUSE
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
