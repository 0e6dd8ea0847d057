"""Chorus in the admin: the sheet of a file, the sheet of a selection, the extract that confirms payments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin import ActionLocation
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse

from financements.chorus import decidees, fiche_pdf, fiche_xlsx
from financements.models import Demande, Rapprochement
from financements.rapprochement import RessourceChorus
from reseau.admin.imports import AvecImport
from reseau.nombres import montrer_date_courte, montrer_montant
from reseau.socle.documents import RenduImpossible
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.urls import URLPattern

NB_FICHES_MAXIMAL = 500
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AvecFicheChorus(AdminPortee):
    """The sheet for Chorus of a decided file, for who commits and who pays."""

    actions = ("action_chorus",)

    def get_urls(self) -> list[URLPattern]:
        """Add the two formats."""
        vue = self.admin_site.admin_view(self.vue_chorus)
        return [
            path("<uuid:object_id>/chorus.<str:forme>", vue, name="financements_demande_chorus"),
            *super().get_urls(),
        ]

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> Any:
        """The action is for who prepares Chorus."""
        actions = super().get_actions(request, action_location)
        if not _prepare(request):
            actions.pop("action_chorus", None)
        return actions

    def vue_chorus(self, request: HttpRequest, object_id: Any, forme: str) -> HttpResponse:
        """One file: a PDF, or an XLSX of one line."""
        demande = decidees(self._a_preparer(request)).filter(pk=object_id).first()
        if demande is None or forme not in {"pdf", "xlsx"}:
            raise Http404("Cette page n'existe pas.")
        if forme == "xlsx":
            return _joint(fiche_xlsx([demande]), _XLSX, f"chorus-{demande.numero}.xlsx")
        try:
            return _joint(fiche_pdf(demande), "application/pdf", f"chorus-{demande.numero}.pdf")
        except RenduImpossible as refus:
            messages.error(request, f"{refus} Réessayez dans un instant.")
            return HttpResponseRedirect(reverse("admin:financements_demande_change", args=[demande.pk]))

    @admin.action(description="Fiche pour Chorus (XLSX)")
    def action_chorus(self, request: HttpRequest, choix: QuerySet[Demande]) -> HttpResponse | None:
        """A line for each decided file of the selection, one campaign at a time."""
        ensemble = self._a_preparer(request).filter(pk__in=choix.order_by().values("pk"))
        demandes = list(decidees(ensemble)[: NB_FICHES_MAXIMAL + 1])
        if len(demandes) > NB_FICHES_MAXIMAL:
            self.message_user(request, f"{NB_FICHES_MAXIMAL} dossiers à la fois, au plus.", messages.ERROR)
        elif len({demande.campagne_id for demande in demandes}) > 1:
            phrase = "Choisissez des dossiers d'une même campagne : leurs colonnes diffèrent."
            self.message_user(request, phrase, messages.ERROR)
        elif not demandes:
            self.message_user(request, "Aucun de ces dossiers n'est accordé.", messages.ERROR)
        else:
            return _joint(fiche_xlsx(demandes), _XLSX, "fiches-chorus.xlsx")
        return None

    @staticmethod
    def _a_preparer(request: HttpRequest) -> QuerySet[Demande]:
        if not _prepare(request):
            raise PermissionDenied
        utilisateur: Any = request.user
        ici = Demande.objects.visibles_par(utilisateur, "notifier").order_by().values("pk")
        la = Demande.objects.visibles_par(utilisateur, "liquider").order_by().values("pk")
        return Demande.objects.filter(pk__in=ici) | Demande.objects.filter(pk__in=la)


def _prepare(request: HttpRequest) -> bool:
    return request.user.has_perm("demande.notifier") or request.user.has_perm("demande.liquider")


def liens_chorus(request: HttpRequest, demande: Demande) -> list[tuple[str, str]]:
    """Return the two addresses that the page of a decided file shows to who prepares Chorus."""
    if not _prepare(request) or getattr(demande, "allocation", None) is None:
        return []
    lien = "admin:financements_demande_chorus"
    return [
        (f"Fiche pour Chorus ({forme.upper()})", reverse(lien, args=[demande.pk, forme]))
        for forme in ("pdf", "xlsx")
    ]


def _joint(contenu: bytes, genre: str, nom: str) -> HttpResponse:
    entetes = {"Content-Disposition": f'attachment; filename="{nom}"', "Cache-Control": "private, no-store"}
    return HttpResponse(contenu, content_type=genre, headers=entetes)


@admin.register(Rapprochement)
class AdminRapprochement(AvecImport):
    """Payments that an extract of Chorus confirmed; a new extract is deposited here."""

    ressource = RessourceChorus
    list_display = ("numero_ej", "numero_dp", "dossier", "somme", "jour")
    list_select_related = ("paiement__allocation__demande__ecole",)
    search_fields = ("numero_ej", "numero_dp")
    search_help_text = "Numéro d'engagement juridique ou de demande de paiement"
    fields = readonly_fields = ("numero_ej", "numero_dp", "dossier", "somme", "jour", "lot")

    class Media:
        css = {"all": ("css/financements.css",)}

    @admin.display(description="dossier")
    def dossier(self, fait: Rapprochement) -> str:
        """The school and its file."""
        demande = fait.paiement.allocation.demande
        return f"{demande.ecole.nom} ({demande.numero})"

    @admin.display(description="montant", ordering="montant")
    def somme(self, fait: Rapprochement) -> str:
        """To the cent, the same on both sides."""
        return montrer_montant(fait.montant)

    @admin.display(description="payé le", ordering="paye_le")
    def jour(self, fait: Rapprochement) -> str:
        """The day that Chorus says."""
        return montrer_date_courte(fait.paye_le)
