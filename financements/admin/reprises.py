"""Files taken over in the admin: their list, the import that brings them in, the model to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html

from financements.models import Reprise
from financements.reprise import RessourceReprises
from financements.reprise_modele import modele
from reseau.admin.imports import AvecImport
from reseau.nombres import montrer_instant, montrer_montant

if TYPE_CHECKING:
    from django.urls import URLPattern


@admin.register(Reprise)
class AdminReprise(AvecImport):
    """What was taken over, when, by whom, and what was taken back since."""

    ressource = RessourceReprises
    modele_a_remplir = "../modele.xlsx"
    list_display = ("ej", "dossier", "somme", "repris", "annulee")
    list_select_related = ("demande__ecole", "reprise_par")
    search_fields = ("numero_ej", "demande__recherche")
    search_help_text = "Numéro d'engagement juridique ou nom de l'école"
    fields = readonly_fields = ("numero_ej", "dossier", "somme", "repris", "annulee", "lot")

    class Media:
        css = {"all": ("css/financements.css",)}

    def get_urls(self) -> list[URLPattern]:
        """Add the model to fill in."""
        vue = self.admin_site.admin_view(self.vue_modele)
        return [path("modele.xlsx", vue, name="financements_reprise_modele"), *super().get_urls()]

    def vue_modele(self, request: HttpRequest) -> HttpResponse:
        """The spreadsheet, for who may import."""
        if not request.user.has_perm(self.ressource.permission):
            raise PermissionDenied
        utilisateur: Any = request.user
        regions = [str(code) for code in utilisateur.regions_pour(self.ressource.permission)]
        return HttpResponse(
            modele(regions),
            content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            headers={
                "Content-Disposition": 'attachment; filename="reprise-modele.xlsx"',
                "Cache-Control": "private, no-store",
            },
        )

    @admin.display(description="n° EJ", ordering="numero_ej")
    def ej(self, reprise: Reprise) -> str:
        """The number of the legal commitment."""
        return reprise.numero_ej

    @admin.display(description="dossier")
    def dossier(self, reprise: Reprise) -> str:
        """The school and its file."""
        demande = reprise.demande
        page = reverse("admin:financements_demande_change", args=[demande.pk])
        return format_html('{} (<a href="{}">{}</a>)', demande.ecole.nom, page, demande)

    @admin.display(description="montant accordé")
    def somme(self, reprise: Reprise) -> str:
        """What the file says was granted."""
        return montrer_montant(reprise.demande.montant_propose or 0)  # type: ignore[arg-type]

    @admin.display(description="repris", ordering="reprise_le")
    def repris(self, reprise: Reprise) -> str:
        """When, by whom."""
        return f"le {montrer_instant(reprise.reprise_le)} par {reprise.reprise_par}"

    @admin.display(description="annulée", ordering="annulee_le")
    def annulee(self, reprise: Reprise) -> str:
        """When it was taken back."""
        return montrer_instant(reprise.annulee_le) if reprise.annulee_le else ""
