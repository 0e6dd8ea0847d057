"""The bounds of a campaign's parameters, each with its sentence."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

BORNES = (
    models.CheckConstraint(
        condition=Q(ouverte_au__gte=F("ouverte_du")),
        name="campagne_dates",
        violation_error_message="La fin ne peut pas précéder le début.",
    ),
    models.CheckConstraint(
        condition=Q(mois__gte=1, mois__lte=12),
        name="campagne_mois",
        violation_error_message="Les mois financés : de 1 à 12.",
    ),
    models.CheckConstraint(
        condition=Q(exercice__gte=2024, exercice__lte=2099),
        name="campagne_exercice",
        violation_error_message="L'exercice est une année, de 2024 à 2099.",
    ),
    models.CheckConstraint(
        condition=Q(seuil_convention__gte=0),
        name="campagne_seuil_convention",
        violation_error_message="Un seuil ne peut pas être négatif.",
    ),
    models.CheckConstraint(
        condition=Q(delai_complement__gte=1, delai_complement__lte=120),
        name="campagne_delai_complement",
        violation_error_message="Le délai va de 1 à 120 jours ouvrés.",
    ),
    models.CheckConstraint(
        condition=Q(delai_reversement__isnull=True) | Q(delai_reversement__gte=1, delai_reversement__lte=365),
        name="campagne_delai_reversement",
        violation_error_message="Le délai pour rendre une somme va de 1 à 365 jours.",
    ),
    models.CheckConstraint(
        condition=Q(delai_convention__gte=1, delai_convention__lte=120),
        name="campagne_delai_convention",
        violation_error_message="Le délai pour signer va de 1 à 120 jours ouvrés.",
    ),
)
