"""The envelope's page: its bar, its ledger, and the door to a new movement."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.urls import reverse

from financements.admin.fonctions import AdminFonctions
from financements.admin.lignes import SansIcones
from financements.admin.pilotage import AdminPilotage
from financements.admin.point import AdminPoint
from financements.admin.refus import AdminRefus
from financements.barre import barre, comptes
from financements.models import Enveloppe
from reseau.nombres import PARIS, aujourdhui, montrer_date_courte, montrer_ecart, montrer_montant

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@admin.register(Enveloppe)
class AdminEnveloppe(SansIcones, AdminRefus, AdminPilotage, AdminFonctions, AdminPoint):
    """Credits of a service for a year. Nothing is typed here: counters follow the ledgers."""

    list_display = ("__str__", "ouvertes", "engagees", "disponibles", "payes")
    list_select_related = ("service",)
    list_filter = ("exercice",)
    change_form_template = "admin/financements/enveloppe/change_form.html"

    class Media:
        css = {"all": ("css/financements.css",)}

    def _borner(self, champ: Any, db_field: Any, request: HttpRequest) -> Any:
        """An envelope is opened in a service where this person holds that duty."""
        utilisateur: Any = request.user
        if db_field.name == "parent":
            champ = super()._borner(champ, db_field, request)
            champ.queryset = champ.queryset.filter(parent=None).select_related("service")
        elif not utilisateur.is_superuser:
            champ.queryset = champ.queryset.filter(pk__in=utilisateur.regions_pour("enveloppe.ajouter"))
        return champ

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Asked once, when it is opened; the title of the page says it afterwards."""
        champs = () if obj else ("service", "exercice", "programme", "action", "parent")
        return [(None, {"fields": champs})]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Start with the present year."""
        return {"exercice": aujourdhui().year, **super().get_changeform_initial_data(request)}

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Give the page its bar, its ledger, and the link to a new movement when it is open."""
        enveloppe = context.get("original")
        context |= {"title": str(enveloppe or "Nouvelle enveloppe"), "subtitle": None}
        if enveloppe is not None:
            context["barre"] = barre(enveloppe)
            context["comptes"] = comptes(enveloppe)
            context["points"] = self.liens_du_point(enveloppe)
            context["mouvements"] = _registre(enveloppe)
            context["engagements"] = _engagements(enveloppe)
            if request.user.has_perm("simulation.voir"):
                lien = "admin:financements_simulation_comparer"
                context["simulations"] = reverse(lien, args=[enveloppe.pk])
            if _peut_mouvoir(request, enveloppe):
                context["ajouter_mouvement"] = (
                    reverse("admin:financements_mouvementenveloppe_add") + f"?enveloppe={enveloppe.pk}"
                )
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="AE ouvertes", ordering="ae_ouvertes")
    def ouvertes(self, enveloppe: Enveloppe) -> str:
        """Opened."""
        return montrer_montant(enveloppe.ae_ouvertes)

    @admin.display(description="engagées", ordering="ae_engagees")
    def engagees(self, enveloppe: Enveloppe) -> str:
        """Committed."""
        return montrer_montant(enveloppe.ae_engagees)

    @admin.display(description="disponibles")
    def disponibles(self, enveloppe: Enveloppe) -> str:
        """Free to commit."""
        return montrer_montant(enveloppe.ae_disponibles)

    @admin.display(description="CP payés", ordering="cp_payes")
    def payes(self, enveloppe: Enveloppe) -> str:
        """Paid."""
        return montrer_montant(enveloppe.cp_payes)


def _peut_mouvoir(request: HttpRequest, enveloppe: Enveloppe) -> bool:
    utilisateur: Any = request.user
    return bool(
        utilisateur.has_perm("mouvementenveloppe.ajouter")
        and utilisateur.regions_pour("mouvementenveloppe.ajouter")
        .filter(service_id=enveloppe.service_id)
        .exists()
    )


def _registre(enveloppe: Enveloppe) -> list[dict[str, str]]:
    """The ledger, oldest first, with the running total of opened AE."""
    lignes, cumul = [], Decimal(0)
    for mouvement in enveloppe.mouvements.select_related("saisi_par").order_by("saisi_le", "id"):
        cumul += mouvement.ae
        lignes.append(
            {
                "date": montrer_date_courte(mouvement.date_acte),
                "nature": mouvement.get_nature_display(),
                "reference": mouvement.reference,
                "ae": montrer_ecart(mouvement.ae),
                "cp": montrer_ecart(mouvement.cp),
                "cumul": montrer_montant(cumul),
                "par": str(mouvement.saisi_par),
            }
        )
    return lignes


def _engagements(enveloppe: Enveloppe) -> list[dict[str, str]]:
    """The last commitments, newest first, each with the link to its file."""
    lignes = enveloppe.engagements.select_related("allocation__demande__ecole").order_by("-saisi_le", "-id")[
        :50
    ]
    return [
        {
            "date": montrer_date_courte(ligne.saisi_le.astimezone(PARIS).date()),
            "dossier": ligne.allocation.demande.numero,
            "lien": reverse("admin:financements_demande_change", args=[ligne.allocation.demande_id]),
            "ecole": ligne.allocation.demande.ecole.nom,
            "nature": ligne.get_nature_display(),
            "montant": montrer_ecart(ligne.montant),
        }
        for ligne in lignes
    ]
