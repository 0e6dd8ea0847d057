"""Open days and trial weeks of a school."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from ecoles.admin.base import AdminDeLEcole
from ecoles.evenements import RefusAnnulation, annuler, avec_inscrits, quand
from ecoles.models import Evenement
from reseau.nombres import maintenant

if TYPE_CHECKING:
    from django.db.models import QuerySet


class FormulaireEvenement(forms.ModelForm[Evenement]):
    """A date that families will read."""

    def clean_debut(self) -> Any:
        """A new date is to come."""
        debut = self.cleaned_data["debut"]
        if "debut" in self.changed_data and debut < maintenant():
            raise forms.ValidationError("Cette date est passée.")
        return debut

    def clean_familles(self) -> int | None:
        """Nobody who means to come is turned away by a smaller number."""
        familles: int | None = self.cleaned_data["familles"]
        inscrits = getattr(self.instance, "inscrits", 0)
        if familles is not None and familles < inscrits:
            raise forms.ValidationError(f"{inscrits} familles ont déjà prévu de venir.")
        return familles


@admin.register(Evenement)
class EvenementAdmin(AdminDeLEcole):
    """Dates to come and past ones; a date is cancelled, never erased."""

    form = FormulaireEvenement
    list_display = ("quoi", "date", "familles_attendues", "situation")
    list_filter = ("nature",)
    ordering = ("-debut", "id")
    fields = ("ecole", "nature", "debut", "fin", "precisions", "familles")
    change_form_template = "admin/ecoles/evenement.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evenement]:
        """With the number of families that mean to come."""
        return avec_inscrits(super().get_queryset(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A cancelled date is read."""
        return (obj is None or obj.annule_le is None) and super().has_change_permission(request, obj)

    @admin.display(description="quoi", ordering="nature")
    def quoi(self, evenement: Evenement) -> str:
        """What it is."""
        return evenement.get_nature_display().capitalize()

    @admin.display(description="quand", ordering="debut")
    def date(self, evenement: Evenement) -> str:
        """In words, Paris time."""
        return quand(evenement.debut, evenement.fin)

    @admin.display(description="familles attendues")
    def familles_attendues(self, evenement: Any) -> str:
        """Families, out of how many."""
        return f"{evenement.inscrits} / {evenement.familles or 'sans limite'}"

    @admin.display(description="situation")
    def situation(self, evenement: Evenement) -> str:
        """To come, past or cancelled, with the reason."""
        if evenement.annule_le:
            return f"annulée : {evenement.motif}"
        return "à venir" if evenement.fin >= maintenant() else "passée"

    def get_urls(self) -> list[Any]:
        """Add the page that cancels."""
        page = self.admin_site.admin_view(self.annuler)
        return [path("<path:object_id>/annuler/", page, name="ecoles_evenement_annuler"), *super().get_urls()]

    def annuler(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask the reason, say who will have to be told, then cancel."""
        evenement: Any = self.get_object(request, object_id)
        if evenement is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if evenement.annule_le is None and not self.has_change_permission(request, evenement):
            raise PermissionDenied
        if evenement.annule_le is not None:
            messages.warning(request, "Cette date est déjà annulée.")
            return HttpResponseRedirect(reverse("admin:ecoles_evenement_changelist"))
        refus = ""
        if request.method == "POST":
            try:
                nb = annuler(evenement, request.POST.get("motif", "")[:300])
            except RefusAnnulation as refuse:
                refus = str(refuse)
            else:
                return self._annulee(request, nb)
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"Annuler : {self.quoi(evenement)}",
            "evenement": evenement,
            "quand": quand(evenement.debut, evenement.fin),
            "refus": refus,
            "motif": request.POST.get("motif", ""),
            "opts": self.opts,
        }
        statut = 422 if refus else 200
        return TemplateResponse(request, "admin/ecoles/annuler_evenement.html", contexte, status=statut)

    @staticmethod
    def _annulee(request: HttpRequest, nb: int) -> HttpResponse:
        suite = f"{nb} famille{'s' if nb > 1 else ''} à prévenir : dans « À traiter »." if nb else ""
        messages.success(request, f"La date est annulée. {suite}".strip())
        return HttpResponseRedirect(reverse("admin:ecoles_evenement_changelist"))
