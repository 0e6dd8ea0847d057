"""Search in the admin: without accents, on the folded column that the database keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Q, QuerySet

from reseau.requetes import plier

if TYPE_CHECKING:
    from django.http import HttpRequest


class RechercheRepliee(admin.ModelAdmin[Any]):
    """Every word typed must be in the row's ``recherche`` column: one trigram index serves them all."""

    search_fields = ("recherche",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Keep the rows that hold every folded word; no duplicate is possible."""
        mots = plier(search_term).split()
        return queryset.filter(*(Q(recherche__contains=mot) for mot in mots)), False
