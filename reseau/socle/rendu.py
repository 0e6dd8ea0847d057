"""The child process that turns HTML into PDF: warm, bounded, without network and without files.

It knows neither Django nor the database. It speaks over its pipes: a length then JSON in, a status then a
length then bytes out. Whatever kills it (endless nesting, a broken font, too much memory) kills it alone.

    python -m reseau.socle.rendu DOSSIER_STATIQUE
"""

from __future__ import annotations

import io
import json
import os
import re
import resource
import struct
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcherResponse

ENTETE = struct.Struct("!I")
REUSSI, RATE = b"+", b"-"
MEMOIRE_MAXIMALE = 2 << 30
SCHEMA = "statique:"
CODE = "code:"
# A document to sign by hand names itself once in its head; each of its pages then carries the code.
_MARQUE = re.compile(r'<meta name="marque" content="(EDP1/[0-9A-F]{32})">')
NB_PAGES_MARQUEES = 100
_POLICES = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{dossier}</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
"""


def _recuperateur(statique: Path) -> Any:
    """Return a fetcher that answers for our own static files and refuses everything else."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

    class Recuperateur(URLFetcher):  # type: ignore[misc]
        """No network, no file of the machine, no redirection."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            if url.startswith(CODE):
                return URLFetcherResponse(url, _dessin(url), {"Content-Type": "image/svg+xml"})
            chemin = (statique / url.removeprefix(SCHEMA)).resolve()
            if not url.startswith(SCHEMA) or not chemin.is_relative_to(statique.resolve()):
                message = f"Adresse refusée dans un document : {url[:80]}"
                raise FatalURLFetchingError(message)
            return URLFetcherResponse(url, chemin.read_bytes(), {"Content-Type": _type(chemin)})

    return Recuperateur()


def _type(chemin: Path) -> str:
    types = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".ttf": "font/ttf"}
    return types.get(chemin.suffix, "application/octet-stream")


def _dessin(url: str) -> bytes:
    """The code of one page, in vectors; a quarter of it may be lost to a stamp or a staple."""
    import segno

    sortie = io.BytesIO()
    code = segno.make(url.removeprefix(CODE), error="q", micro=False)
    code.save(sortie, kind="svg", border=0, unit="mm", scale=20 / code.symbol_size(border=0)[0], nl=False)
    return sortie.getvalue()


def _codes(marque: str) -> str:
    """One rule a page. As a background it is an artifact for PDF/UA: reading aloud passes over the codes."""
    pages = (
        f'@page :nth({page}) {{ @top-right {{ background-image: url("{CODE}{marque}/{page}") }} }}'
        for page in range(1, NB_PAGES_MARQUEES + 1)
    )
    boite = 'content: ""; width: 20mm; background: no-repeat right center / 20mm 20mm'
    return f"@page {{ margin-top: 32mm !important; @top-right {{ {boite} }} }}" + "".join(pages)


def rendre(html: str, statique: Path) -> bytes:
    """Return the PDF/UA of a page, in this process; the caller has set the fonts and the limits."""
    from weasyprint import CSS, HTML

    recuperateur = _recuperateur(statique)
    document = HTML(string=html, base_url=SCHEMA, url_fetcher=recuperateur)
    marque = _MARQUE.search(html)
    feuilles = [CSS(string=_codes(marque[1]), url_fetcher=recuperateur)] if marque else []
    accessible = {"pdf_variant": "pdf/ua-1", "pdf_tags": True}
    mise_en_page = document.render(stylesheets=feuilles, **accessible)
    if marque and len(mise_en_page.pages) > NB_PAGES_MARQUEES:
        raise ValueError("Trop de pages pour un document à signer.")
    pdf: bytes = mise_en_page.write_pdf(**accessible)
    return pdf


def borner(statique: Path) -> None:
    """Fonts are ours only, so that a document is the same on every machine; memory has a ceiling."""
    cache = Path(tempfile.gettempdir()) / f"edp-polices-{os.getuid()}"
    cache.mkdir(mode=0o700, exist_ok=True)
    if cache.is_symlink() or cache.stat().st_uid != os.getuid():  # somebody else made it before us
        cache = Path(tempfile.mkdtemp(prefix="edp-polices-"))
    reglage = cache / "polices.conf"
    reglage.write_text(_POLICES.format(dossier=statique / "polices"))
    os.environ |= {"FONTCONFIG_FILE": str(reglage), "XDG_CACHE_HOME": str(cache)}
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE_MAXIMALE, MEMOIRE_MAXIMALE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _repondre(sortie: BinaryIO, statut: bytes, contenu: bytes) -> None:
    sortie.write(statut + ENTETE.pack(len(contenu)) + contenu)
    sortie.flush()


def main(statique: Path) -> None:
    """Answer requests until the parent closes the pipe."""
    borner(statique)
    entree, sortie = sys.stdin.buffer, sys.stdout.buffer
    while len(entete := entree.read(ENTETE.size)) == ENTETE.size:
        demande = json.loads(entree.read(ENTETE.unpack(entete)[0]))
        try:
            _repondre(sortie, REUSSI, rendre(demande["html"], statique))
        except BaseException as erreur:  # noqa: BLE001 - WeasyPrint's fatal error is not an Exception
            _repondre(sortie, RATE, f"{type(erreur).__name__}: {erreur}"[:500].encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
