"""The printable sheet of a school: one A4 page with the address of its page as a QR code."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from ecoles.diplomes import jour_court
from ecoles.fiche import fiche_ecole
from ecoles.views import adresse_absolue, ecole_publique
from reseau.nombres import aujourdhui
from reseau.socle.documents import RenduImpossible, rendre_pdf
from reseau.socle.pages_publiques import page_publique

if TYPE_CHECKING:
    from django.http import HttpRequest

    from ecoles.fiche import FicheEcole

# The sheet of a school is asked again and again while nothing has changed.
MEMOIRE = 3600


def _code_qr(adresse: str) -> str:
    import segno

    dessin = segno.make(adresse, error="m").svg_inline(border=0, omitsize=True, title=adresse)
    return mark_safe(dessin)  # noqa: S308 - drawn by us; the address in it is escaped by the library


def _imprimer(fiche: FicheEcole) -> bytes:
    contexte: dict[str, Any] = {
        "ecole": fiche,
        "qr": _code_qr(fiche.adresse_page),
        "jour": jour_court(aujourdhui()),
        "demonstration": settings.DEMONSTRATION,
    }
    empreinte = hashlib.sha256(repr(contexte).encode()).hexdigest()
    octets: bytes | None = caches["memoire"].get(f"fiche:{empreinte}")
    if octets is None:
        octets = rendre_pdf("ecoles/fiche_pdf.html", contexte)
        caches["memoire"].set(f"fiche:{empreinte}", octets, MEMOIRE)
    return octets


@page_publique
def fiche_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """Sheet of a published school (A4, PDF/UA); a 503 page when it cannot be printed now."""
    adresse = adresse_absolue(request, "ecoles:fiche", slug)
    try:
        octets = _imprimer(fiche_ecole(ecole_publique(slug), adresse, aujourdhui()))
    except RenduImpossible as refus:
        contexte = {"phrase": str(refus), "retour": adresse}
        reponse = render(request, "503.html", contexte, status=503)
        reponse["Retry-After"] = "30"
        return reponse
    entetes = {"Content-Disposition": f'inline; filename="{slug}.pdf"'}
    return HttpResponse(octets, content_type="application/pdf", headers=entetes)
