"""Bank details in the admin: the school enters them, the service confirms a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect

from ecoles.admin.base import AdminDeLEcole
from ecoles.admin.histoire import AvecHistoireDeLEcole
from ecoles.ibans import attend_une_seconde_personne, enregistrer, masquer, refus_du_nouvel_iban, retirer
from ecoles.models import CoordonneesBancaires

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class FormulaireIban(forms.ModelForm[CoordonneesBancaires]):
    """New details; the present ones end the day before."""

    def clean(self) -> dict[str, Any]:
        """Say at its field why they cannot follow."""
        donnees = super().clean() or {}
        if self.instance._state.adding and donnees.get("iban") and donnees.get("du"):
            self.instance.iban, self.instance.du = donnees["iban"], donnees["du"]
            if ecole := donnees.get("ecole"):
                self.instance.ecole = ecole
            for champ, phrase in refus_du_nouvel_iban(self.instance).items():
                self.add_error(champ, phrase)
        return donnees


@admin.register(CoordonneesBancaires)
class CoordonneesBancairesAdmin(AvecHistoireDeLEcole, AdminDeLEcole):
    """Dated details: added, confirmed once by somebody else, never rewritten."""

    form = FormulaireIban
    change_form_template = "admin/ecoles/iban.html"
    list_display = ("ecole", "masque", "du", "au", "situation")
    list_display_links = ("masque",)
    list_select_related = ("ecole", "confirme_par")
    search_fields = ("ecole__nom",)
    ordering = ("ecole", "-du", "id")
    fields = ("ecole", "iban", "du")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What is typed, then what is read."""
        if obj is None:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ("ecole", "iban", "du", "au", "saisi_par", "situation")})]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """Read details name their school."""
        return () if obj is not None else super().get_exclude(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nothing is rewritten."""
        return ("ecole", "iban", "du", "au", "saisi_par", "situation") if obj is not None else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """To change is to confirm."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A mistake is taken back while nobody confirmed it."""
        libre = obj is None or (obj.confirme_par_id is None and obj.au is None)
        return libre and super().has_delete_permission(request, obj)

    def _peut_confirmer(self, request: HttpRequest, coordonnees: CoordonneesBancaires) -> bool:
        utilisateur: Any = request.user
        siennes = CoordonneesBancaires.objects.visibles_par(utilisateur, "confirmer")
        return (
            attend_une_seconde_personne(coordonnees)
            and coordonnees.saisi_par_id != utilisateur.pk
            and siennes.filter(pk=coordonnees.pk).exists()
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page has one button, for the second person."""
        coordonnees = self.get_object(request, object_id)
        peut = coordonnees is not None and self._peut_confirmer(request, coordonnees)
        if request.method == "POST":
            if not peut or "confirmer" not in request.POST:
                raise PermissionDenied
            coordonnees.confirme_par = request.user  # type: ignore[union-attr]
            coordonnees.save(update_fields=["confirme_par"])  # type: ignore[union-attr]
            messages.success(request, "L'IBAN est confirmé : les paiements peuvent reprendre.")
            return HttpResponseRedirect(request.path)
        contexte = {"peut_confirmer": peut, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, contexte)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The present details end; the new ones wait for a second person if they replace some."""
        utilisateur: Any = request.user
        enregistrer(obj, utilisateur)
        if not CoordonneesBancaires.objects.visibles_par(utilisateur, "ajouter").filter(pk=obj.pk).exists():
            raise PermissionDenied
        if attend_une_seconde_personne(obj):
            phrase = "La DREETS doit confirmer ce changement avant le prochain paiement."
            messages.warning(request, phrase)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """What was before holds again."""
        retirer(obj)

    @admin.display(description="IBAN", ordering="iban")
    def masque(self, coordonnees: CoordonneesBancaires) -> str:
        """Enough to recognise it in a list."""
        return masquer(coordonnees.iban)

    @admin.display(description="situation")
    def situation(self, coordonnees: CoordonneesBancaires) -> str:
        """Where it stands, in words."""
        if coordonnees.confirme_par_id is not None:
            return f"confirmé par {coordonnees.confirme_par}"
        if coordonnees.au is not None:
            return "remplacé"
        return "à confirmer par la DREETS" if attend_une_seconde_personne(coordonnees) else "en vigueur"
