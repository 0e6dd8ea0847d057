"""Opinions on a request: the officer who asked for one records it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from financements.admin.recevabilite import AdminRecevabilite
from financements.etats import MACHINE, Etat
from financements.models import Avis, Demande
from reseau.nombres import aujourdhui
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

AVIS_OUVERTS = (Etat.DEPOSEE, Etat.EN_INSTRUCTION)


class FormulaireAvis(forms.ModelForm[Avis]):
    """Who, which way, when, in which words."""

    class Meta:
        model = Avis
        fields = ("organisme", "sens", "rendu_le", "texte")
        widgets = {
            "rendu_le": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "texte": forms.Textarea(attrs={"rows": 6}),
        }

    def clean_rendu_le(self) -> Any:
        """An opinion was given before it is recorded."""
        jour = self.cleaned_data["rendu_le"]
        if jour > aujourdhui():
            raise forms.ValidationError("Cette date est dans le futur.")
        return jour


class AdminAvis(AdminRecevabilite):
    """The page that records an opinion, under the page of its request."""

    def get_urls(self) -> list[URLPattern]:
        """Add its address."""
        vue = self.admin_site.admin_view(self.vue_avis)
        return [path("<uuid:object_id>/avis/", vue, name="financements_demande_avis"), *super().get_urls()]

    def vue_avis(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """GET: the form. POST: keep the opinion."""
        demande = self.demande_ou_404(request, object_id)
        utilisateur: Any = request.user
        siennes = Demande.objects.visibles_par(utilisateur, "instruire")
        if demande.etat not in AVIS_OUVERTS or not siennes.filter(pk=demande.pk).exists():
            raise PermissionDenied
        formulaire = FormulaireAvis(request.POST or None)
        if request.method == "POST" and formulaire.is_valid():
            _garder(demande, utilisateur, formulaire)
            messages.success(request, f"{demande} : avis enregistré.")
            return HttpResponseRedirect(reverse("admin:financements_demande_change", args=[demande.pk]))
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"Enregistrer un avis : {demande}",
            "opts": self.model._meta,
            "demande": demande,
            "formulaire": formulaire,
            "retour": reverse("admin:financements_demande_change", args=[demande.pk]),
        }
        return TemplateResponse(request, "admin/financements/avis_ajouter.html", contexte)


def _garder(demande: Demande, par: Any, formulaire: FormulaireAvis) -> None:
    with transaction.atomic():
        avis = formulaire.save(commit=False)
        avis.demande, avis.saisi_par = demande, par
        avis.save()
        donnees = {"avis": str(avis.pk)}
        MACHINE.consigner(demande, Contexte(par), "aviser", demande.etat, demande.etat, donnees)
