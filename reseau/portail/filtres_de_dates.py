"""Dates in templates: Django has no "1er", and its "j F Y" writes "1 janvier"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from reseau.nombres import montrer_date, montrer_instant

if TYPE_CHECKING:
    from datetime import date, datetime

register = template.Library()


@register.filter
def jour(valeur: date) -> str:
    """Print "1er janvier 2026"."""
    return montrer_date(valeur)


@register.filter
def instant(valeur: datetime) -> str:
    """Print "1er janvier 2026 à 9 h 05", Paris time."""
    return montrer_instant(valeur)
