"""Sites of a school, their workshops, the machines in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin

from ecoles.admin.base import AdminDeLEcole
from ecoles.lieux import resoudre
from ecoles.models import Atelier, Machine, Site
from reseau.socle.portee import AdminPortee, InlinePortee

if TYPE_CHECKING:
    from django.http import HttpRequest


class AtelierInline(InlinePortee):
    """Workshops of the site."""

    model = Atelier
    fields = ("nom", "surface")


class FormulaireSite(forms.ModelForm[Site]):
    """A site is in a town that people name as they do: "st etienne", 42000."""

    ville = forms.CharField(label="Ville ou code postal", max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "ville" in self.fields and self.instance.commune_id:
            self.initial.setdefault("ville", str(self.instance.commune))

    def clean_ville(self) -> str:
        """Find the town, or say what is not understood."""
        texte = str(self.cleaned_data["ville"])
        if "ville" not in self.changed_data:
            return texte
        trouve = resoudre(texte)
        if trouve.lieu is None:
            choix = ", ".join(nom for _, nom in trouve.choix)
            phrase = trouve.erreur or "Plusieurs villes répondent à ce nom : donnez le code postal."
            raise forms.ValidationError(f"{phrase} {choix}".strip())
        self.instance.commune_id = trouve.lieu.code
        return texte


@admin.register(Site)
class SiteAdmin(AdminDeLEcole):
    """Addresses where the school receives learners."""

    list_display = ("nom", "ecole", "adresse", "commune", "principal")
    list_select_related = ("ecole", "commune")
    search_fields = ("nom", "ecole__nom", "adresse")
    ordering = ("ecole", "-principal", "nom", "id")
    form = FormulaireSite
    inlines = (AtelierInline,)
    fieldsets = (
        (None, {"fields": ("ecole", "nom", "principal", "adresse", "ville")}),
        ("Point sur la carte", {"fields": ("latitude", "longitude", "precision")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who only reads is shown the town; who writes types it."""
        parties = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj) or obj is None:
            return parties
        return [
            (
                titre,
                {**options, "fields": ["commune" if nom == "ville" else nom for nom in options["fields"]]},
            )
            for titre, options in parties
        ]


@admin.register(Machine)
class MachineAdmin(AdminPortee):
    """Machines, each with the dangerous works that it involves."""

    list_display = ("designation", "repere", "atelier", "site")
    list_select_related = ("atelier__site",)
    search_fields = ("designation", "repere", "atelier__nom")
    ordering = ("atelier", "designation", "repere", "id")
    fields = ("atelier", "designation", "repere", "travaux")

    @admin.display(description="site")
    def site(self, machine: Machine) -> str:
        """Where the workshop is."""
        return machine.atelier.site.nom

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Boxes to tick: they need no script, and every work is read."""
        kwargs["widget"] = forms.CheckboxSelectMultiple()
        return super().formfield_for_manytomany(db_field, request, **kwargs)
