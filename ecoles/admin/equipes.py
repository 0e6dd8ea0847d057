"""Who works in a school."""

from __future__ import annotations

from django.contrib import admin

from ecoles.models import MembreEquipe
from reseau.socle.portee import AdminPortee


@admin.register(MembreEquipe)
class MembreEquipeAdmin(AdminPortee):
    """Functions held, from day to day. A function ends by its last day; it is not deleted."""

    list_display = ("utilisateur", "fonction", "ecole", "du", "au")
    list_filter = ("fonction",)
    list_select_related = ("utilisateur", "ecole")
    search_fields = ("utilisateur__nom", "utilisateur__courriel", "ecole__nom")
    ordering = ("ecole", "utilisateur", "du")
    raw_id_fields = ("utilisateur", "ecole")
