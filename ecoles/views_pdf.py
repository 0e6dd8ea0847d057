"""The printable sheet of a school."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from reseau.socle.pages_publiques import page_publique


@page_publique
def fiche_pdf(_request: HttpRequest, slug: str) -> HttpResponse:
    """Provisional."""
    return HttpResponse(slug, status=503)
