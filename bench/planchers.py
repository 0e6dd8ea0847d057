"""Floors: what Django costs when it does almost nothing, measured in the same run as the product."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render

from commandes.models import Commande
from financements.models import Demande
from reseau.models import Commune

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_not_required
def mot(_requete: HttpRequest) -> HttpResponse:
    """A view that answers a word."""
    return HttpResponse("bonjour")


@login_not_required
def une_requete(requete: HttpRequest) -> HttpResponse:
    """A page of 20 rows from one query."""
    return render(requete, "bench/une_requete.html", {"communes": Commune.objects.order_by("code")[:20]})


class ListeNue(admin.ModelAdmin):
    """A stock change list: 100 rows, one join, nothing of ours."""

    list_display = ("numero", "client", "intitule", "etat", "recue_le")
    list_select_related = ("client",)
    list_per_page = 100
    change_list_template = "admin/change_list.html"  # by its name alone Django would find the product's

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The floor asks no right: it measures the list alone."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Open."""
        return True


class ListeNueDemandes(ListeNue):
    """The same over the files of the funding."""

    list_display = ("numero", "ecole", "campagne", "etat", "montant_demande", "echeance_le")
    list_select_related = ("ecole", "campagne")


class SiteNu(admin.AdminSite):
    """A stock site, open to the account of the benchmark."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Open."""
        return True


SITE = SiteNu(name="plancher")
SITE.register(Commande, ListeNue)
SITE.register(Demande, ListeNueDemandes)
