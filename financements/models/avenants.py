"""Amendments of a decision: learner-months more or fewer, the same three persons, a signed ledger line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

from ecoles.models import Titre
from financements.models.decisions import Allocation, Engagement
from financements.models.declencheurs_avenants import (
    AVENANT_PAR_LA_PORTE,
    LIGNES_D_AVENANT_FIGEES,
    PORTER_AU_TOTAL,
    TAUX_DE_LA_DECISION,
)
from financements.natures import EtapeAvenant
from financements.requetes import RequeteParAllocation, RequeteParAvenant
from reseau.champs import ChampMontant, ChampTaux, uuid7
from reseau.models import Utilisateur
from reseau.models.protections import refus_de_vider

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# 999 learners during a whole year: a fifth digit is a slip of the keyboard.
MOIS_MAXIMAL = 9_990
_BORNES = (
    MinValueValidator(-MOIS_MAXIMAL, "Au plus 9 990 mois en moins."),
    MaxValueValidator(MOIS_MAXIMAL, "Au plus 9 990 mois en plus."),
)


class Avenant(models.Model):
    """A change of what was granted. ``montant`` (EUR, signed) is the sum of its lines, by trigger.

    It moves with the transitions of its file; ``engagement`` is its line in the ledger once granted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    allocation = models.ForeignKey(
        Allocation, models.PROTECT, related_name="avenants", verbose_name="décision"
    )
    rang = models.PositiveSmallIntegerField("numéro", editable=False)
    etape = models.CharField(
        "étape", max_length=9, choices=EtapeAvenant, default=EtapeAvenant.PREPARE, editable=False
    )
    motif = models.CharField("raison de l'avenant", max_length=500)
    renvoi = models.CharField("commentaire du renvoi", max_length=500, blank=True, editable=False)
    montant = ChampMontant("variation", default=0, editable=False)
    propose_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, editable=False, related_name="+")
    propose_le = models.DateTimeField("proposé le", null=True, editable=False)
    vise_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, editable=False, related_name="+")
    vise_le = models.DateTimeField("visé le", null=True, editable=False)
    accorde_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, editable=False, related_name="+")
    accorde_le = models.DateTimeField("accordé le", null=True, editable=False)
    engagement = models.OneToOneField(
        Engagement, models.PROTECT, null=True, editable=False, related_name="avenant"
    )
    cree_le = models.DateTimeField("préparé le", auto_now_add=True)

    objects = RequeteParAllocation["Avenant"].as_manager()

    if TYPE_CHECKING:
        lignes: RelatedManager[LigneAvenant]

    class Meta:
        verbose_name = "avenant"
        ordering = ("allocation", "rang")
        constraints = (
            models.UniqueConstraint(
                fields=("allocation", "rang"),
                name="avenant_rang_unique",
                violation_error_message="Un autre avenant vient d'être préparé : rouvrez le dossier.",
            ),
            models.UniqueConstraint(
                fields=("allocation",),
                condition=Q(etape__in=("prepare", "propose", "vise")),
                name="avenant_un_seul_ouvert",
                violation_error_message="Cette décision a déjà un avenant en cours.",
            ),
            models.CheckConstraint(
                condition=Q(etape__in=("prepare", "abandonne")) | (~Q(montant=0) & ~Q(motif="")),
                name="avenant_dit_quoi_et_pourquoi",
                violation_error_message="Un avenant change le montant, et dit pourquoi.",
            ),
            models.CheckConstraint(
                condition=~Q(etape__in=("propose", "vise", "accorde")) | Q(propose_par__isnull=False),
                name="avenant_propose_par",
            ),
            models.CheckConstraint(
                condition=~Q(etape__in=("vise", "accorde"))
                | Q(vise_par__isnull=False) & ~Q(vise_par=F("propose_par")),
                name="avenant_vise_par_une_autre",
                violation_error_message="Proposer et viser un avenant : deux personnes différentes.",
            ),
            models.CheckConstraint(
                condition=~Q(etape="accorde")
                | Q(accorde_par__isnull=False, accorde_le__isnull=False)
                & ~Q(accorde_par=F("propose_par"))
                & ~Q(accorde_par=F("vise_par")),
                name="avenant_trois_personnes",
                violation_error_message="Proposer, viser, accorder un avenant : trois personnes différentes.",
            ),
        )
        triggers = (AVENANT_PAR_LA_PORTE, refus_de_vider())

    def __str__(self) -> str:
        return f"Avenant n° {self.rang}"


class LigneAvenant(models.Model):
    """Learner-months of a title and a year, more or fewer, at the rates of the decision.

    ``mois`` and ``mois_majores`` are signed learner-months: three learners for four months are 12.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    avenant = models.ForeignKey(Avenant, models.PROTECT, related_name="lignes")
    titre = models.ForeignKey(Titre, models.PROTECT, related_name="+", verbose_name="diplôme")
    annee = models.PositiveSmallIntegerField("année du parcours", default=1)
    mois = models.IntegerField(
        "mois-élèves",
        validators=_BORNES,
        help_text="En plus, ou en moins avec le signe moins : 3 jeunes pendant 4 mois font 12.",
    )
    mois_majores = models.IntegerField("dont avec supplément", default=0, validators=_BORNES)
    unitaire = ChampTaux("par jeune et par mois (€)", default=0, editable=False)
    majoration = ChampTaux("supplément par mois (€)", default=0, editable=False)
    montant = models.GeneratedField(
        expression=Round(F("unitaire") * F("mois") + F("majoration") * F("mois_majores"), precision=2),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
        verbose_name="montant",
    )

    objects = RequeteParAvenant["LigneAvenant"].as_manager()

    class Meta:
        verbose_name = "ligne d'avenant"
        verbose_name_plural = "lignes d'avenant"
        ordering = ("avenant", "titre", "annee")
        constraints = (
            models.UniqueConstraint(
                fields=("avenant", "titre", "annee"),
                name="ligne_avenant_unique",
                violation_error_message="Ce diplôme et cette année ont déjà une ligne.",
            ),
            models.CheckConstraint(
                condition=Q(annee__gte=1, annee__lte=4),
                name="ligne_avenant_annee",
                violation_error_message="Année du parcours : de 1 à 4.",
            ),
            models.CheckConstraint(
                condition=~Q(mois=0, mois_majores=0)
                & Q(mois__gte=-MOIS_MAXIMAL, mois__lte=MOIS_MAXIMAL)
                & Q(mois_majores__gte=-MOIS_MAXIMAL, mois_majores__lte=MOIS_MAXIMAL),
                name="ligne_avenant_plausible",
                violation_error_message="Une ligne d'avenant ajoute ou retire des mois.",
            ),
        )
        triggers = (LIGNES_D_AVENANT_FIGEES, TAUX_DE_LA_DECISION, PORTER_AU_TOTAL, refus_de_vider())

    def __str__(self) -> str:
        return f"{self.titre}, année {self.annee}"
