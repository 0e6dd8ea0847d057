"""Orders of this month, of last month: the two questions that a school asks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin

from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


def mois_de(jour: date) -> tuple[date, date]:
    """Return the first and the last day of the month of ``jour``."""
    suivant = (jour.replace(day=28) + timedelta(days=4)).replace(day=1)
    return jour.replace(day=1), suivant - timedelta(days=1)


class Periode(admin.SimpleListFilter):
    """A month of reception."""

    title = "reçue"
    parameter_name = "recue"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        """Choices, in the words of the school."""
        return [("ce-mois", "ce mois-ci"), ("mois-dernier", "le mois dernier"), ("annee", "cette année")]

    def bornes(self) -> tuple[date, date] | None:
        """First and last day of what was chosen."""
        jour = aujourdhui()
        debut, fin = mois_de(jour)
        choix = {
            "ce-mois": (debut, fin),
            "mois-dernier": mois_de(debut - timedelta(days=1)),
            "annee": (date(jour.year, 1, 1), date(jour.year, 12, 31)),
        }
        return choix.get(self.value() or "")

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the orders of the period."""
        bornes = self.bornes()
        return queryset.filter(recue_le__range=bornes) if bornes else queryset
