"""Who works in a school."""

from __future__ import annotations

from django.contrib import admin

from ecoles.admin.histoire import AvecHistoireDeLEcole
from ecoles.admin.imports import AvecImportDEcole
from ecoles.exports import EXPORT_EQUIPES
from ecoles.models import MembreEquipe
from ecoles.ressources import RessourceEquipes
from reseau.admin.comptes import AdminAffectation
from reseau.admin.exports import AvecExport


@admin.register(MembreEquipe)
class MembreEquipeAdmin(AvecHistoireDeLEcole, AvecExport, AvecImportDEcole, AdminAffectation):
    """Functions held, from day to day: a function of a school opens its learners, nobody takes it herself."""

    export = EXPORT_EQUIPES
    ressource = RessourceEquipes

    list_display = ("utilisateur", "fonction", "ecole", "du", "au")
    list_filter = ("fonction",)
    list_select_related = ("utilisateur", "ecole")
    search_fields = ("utilisateur__nom", "utilisateur__courriel", "ecole__nom")
    ordering = ("ecole", "utilisateur", "du")
    fields = ("utilisateur", "ecole", "fonction", "du", "au")
    fixes = ("utilisateur", "ecole", "fonction", "du")
    raw_id_fields = ("utilisateur", "ecole")
