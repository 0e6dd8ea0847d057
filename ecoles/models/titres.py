"""Trades, titles and blocs of competences: reference data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from reseau.requetes import RequeteReferentiel

if TYPE_CHECKING:
    from datetime import date

    from django.db.models.fields.related_descriptors import RelatedManager


class Filiere(models.Model):
    """One of the six trades of the network; the screens say "métier"."""

    code = models.CharField("code", max_length=15, primary_key=True)
    nom = models.CharField("nom", max_length=40, unique=True)
    description = models.TextField("description")
    part_reseau = models.PositiveSmallIntegerField("part dans le réseau en 2025 (%)", null=True)
    rang = models.PositiveSmallIntegerField("rang", default=0)

    objects = RequeteReferentiel["Filiere"].as_manager()

    class Meta:
        verbose_name = "métier"
        ordering = ("rang", "nom")

    def __str__(self) -> str:
        return self.nom


class Titre(models.Model):
    """A diploma, by its CFD code. Titles close and are replaced; RNCP codes are imported, never guessed."""

    class Type(models.TextChoices):
        CAP = "CAP", "CAP"
        CAPA = "CAPA", "CAP agricole"
        BAC_PRO = "BAC_PRO", "bac pro"

    code_cfd = models.CharField("code CFD", max_length=8, primary_key=True)
    code_rncp = models.CharField("code RNCP", max_length=10, blank=True)
    intitule = models.CharField("intitulé", max_length=200)
    type = models.CharField("type", max_length=7, choices=Type)
    niveau = models.PositiveSmallIntegerField("niveau", choices=((3, "CAP"), (4, "bac pro")))
    filiere = models.ForeignKey(Filiere, models.PROTECT, related_name="titres")
    duree_mois = models.PositiveSmallIntegerField("durée (mois)")
    ferme_le = models.DateField("fermé le", null=True, blank=True)
    remplace_par = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="remplace")
    source = models.CharField("source", max_length=400, blank=True)

    objects = RequeteReferentiel["Titre"].as_manager()

    if TYPE_CHECKING:
        blocs: RelatedManager[BlocCompetences]

    class Meta:
        verbose_name = "diplôme"
        ordering = ("niveau", "intitule", "code_cfd")
        constraints = (models.CheckConstraint(condition=Q(niveau__in=(3, 4)), name="titre_niveau_3_ou_4"),)

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.intitule}"

    def ouvert_le(self, jour: date) -> bool:
        """Whether somebody may be taught this title on ``jour`` (its closing day included)."""
        return self.ferme_le is None or jour <= self.ferme_le


class BlocCompetences(models.Model):
    """A bloc of a title ("BC02 Usiner"). Fictional ones belong to the demonstration."""

    id = models.BigAutoField(primary_key=True)
    titre = models.ForeignKey(Titre, models.CASCADE, related_name="blocs")
    code = models.CharField("code", max_length=10)
    intitule = models.CharField("intitulé", max_length=200)
    fictif = models.BooleanField("fictif", default=False)

    objects = RequeteReferentiel["BlocCompetences"].as_manager()

    class Meta:
        verbose_name = "bloc de compétences"
        verbose_name_plural = "blocs de compétences"
        ordering = ("titre", "code")
        constraints = (models.UniqueConstraint(fields=("titre", "code"), name="bloc_unique"),)

    def __str__(self) -> str:
        return f"{self.code} {self.intitule}"
