"""Reference data: diplomas, their blocs, the trades."""

from __future__ import annotations

from django.contrib import admin

from ecoles.exports import EXPORT_TITRES
from ecoles.models import BlocCompetences, Filiere, Titre
from ecoles.ressources import RessourceTitres
from reseau.admin.exports import AvecExport
from reseau.admin.imports import AvecImport
from reseau.socle.portee import AdminPortee, InlinePortee


class BlocInline(InlinePortee):
    """Blocs of a diploma."""

    model = BlocCompetences
    fields = ("code", "intitule", "fictif")


@admin.register(Titre)
class TitreAdmin(AvecExport, AvecImport):
    """Diplomas."""

    export = EXPORT_TITRES
    ressource = RessourceTitres

    list_display = ("intitule", "type", "filiere", "duree_mois", "ferme_le", "code_rncp")
    list_filter = ("niveau", "filiere")
    list_select_related = ("filiere",)
    search_fields = ("intitule", "code_cfd", "code_rncp")
    ordering = ("niveau", "intitule", "code_cfd")
    inlines = (BlocInline,)


@admin.register(Filiere)
class FiliereAdmin(AdminPortee):
    """Trades."""

    list_display = ("nom", "description", "part_reseau")
    ordering = ("rang", "nom")
