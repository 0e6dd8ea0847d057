"""The acts of a file, served as they were frozen, and as they came back signed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from financements import versements
from reseau.socle.documents import servir
from reseau.socle.fichiers import servir_fichier
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.urls import URLPattern

    from financements.models import Demande


class PagesDesActes(AdminPortee):
    """What the page of a file leads to; it says which file, and which side reads."""

    demande_ou_404: Callable[[HttpRequest, Any], Demande]
    interne: Callable[[HttpRequest, Demande], bool]

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the acts."""
        vue = self.admin_site.admin_view(self.vue_decision)
        acte = self.admin_site.admin_view(self.vue_acte)
        signe = self.admin_site.admin_view(self.vue_signe)
        return [
            path("<uuid:object_id>/decision/", vue, name="financements_demande_decision"),
            path("<uuid:object_id>/acte/<uuid:acte>/signe/", signe, name="financements_demande_signe"),
            path("<uuid:object_id>/acte/<uuid:acte>/", acte, name="financements_demande_acte"),
            *super().get_urls(),
        ]

    def vue_decision(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """The frozen bytes, the same each time."""
        demande = self.demande_ou_404(request, object_id)
        acte = demande.actes.select_related("document").filter(nature="decision").first()
        if acte is None:
            raise Http404("Cette page n'existe pas.")
        return servir(acte.document, request)

    def vue_signe(self, request: HttpRequest, object_id: Any, acte: Any) -> HttpResponse:
        """The scan of an act as it came back signed, to who may read the act."""
        demande = self.demande_ou_404(request, object_id)
        actes = versements.actes_lisibles(demande, interne=self.interne(request, demande))
        trouve = actes.select_related("scan_signe__fichier").filter(pk=acte, scan_signe__isnull=False).first()
        if trouve is None:
            raise Http404("Cette page n'existe pas.")
        return servir_fichier(trouve.scan_signe.fichier)

    def vue_acte(self, request: HttpRequest, object_id: Any, acte: Any) -> HttpResponse:
        """The frozen bytes of another act of the same file; a certificate is the State's own."""
        demande = self.demande_ou_404(request, object_id)
        actes = versements.actes_lisibles(demande, interne=self.interne(request, demande))
        trouve = actes.select_related("document").filter(pk=acte).first()
        if trouve is None:
            raise Http404("Cette page n'existe pas.")
        return servir(trouve.document, request)
