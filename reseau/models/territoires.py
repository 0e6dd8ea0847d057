"""Territories: regions, departements, communes, and the State service of each region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from reseau.champs import ChampSiret
from reseau.models.recherche import declencheur_recherche
from reseau.requetes import RequeteReferentiel

if TYPE_CHECKING:
    import pgtrigger


class Region(models.Model):
    """A region of France, by its INSEE code ("84")."""

    class Zone(models.TextChoices):
        METRO = "metro", "Hexagone et Corse"
        DROM = "drom", "Outre-mer"

    code = models.CharField("code INSEE", max_length=2, primary_key=True)
    nom = models.CharField("nom", max_length=60, unique=True)
    slug = models.SlugField("adresse", max_length=60, unique=True)
    zone = models.CharField("zone", max_length=5, choices=Zone)

    objects = RequeteReferentiel["Region"].as_manager()

    class Meta:
        verbose_name = "région"
        ordering = ("nom",)

    def __str__(self) -> str:
        return self.nom


class ServiceRegional(models.Model):
    """The State service that reviews the funding of a region: DREETS, DRIEETS or DEETS."""

    region = models.OneToOneField(
        Region, models.PROTECT, primary_key=True, related_name="service", verbose_name="région"
    )
    sigle = models.CharField("sigle", max_length=10)
    nom = models.CharField("nom", max_length=80)
    siret = ChampSiret(
        "SIRET",
        blank=True,
        default="",
        db_default="",
        help_text="Publié avec les subventions : sans lui, aucune décision ne se notifie.",
    )

    objects = RequeteReferentiel["ServiceRegional"].as_manager()

    class Meta:
        verbose_name = "service régional"
        verbose_name_plural = "services régionaux"
        ordering = ("nom",)

    def __str__(self) -> str:
        return self.nom


class Departement(models.Model):
    """A departement ("01", "2A", "974") with its académie."""

    code = models.CharField("code", max_length=3, primary_key=True)
    nom = models.CharField("nom", max_length=60)
    region = models.ForeignKey(Region, models.PROTECT, related_name="departements")
    academie_code = models.CharField("code de l'académie", max_length=2)
    academie = models.CharField("académie", max_length=40)

    objects = RequeteReferentiel["Departement"].as_manager()

    class Meta:
        verbose_name = "département"
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.nom} ({self.code})"


class Commune(models.Model):
    """A commune or municipal district of 2026, with a point and where that point comes from."""

    class Precision(models.TextChoices):
        COMMUNE = "commune", "point de la commune"
        CODE_POSTAL = "code_postal", "moyenne du code postal"
        ARRONDISSEMENT = "arrondissement", "moyenne des arrondissements"

    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    nom = models.CharField("nom", max_length=60)
    departement = models.ForeignKey(
        Departement, models.PROTECT, related_name="communes", verbose_name="département"
    )
    codes_postaux = ArrayField(models.CharField(max_length=5), verbose_name="codes postaux")
    population = models.PositiveIntegerField("population")
    latitude = models.DecimalField("latitude", max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField("longitude", max_digits=8, decimal_places=5, null=True)
    precision = models.CharField("origine du point", max_length=14, choices=Precision, blank=True)
    # The employment basin, once the administrator imported the file that says it.
    code_bassin = models.CharField(
        "code du bassin d'emploi", max_length=10, blank=True, default="", db_default=""
    )
    nom_bassin = models.CharField("bassin d'emploi", max_length=80, blank=True, default="", db_default="")
    recherche = models.TextField("texte de recherche", editable=False, default="")

    objects = RequeteReferentiel["Commune"].as_manager()

    class Meta:
        ordering = ("nom", "code")
        indexes = (
            GinIndex(fields=["recherche"], name="commune_recherche", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["codes_postaux"], name="commune_codes_postaux"),
            models.Index(fields=["recherche"], name="commune_prefixe", opclasses=["text_pattern_ops"]),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(code_bassin="", nom_bassin="")
                | (~models.Q(code_bassin="") & ~models.Q(nom_bassin="")),
                name="commune_bassin_nomme",
                violation_error_message="Un bassin d'emploi a un code et un nom.",
            ),
        )
        triggers = (declencheur_recherche("nom"),)

    def __str__(self) -> str:
        return f"{self.nom} ({self.departement_id})"


class AncienneCommune(models.Model):
    """A commune that merged: its old name and code, and the commune that holds it today.

    An office still types the old name; the import proposes the new one and asks, never guesses.
    """

    code = models.CharField("ancien code INSEE", max_length=5, primary_key=True)
    nom = models.CharField("ancien nom", max_length=60)
    departement = models.ForeignKey(Departement, models.PROTECT, related_name="anciennes_communes")
    commune = models.ForeignKey(Commune, models.CASCADE, related_name="anciennes")
    recherche = models.TextField("texte de recherche", editable=False, default="")

    objects = RequeteReferentiel["AncienneCommune"].as_manager()

    class Meta:
        verbose_name = "ancienne commune"
        verbose_name_plural = "anciennes communes"
        ordering = ("nom", "code")
        indexes = (models.Index(fields=["recherche"], name="ancienne_commune_recherche"),)
        triggers: tuple[pgtrigger.Trigger, ...] = (declencheur_recherche("nom"),)

    def __str__(self) -> str:
        return f"{self.nom} ({self.departement_id})"
