"""What holds on a day: rows with ``du`` and ``au``, both inclusive, Paris dates; no ``au`` is no end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import DateRangeField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q

if TYPE_CHECKING:
    from datetime import date

    from django.db.models.expressions import Combinable


def en_cours(jour: date | Combinable) -> Q:
    """Rows with ``du``/``au`` (both inclusive, Paris dates) that hold on ``jour``, or that expression."""
    return Q(du__lte=jour) & (Q(au__isnull=True) | Q(au__gte=jour))


def tient_le(ligne: Any, jour: date) -> bool:
    """Whether a row already read holds on ``jour``: the twin of :func:`en_cours`."""
    return bool(ligne.du <= jour and (ligne.au is None or jour <= ligne.au))


def periode() -> Func:
    """The SQL range of ``du``..``au``, both inclusive, for exclusion constraints."""
    return Func(F("du"), F("au"), models.Value("[]"), function="daterange", output_field=DateRangeField())


def refuser_les_dates_inversees(ligne: Any) -> None:
    """Refuse, at the field ``au``, a row that ends before it begins.

    To be called by ``clean``: the database would otherwise be asked for the range itself, and fail.
    """
    if ligne.du and ligne.au and ligne.au < ligne.du:
        raise ValidationError({"au": "La fin ne peut pas précéder le début."})
