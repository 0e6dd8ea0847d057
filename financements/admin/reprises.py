"""Files taken over in the admin: their list, the import that brings them in, the model to fill in."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from financements.models import Reprise
from financements.reprise import RessourceReprises
from reseau.admin.imports import AvecImport
from reseau.nombres import montrer_instant, montrer_montant


@admin.register(Reprise)
class AdminReprise(AvecImport):
    """What was taken over, when, by whom, and what was taken back since."""

    ressource = RessourceReprises
    list_display = ("numero_ej", "dossier", "somme", "repris", "annulee")
    list_select_related = ("demande__ecole", "reprise_par")
    search_fields = ("numero_ej", "demande__recherche")
    search_help_text = "Numéro d'engagement juridique ou nom de l'école"
    fields = readonly_fields = ("numero_ej", "dossier", "somme", "repris", "annulee", "lot")

    class Media:
        css = {"all": ("css/financements.css",)}

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
