"""What an envelope would become: several scenarios, compared before any of them is applied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from financements.models.declencheurs_simulations import (
    LIGNE_DE_SA_SIMULATION,
    PORTER_A_LA_VERSION,
    SIMULATION_APPLIQUEE,
)
from financements.models.enveloppes import Enveloppe
from financements.models.lignes import EFFECTIF_MAXIMAL, LigneEffectif
from financements.natures import DepartSimulation
from financements.requetes import RequeteParEnveloppe, RequeteParSimulation
from reseau.champs import uuid7
from reseau.models import Utilisateur
from reseau.models.protections import refus_de_vider

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

_AU_PLUS = MaxValueValidator(EFFECTIF_MAXIMAL, "Au plus %(limit_value)s jeunes sur une ligne.")
_POSITIF = MinValueValidator(0, "Un effectif ne peut pas être négatif.")


class Simulation(models.Model):
    """A scenario on one envelope: how many learners it would retain of each request under review.

    No amount is stored: amounts follow the scale of the day. Applied, it never changes again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enveloppe = models.ForeignKey(
        Enveloppe, models.PROTECT, related_name="simulations", verbose_name="enveloppe"
    )
    nom = models.CharField("nom", max_length=60)
    depart = models.CharField(
        "point de départ",
        max_length=8,
        choices=DepartSimulation,
        default=DepartSimulation.DEMANDE,
        help_text="Vous pourrez changer chaque effectif ensuite.",
    )
    part = models.PositiveSmallIntegerField(
        "part retenue (%)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Pour « la même part pour tous », de 1 à 100.",
    )
    motif = models.CharField(
        "raison des écarts",
        max_length=300,
        blank=True,
        help_text="Écrite sur chaque ligne qui n'a pas la sienne. L'école la lit.",
    )
    creee_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+", editable=False)
    creee_le = models.DateTimeField("créée le", auto_now_add=True)
    appliquee_par = models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, related_name="+", editable=False
    )
    appliquee_le = models.DateTimeField("appliquée le", null=True, editable=False)
    version = models.PositiveIntegerField("version", default=1, editable=False)

    objects = RequeteParEnveloppe["Simulation"].as_manager()

    if TYPE_CHECKING:
        lignes: RelatedManager[LigneSimulee]

    class Meta:
        verbose_name = "simulation"
        ordering = ("enveloppe", "creee_le", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("enveloppe", "nom"),
                name="simulation_nom_unique",
                violation_error_message="Cette enveloppe a déjà une simulation de ce nom.",
            ),
            models.CheckConstraint(
                condition=Q(part__isnull=True) | Q(part__gte=1, part__lte=100),
                name="simulation_part",
                violation_error_message="Une part va de 1 à 100 %%.",
            ),
            models.CheckConstraint(
                condition=~Q(depart=DepartSimulation.PART) | Q(part__isnull=False),
                name="simulation_part_dite",
                violation_error_message="Indiquez la part retenue.",
            ),
            models.CheckConstraint(
                condition=Q(appliquee_le__isnull=True, appliquee_par__isnull=True)
                | Q(appliquee_le__isnull=False, appliquee_par__isnull=False),
                name="simulation_appliquee_entiere",
            ),
        )
        triggers = (SIMULATION_APPLIQUEE, refus_de_vider())

    def __str__(self) -> str:
        return self.nom


class LigneSimulee(models.Model):
    """Learners that a scenario would retain of one line of a request."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    simulation = models.ForeignKey(Simulation, models.CASCADE, related_name="lignes")
    ligne = models.ForeignKey(
        LigneEffectif, models.CASCADE, related_name="simulations", editable=False, verbose_name="ligne"
    )
    effectif = models.PositiveSmallIntegerField("effectif envisagé", validators=[_POSITIF, _AU_PLUS])
    nb_majorations = models.PositiveSmallIntegerField(
        "suppléments envisagés", default=0, validators=[_POSITIF, _AU_PLUS]
    )
    motif = models.CharField("raison de l'écart", max_length=300, blank=True)

    objects = RequeteParSimulation["LigneSimulee"].as_manager()

    class Meta:
        verbose_name = "ligne simulée"
        verbose_name_plural = "lignes simulées"
        ordering = ("simulation", "ligne")
        constraints = (
            models.UniqueConstraint(fields=("simulation", "ligne"), name="ligne_simulee_unique"),
            models.CheckConstraint(
                condition=Q(effectif__lte=EFFECTIF_MAXIMAL),
                name="ligne_simulee_plausible",
                violation_error_message="Au plus 999 jeunes sur une ligne.",
            ),
            models.CheckConstraint(
                condition=Q(nb_majorations__lte=F("effectif")),
                name="ligne_simulee_majorations",
                violation_error_message="Il y a plus de suppléments que de jeunes.",
            ),
        )
        triggers = (LIGNE_DE_SA_SIMULATION, PORTER_A_LA_VERSION, refus_de_vider())

    def __str__(self) -> str:
        return "ligne simulée"
