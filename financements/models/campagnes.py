"""Campaigns and scales: every rate, ceiling and date is a parameter, never a constant."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ecoles.models import Titre
from reseau.champs import ChampTaux, uuid7
from reseau.requetes import RequeteReferentiel


class Campagne(models.Model):
    """The requests of one year: when they may be made."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exercice = models.PositiveSmallIntegerField("exercice", unique=True)
    ouverte_du = models.DateField("ouverte du")
    ouverte_au = models.DateField("ouverte au")
    mois = models.PositiveSmallIntegerField("mois financés", default=10)
    parametres = models.JSONField("paramètres", default=dict, blank=True)

    objects = RequeteReferentiel["Campagne"].as_manager()

    class Meta:
        ordering = ("-exercice",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ouverte_au__gte=F("ouverte_du")),
                name="campagne_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
            models.CheckConstraint(condition=Q(mois__gte=1, mois__lte=12), name="campagne_mois"),
        )

    def __str__(self) -> str:
        return f"Campagne {self.exercice}"


class Bareme(models.Model):
    """What a learner-month is worth in a version of the scale; immutable once used (rates are copied).

    ``titre`` empty is the common rate; a row with a title wins over it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campagne = models.ForeignKey(Campagne, models.PROTECT, related_name="baremes")
    version = models.PositiveSmallIntegerField("version", default=1)
    titre = models.ForeignKey(
        Titre, models.PROTECT, null=True, blank=True, related_name="baremes", verbose_name="diplôme"
    )
    unitaire = ChampTaux("montant par jeune et par mois (€)")
    majoration = ChampTaux("supplément par jeune et par mois (€)", default=0)

    objects = RequeteReferentiel["Bareme"].as_manager()

    class Meta:
        verbose_name = "barème"
        ordering = ("campagne", "-version", "titre")
        constraints = (
            models.UniqueConstraint(
                fields=("campagne", "version", "titre"), name="bareme_unique", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(unitaire__gt=0, majoration__gte=0), name="bareme_montants_positifs"
            ),
        )

    def __str__(self) -> str:
        return f"{self.campagne}, barème v{self.version}"
