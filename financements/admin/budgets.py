"""The page of the provisional budget of a request: one amount a heading of the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from financements.admin.avis import AdminAvis
from financements.admin.fermees import rien_d_enregistre, saisie_du_budget
from financements.budgets import budget_ouvert, desequilibre, lire, montrer_budget, totaux
from financements.etats import MACHINE
from financements.natures import CHARGES, PosteBudget
from financements.saisies import saisies_ouvertes
from reseau.nombres import lire_montant
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from decimal import Decimal

    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from financements.models import Demande


class FormulaireBudget(forms.Form):
    """Amounts as they are written in French; empty is nothing."""

    def __init__(self, montants: dict[str, Decimal], *args: Any) -> None:
        super().__init__(*args)
        for poste in PosteBudget:
            self.fields[poste.value] = forms.CharField(
                label=poste.label,
                required=False,
                max_length=30,
                initial=str(montants.get(poste.value, "")).replace(".", ","),
                widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 16}),
            )

    def clean(self) -> dict[str, Any]:
        """Read each amount at its field; both sides are compared when the request is handed in."""
        lus: dict[str, Decimal] = {}
        for poste, saisie in list((super().clean() or {}).items()):
            if not saisie:
                continue
            try:
                lus[poste] = lire_montant(saisie)
            except ValueError as erreur:
                self.add_error(poste, str(erreur))
                continue
            if lus[poste] < 0:
                self.add_error(poste, "Un montant ne peut pas être négatif.")
        return {poste: montant for poste, montant in lus.items() if montant}

    @property
    def cotes(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Return (key, heading, inputs) of each side."""
        champs = list(self)
        return [
            ("charges", "Charges", [champ for champ in champs if champ.name in CHARGES]),
            ("produits", "Produits", [champ for champ in champs if champ.name not in CHARGES]),
        ]


class AdminBudget(AdminAvis):
    """The page of the budget, under the page of its request."""

    def get_urls(self) -> list[URLPattern]:
        """Add its address."""
        vue = self.admin_site.admin_view(self.vue_budget)
        return [
            path("<uuid:object_id>/budget/", vue, name="financements_demande_budget"),
            *super().get_urls(),
        ]

    def vue_budget(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """GET: the form. POST: keep what is written, balanced or not yet, and say what differs."""
        demande = self.demande_ou_404(request, object_id)
        utilisateur: Any = request.user
        if not budget_ouvert(demande) or not saisies_ouvertes(demande, utilisateur).pieces:
            if request.method == "POST":
                return rien_d_enregistre(request, demande, saisie_du_budget(request.POST))
            raise PermissionDenied
        formulaire = FormulaireBudget(lire(demande), *((request.POST,) if request.method == "POST" else ()))
        if request.method == "POST" and formulaire.is_valid():
            _garder(demande, utilisateur, formulaire.cleaned_data)
            return _apres(request, demande, formulaire.cleaned_data)
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"Budget prévisionnel : {demande}",
            "opts": self.model._meta,
            "demande": demande,
            "formulaire": formulaire,
            "budget": montrer_budget(demande, ""),
            "retour": reverse("admin:financements_demande_change", args=[demande.pk]),
        }
        return TemplateResponse(request, "admin/financements/budget_ecrire.html", contexte)


def _apres(request: HttpRequest, demande: Demande, montants: dict[str, Decimal]) -> HttpResponse:
    """A budget that is balanced is done with; another stays open, with its gap."""
    nom = "budget" if desequilibre(*totaux(montants)) else "change"
    if nom == "budget":
        messages.warning(request, f"{demande} : budget enregistré. Il n'est pas encore équilibré.")
    else:
        messages.success(request, f"{demande} : budget enregistré.")
    return HttpResponseRedirect(reverse(f"admin:financements_demande_{nom}", args=[demande.pk]))


def _garder(demande: Demande, par: Any, montants: dict[str, Decimal]) -> None:
    with transaction.atomic():
        demande.budget.exclude(poste__in=montants).order_by().delete()
        for poste, montant in montants.items():
            demande.budget.update_or_create(poste=poste, defaults={"montant": montant})
        donnees = {"total": str(totaux(montants)[0])}
        MACHINE.consigner(demande, Contexte(par), "chiffrer", demande.etat, demande.etat, donnees)
