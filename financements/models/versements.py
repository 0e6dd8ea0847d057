"""The money that goes out and comes back: schedule, payments, recoveries. The tool never pays.

A payment is the line that a liquidateur records of what Chorus does; ledgers are append-only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q

from financements.models.decisions import Allocation
from financements.models.declencheurs_reprises import DE_LA_DECISION, repris_par_la_porte
from financements.models.declencheurs_versements import (
    PAIEMENT_AU_COMPTEUR,
    PAIEMENT_EN_REGLE,
    REVERSEMENT_EN_REGLE,
    TRANCHE_PAR_LA_PORTE,
    echeancier_entier,
)
from financements.models.demandes import DP_ILLISIBLE, MOTIF_DP, MOTIF_EJ
from financements.models.enveloppes import Enveloppe
from financements.natures import LONGUEUR_DE_LA_REMISE, NatureTranche, Origine
from financements.requetes import RequeteParAllocation
from reseau.champs import ChampMontant, uuid7
from reseau.models import Utilisateur
from reseau.models.protections import ajout_seul, refus_de_vider

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Tranche(models.Model):
    """A part of what is committed, when it is due, and whether the work must be found done before."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="tranches")
    rang = models.PositiveSmallIntegerField("rang")
    nature = models.CharField("nature", max_length=7, choices=NatureTranche)
    montant = ChampMontant("montant")
    prevue_le = models.DateField("à payer à partir du")
    service_fait = models.BooleanField("service fait demandé", default=False)

    objects = RequeteParAllocation["Tranche"].as_manager()

    if TYPE_CHECKING:
        paiements: RelatedManager[Paiement]

    class Meta:
        verbose_name = "tranche"
        ordering = ("allocation", "rang")
        constraints = (
            models.UniqueConstraint(fields=("allocation", "rang"), name="tranche_rang_unique"),
            models.CheckConstraint(condition=Q(montant__gte=0), name="tranche_montant"),
        )
        triggers = (
            TRANCHE_PAR_LA_PORTE,
            echeancier_entier(pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.rang}"


class Paiement(models.Model):
    """A line of the ledger of payments. ``cle`` makes it idempotent: pressed five times, written once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cle = models.UUIDField("clé de l'envoi", unique=True)
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="paiements")
    tranche = models.ForeignKey(Tranche, models.PROTECT, null=True, related_name="paiements")
    enveloppe = models.ForeignKey(Enveloppe, models.PROTECT, related_name="paiements")
    montant = ChampMontant("montant")
    paye_le = models.DateField("payé le")
    numero_ej = models.CharField("numéro d'engagement juridique", max_length=10)
    numero_dp = models.CharField("numéro de demande de paiement", max_length=20, blank=True)
    origine = models.CharField("origine", max_length=7, choices=Origine, default=Origine.OUTIL)
    saisi_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+")
    saisi_le = models.DateTimeField("saisi le", auto_now_add=True)

    objects = RequeteParAllocation["Paiement"].as_manager()

    class Meta:
        verbose_name = "paiement"
        ordering = ("allocation", "paye_le", "id")
        constraints = (
            models.CheckConstraint(
                # The contrary of a line taken over by mistake is the only negative one.
                condition=Q(montant__gt=0) | Q(montant__lt=0, origine="reprise", tranche__isnull=True),
                name="paiement_positif",
            ),
            models.CheckConstraint(
                condition=Q(numero_ej__regex=MOTIF_EJ),
                name="paiement_ej",
                violation_error_message="Un numéro d'engagement juridique a dix chiffres.",
            ),
            models.CheckConstraint(
                condition=Q(numero_dp="") | Q(numero_dp__regex=MOTIF_DP),
                name="paiement_dp",
                violation_error_message=DP_ILLISIBLE,
            ),
            models.CheckConstraint(
                condition=Q(origine="reprise") | Q(tranche__isnull=False), name="paiement_d_une_tranche"
            ),
            models.UniqueConstraint(
                fields=("tranche",),
                name="paiement_un_par_tranche",
                violation_error_message="Cette tranche est déjà payée.",
            ),
        )
        triggers = (
            repris_par_la_porte(DE_LA_DECISION, contraire="NEW.montant < 0"),
            PAIEMENT_EN_REGLE,
            PAIEMENT_AU_COMPTEUR,
            *ajout_seul(),
        )

    def __str__(self) -> str:
        return f"{self.montant} du {self.paye_le:%d/%m/%Y}"


class Reversement(models.Model):
    """A line of what is claimed back, recovered, or waived with its reason."""

    class Nature(models.TextChoices):
        ORDRE = "ordre", "Ordre de reversement"
        RECOUVREMENT = "recouvrement", "Somme rendue"
        REMISE = "remise", "Remise"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="reversements")
    nature = models.CharField("nature", max_length=12, choices=Nature)
    montant = ChampMontant("montant")
    date_acte = models.DateField("date")
    motif = models.CharField("raison", max_length=LONGUEUR_DE_LA_REMISE, blank=True)
    origine = models.CharField("origine", max_length=7, choices=Origine, default=Origine.OUTIL)
    saisi_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+")
    saisi_le = models.DateTimeField("saisi le", auto_now_add=True)

    objects = RequeteParAllocation["Reversement"].as_manager()

    class Meta:
        verbose_name = "reversement"
        ordering = ("allocation", "saisi_le", "id")
        constraints = (
            models.CheckConstraint(condition=Q(montant__gt=0), name="reversement_positif"),
            models.CheckConstraint(
                condition=~Q(nature="remise") | ~Q(motif=""),
                name="reversement_remise_motivee",
                violation_error_message="Une remise dit sa raison.",
            ),
        )
        triggers = (repris_par_la_porte(""), REVERSEMENT_EN_REGLE, *ajout_seul())

    def __str__(self) -> str:
        return f"{self.get_nature_display()} du {self.date_acte:%d/%m/%Y}"
