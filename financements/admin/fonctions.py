"""The page "Qui tient quelle fonction", beside the envelopes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path, reverse

from financements.fonctions import fonctions, services_lus
from reseau.nombres import aujourdhui, montrer_date
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern


class AdminFonctions(AdminPortee):
    """An address beside the envelopes; the functional administrator reads it too, and acts from it."""

    def get_urls(self) -> list[URLPattern]:
        """Add it."""
        vue = self.admin_site.admin_view(self.vue_fonctions)
        return [path("fonctions/", vue, name="financements_enveloppe_fonctions"), *super().get_urls()]

    def vue_fonctions(self, request: HttpRequest) -> HttpResponse:
        """Each service of this person's territory."""
        utilisateur: Any = request.user
        if not (utilisateur.has_perm("enveloppe.voir") or utilisateur.has_perm("affectationdreets.voir")):
            raise PermissionDenied
        services = fonctions(services_lus(utilisateur))
        affecter = ""
        if utilisateur.has_perm("affectationdreets.ajouter"):
            affecter = reverse("admin:reseau_affectationdreets_add")
        contexte = {
            **self.admin_site.each_context(request),
            "title": "Qui tient quelle fonction",
            "opts": self.model._meta,
            "jour": montrer_date(aujourdhui()),
            "services": [service for service in services if not service.vide],
            "vides": [service.nom for service in services if service.vide],
            "affecter": affecter,
        }
        return TemplateResponse(request, "admin/financements/pilotage/fonctions.html", contexte)
