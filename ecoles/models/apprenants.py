"""Learners and their enrolments. Status: statut scolaire; never apprenti, salarié or stagiaire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from ecoles.models.ecoles import Ecole
from ecoles.models.titres import Titre
from ecoles.regles import age_le
from ecoles.requetes import RequeteApprenants, RequeteParApprenant
from reseau.champs import uuid7
from reseau.models import periode

if TYPE_CHECKING:
    from datetime import date

    from django.db.models.fields.related_descriptors import RelatedManager

    from ecoles.models.securite import AvisAptitude, FormationSecurite


class Apprenant(models.Model):
    """A learner of one school. Identities never leave the staff of that school."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="apprenants")
    prenom = models.CharField("prénom", max_length=60)
    nom = models.CharField("nom", max_length=60)
    ne_le = models.DateField("né ou née le")
    anonyme_le = models.DateField("rendu anonyme le", null=True, editable=False)

    objects = RequeteApprenants["Apprenant"].as_manager()

    if TYPE_CHECKING:
        inscriptions: RelatedManager[Inscription]
        avis: RelatedManager[AvisAptitude]
        formations: RelatedManager[FormationSecurite]

    class Meta:
        verbose_name = "jeune"
        verbose_name_plural = "jeunes"
        ordering = ("nom", "prenom", "id")

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}"

    def age_le(self, jour: date) -> int:
        """Return the age in full years on ``jour``; born on 29 February, one ages on 1 March."""
        return age_le(self.ne_le, jour)


class Inscription(models.Model):
    """A learner taught a title, from day to day inclusive; one at a time."""

    class Sortie(models.TextChoices):
        DIPLOME = "diplome", "diplôme obtenu"
        ABANDON = "abandon", "départ en cours de parcours"
        TRANSFERT = "transfert", "changement d'école"
        AUTRE = "autre", "autre raison"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    apprenant = models.ForeignKey(Apprenant, models.PROTECT, related_name="inscriptions")
    titre = models.ForeignKey(Titre, models.PROTECT, related_name="inscriptions")
    du = models.DateField("du")
    au = models.DateField("au", null=True, blank=True)
    motif_sortie = models.CharField("raison de la sortie", max_length=10, choices=Sortie, blank=True)

    objects = RequeteParApprenant["Inscription"].as_manager()

    class Meta:
        ordering = ("apprenant", "du")
        constraints = (
            models.CheckConstraint(
                condition=Q(au__isnull=True) | Q(au__gte=F("du")),
                name="inscription_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
            models.CheckConstraint(
                condition=Q(au__isnull=True, motif_sortie="") | Q(au__isnull=False) & ~Q(motif_sortie=""),
                name="inscription_sortie_motivee",
                violation_error_message="Une sortie a une date et une raison.",
            ),
            ExclusionConstraint(
                name="inscription_une_seule",
                expressions=(("apprenant", RangeOperators.EQUAL), (periode(), RangeOperators.OVERLAPS)),
                violation_error_message="Ce jeune est déjà inscrit à ces dates.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.titre}, depuis le {self.du:%d/%m/%Y}"
