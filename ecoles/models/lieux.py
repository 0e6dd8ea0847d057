"""Where a school teaches: its sites, their workshops, the machines in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from ecoles.models.ecoles import Ecole
from ecoles.requetes import RequeteDeLAtelier, RequeteDeLEcole, RequeteDuSite
from reseau.champs import uuid7
from reseau.models import Commune

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Site(models.Model):
    """An address where the school receives learners; one at most is the principal one."""

    class Precision(models.TextChoices):
        NUMERO = "numero", "au numéro"
        RUE = "rue", "à la rue"
        COMMUNE = "commune", "à la commune"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="sites", verbose_name="école")
    nom = models.CharField("nom", max_length=100)
    principal = models.BooleanField("site principal", default=False)
    adresse = models.CharField("adresse", max_length=200, blank=True)
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="sites")
    latitude = models.DecimalField("latitude", max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField("longitude", max_digits=8, decimal_places=5, null=True, blank=True)
    precision = models.CharField("précision du point", max_length=7, choices=Precision, blank=True)

    objects = RequeteDeLEcole["Site"].as_manager()

    if TYPE_CHECKING:
        ateliers: RelatedManager[Atelier]

    class Meta:
        ordering = ("ecole", "-principal", "nom", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("ecole",),
                condition=Q(principal=True),
                name="site_un_seul_principal",
                violation_error_message="L'école a déjà un site principal.",
            ),
            models.UniqueConstraint(
                fields=("ecole", "nom"),
                name="site_nom_unique",
                violation_error_message="L'école a déjà un site de ce nom.",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True, precision="")
                | Q(latitude__isnull=False, longitude__isnull=False) & ~Q(precision=""),
                name="site_point_complet",
                violation_error_message="Un point a une latitude, une longitude et une précision.",
            ),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180))
                | Q(latitude__isnull=True),
                name="site_point_sur_terre",
                violation_error_message="La latitude va de -90 à 90, la longitude de -180 à 180.",
            ),
        )

    def __str__(self) -> str:
        return self.nom


class Atelier(models.Model):
    """A workshop of a site."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    site = models.ForeignKey(Site, models.PROTECT, related_name="ateliers")
    nom = models.CharField("nom", max_length=100)
    surface = models.PositiveSmallIntegerField("surface (m²)", null=True, blank=True)

    objects = RequeteDuSite["Atelier"].as_manager()

    if TYPE_CHECKING:
        machines: RelatedManager[Machine]

    class Meta:
        ordering = ("site", "nom", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("site", "nom"),
                name="atelier_nom_unique",
                violation_error_message="Ce site a déjà un atelier de ce nom.",
            ),
        )

    def __str__(self) -> str:
        return self.nom


class Machine(models.Model):
    """A machine of a workshop, and the regulated works that using it involves (D4153-15 and following)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    atelier = models.ForeignKey(Atelier, models.PROTECT, related_name="machines")
    designation = models.CharField("désignation", max_length=120)
    repere = models.CharField(
        "repère", max_length=20, blank=True, help_text="Le numéro peint sur la machine."
    )
    travaux = models.ManyToManyField(
        "ecoles.TravailReglemente",
        related_name="machines",
        blank=True,
        verbose_name="machines et travaux dangereux",
    )

    objects = RequeteDeLAtelier["Machine"].as_manager()

    class Meta:
        ordering = ("atelier", "designation", "repere", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("atelier", "repere"),
                condition=~Q(repere=""),
                name="machine_repere_unique",
                violation_error_message="Une autre machine de cet atelier a ce repère.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.designation} {self.repere}".strip()
