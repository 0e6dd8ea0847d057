"""The lines of a request: learners of a title and a year, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

from ecoles.models import Titre
from financements.models.campagnes import Bareme
from financements.models.declencheurs import DECLENCHEURS_LIGNE
from financements.models.demandes import Demande
from financements.requetes import RequeteParDemande
from reseau.champs import ChampTaux, uuid7
from reseau.models.protections import refus_de_vider

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from financements.models.rapprochements import ApprenantCompte

# A school of this network has a hundred learners at most; a fourth digit is a slip of the keyboard.
EFFECTIF_MAXIMAL = 999
_AU_PLUS = MaxValueValidator(EFFECTIF_MAXIMAL, "Au plus %(limit_value)s jeunes sur une ligne.")
_POSITIF = MinValueValidator(0, "Un effectif ne peut pas être négatif.")


def _montant(effectif: str, supplements: str) -> Round:
    """SQL of an amount: learners x months x rate, plus supplements; half up to the cent, as in Python.

    The rate comes first: smallint times smallint would overflow before it met a decimal.
    """
    base = F("unitaire") * F(effectif) * F("mois")
    return Round(base + F("majoration") * F(supplements) * F("mois"), precision=2)


class LigneEffectif(models.Model):
    """Learners of a title and a year, for how many months, at what rate; amounts are the database's.

    Learner-months are counted: the two ``effectif_*`` are learners, ``mois`` the months of each.
    Rates are copied from the scale (EUR per learner-month), so a used scale never needs to change.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demande = models.ForeignKey(Demande, models.CASCADE, related_name="lignes")
    titre = models.ForeignKey(Titre, models.PROTECT, related_name="lignes_effectif", verbose_name="diplôme")
    annee = models.PositiveSmallIntegerField("année du parcours", default=1)
    mois = models.PositiveSmallIntegerField("mois", default=10)
    effectif_demande = models.PositiveSmallIntegerField("effectif demandé", validators=[_POSITIF, _AU_PLUS])
    majorations_demandees = models.PositiveSmallIntegerField(
        "dont avec supplément", default=0, validators=[_POSITIF, _AU_PLUS]
    )
    effectif_retenu = models.PositiveSmallIntegerField(
        "effectif retenu", null=True, blank=True, validators=[_POSITIF, _AU_PLUS]
    )
    nb_majorations = models.PositiveSmallIntegerField(
        "suppléments retenus", default=0, validators=[_POSITIF, _AU_PLUS]
    )
    motif = models.CharField("raison de l'écart", max_length=300, blank=True)
    bareme = models.ForeignKey(
        Bareme, models.PROTECT, null=True, related_name="lignes", editable=False, verbose_name="barème"
    )
    unitaire = ChampTaux("par jeune et par mois (€)", default=0, editable=False)
    majoration = ChampTaux("supplément par mois (€)", default=0, editable=False)
    montant_demande = models.GeneratedField(
        expression=_montant("effectif_demande", "majorations_demandees"),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
        verbose_name="montant demandé",
    )
    montant_retenu = models.GeneratedField(
        expression=_montant("effectif_retenu", "nb_majorations"),
        output_field=models.DecimalField(max_digits=14, decimal_places=2, null=True),
        db_persist=True,
        verbose_name="montant retenu",
    )

    objects = RequeteParDemande["LigneEffectif"].as_manager()

    if TYPE_CHECKING:
        comptes: RelatedManager[ApprenantCompte]

    class Meta:
        verbose_name = "ligne d'effectif"
        verbose_name_plural = "lignes d'effectif"
        ordering = ("demande", "titre", "annee")
        constraints = (
            models.UniqueConstraint(
                fields=("demande", "titre", "annee"),
                name="ligne_effectif_unique",
                violation_error_message="Ce diplôme et cette année ont déjà une ligne.",
            ),
            models.CheckConstraint(
                condition=Q(mois__gte=1, mois__lte=12),
                name="ligne_effectif_mois",
                violation_error_message="Entre 1 et 12 mois.",
            ),
            models.CheckConstraint(
                condition=Q(annee__gte=1, annee__lte=4),
                name="ligne_effectif_annee",
                violation_error_message="Année du parcours : de 1 à 4.",
            ),
            models.CheckConstraint(
                condition=Q(effectif_demande__lte=EFFECTIF_MAXIMAL),
                name="ligne_effectif_plausible",
                violation_error_message="Au plus 999 jeunes sur une ligne.",
            ),
            models.CheckConstraint(
                condition=Q(effectif_retenu__isnull=True) | Q(effectif_retenu__lte=EFFECTIF_MAXIMAL),
                name="ligne_retenu_plausible",
                violation_error_message="Au plus 999 jeunes sur une ligne.",
            ),
            models.CheckConstraint(
                condition=Q(majorations_demandees__lte=F("effectif_demande")),
                name="ligne_majorations_demandees",
                violation_error_message="Il y a plus de suppléments que de jeunes.",
            ),
            models.CheckConstraint(
                condition=Q(effectif_retenu__isnull=True)
                | Q(effectif_retenu__lte=F("effectif_demande"))
                | ~Q(motif=""),
                name="ligne_retenu_ou_motif",
                violation_error_message="Un effectif retenu au-dessus de la demande a une raison écrite.",
            ),
            models.CheckConstraint(
                condition=Q(effectif_retenu__isnull=True, nb_majorations=0)
                | Q(effectif_retenu__isnull=False, nb_majorations__lte=F("effectif_retenu")),
                name="ligne_majorations_retenues",
                violation_error_message="Il y a plus de suppléments que de jeunes retenus.",
            ),
        )
        triggers = (*DECLENCHEURS_LIGNE, refus_de_vider())

    def __str__(self) -> str:
        return f"{self.titre}, année {self.annee}"
