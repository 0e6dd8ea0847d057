"""Communes, read; the file that says their employment basins is imported here."""

from __future__ import annotations

from django.contrib import admin

from ecoles.ressources import RessourceBassins
from reseau.admin.imports import AvecImport
from reseau.admin.recherche import RechercheRepliee
from reseau.models import Commune


@admin.register(Commune)
class CommuneAdmin(RechercheRepliee, AvecImport):
    """Reference data: nothing is typed, the basins come from a file."""

    ressource = RessourceBassins

    list_display = ("nom", "code", "departement", "nom_bassin")
    list_select_related = ("departement",)
    search_help_text = "Nom de la commune, avec ou sans accents."
    ordering = ("recherche", "code")
    fields = readonly_fields = ("nom", "code", "departement", "nom_bassin", "code_bassin", "population")
