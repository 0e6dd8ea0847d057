"""Clients of a school."""

from __future__ import annotations

from django.contrib import admin

from commandes.admin.formulaires import FormulaireClient
from commandes.models import Client
from ecoles.admin.base import AdminDeLEcole
from reseau.admin.recherche import RechercheRepliee


@admin.register(Client)
class ClientAdmin(RechercheRepliee, AdminDeLEcole):
    """Firms, public bodies, associations, persons."""

    form = FormulaireClient
    list_display = ("nom", "nature", "ville", "siret")
    list_filter = ("nature",)
    ordering = ("nom", "id")
    fieldsets = (
        (None, {"fields": ("ecole", "nom", "nature", "siret")}),
        ("Adresse", {"fields": ("adresse", "code_postal", "ville")}),
        ("Joindre", {"fields": ("telephone", "courriel")}),
    )
