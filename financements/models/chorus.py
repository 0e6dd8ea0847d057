"""What is prepared for Chorus, and what an extract of Chorus confirmed. The portal never pays."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from financements.models.campagnes import Campagne
from financements.models.demandes import MOTIF_DP, MOTIF_EJ
from financements.models.versements import Paiement
from financements.natures import ContenuChorus
from financements.requetes import RequeteParPaiement
from reseau.champs import ChampMontant, uuid7
from reseau.models import LotImport
from reseau.requetes import RequeteReferentiel


class ColonneChorus(models.Model):
    """A column of the sheet for Chorus: what it holds, or the fixed value of the campaign."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campagne = models.ForeignKey(Campagne, models.CASCADE, related_name="colonnes_chorus", db_index=False)
    rang = models.PositiveSmallIntegerField("rang")
    titre = models.CharField("titre de la colonne", max_length=60)
    contenu = models.CharField("contenu", max_length=8, choices=ContenuChorus, default=ContenuChorus.FIXE)
    valeur = models.CharField("valeur, la même pour tous", max_length=60, blank=True)

    objects = RequeteReferentiel["ColonneChorus"].as_manager()

    class Meta:
        verbose_name = "colonne pour Chorus"
        verbose_name_plural = "colonnes pour Chorus"
        ordering = ("campagne", "rang")
        constraints = (
            models.UniqueConstraint(
                fields=("campagne", "rang"),
                name="colonne_chorus_unique",
                violation_error_message="Deux colonnes ont le même rang.",
            ),
            models.CheckConstraint(
                condition=Q(contenu="fixe") | Q(valeur=""),
                name="colonne_chorus_fixe",
                violation_error_message="Une colonne tirée du dossier n'a pas de valeur fixe.",
            ),
        )

    def __str__(self) -> str:
        return self.titre


class Rapprochement(models.Model):
    """A payment of the ledger that an extract of Chorus confirms, to the cent: once a payment."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    paiement = models.OneToOneField(Paiement, models.PROTECT, related_name="rapprochement")
    numero_ej = models.CharField("numéro d'engagement juridique", max_length=10)
    numero_dp = models.CharField("demande de paiement", max_length=20)
    paye_le = models.DateField("payé le, dans Chorus")
    montant = ChampMontant("montant")
    lot = models.ForeignKey(LotImport, models.PROTECT, related_name="+", verbose_name="extrait")
    rapproche_le = models.DateTimeField("rapproché le", auto_now_add=True)

    objects = RequeteParPaiement["Rapprochement"].as_manager()

    class Meta:
        verbose_name = "rapprochement avec Chorus"
        verbose_name_plural = "rapprochements avec Chorus"
        ordering = ("-paye_le", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("numero_ej", "numero_dp"),
                name="rapprochement_unique",
                violation_error_message="Cette demande de paiement est déjà rapprochée.",
            ),
            models.CheckConstraint(condition=Q(numero_ej__regex=MOTIF_EJ), name="rapprochement_ej"),
            models.CheckConstraint(condition=Q(numero_dp__regex=MOTIF_DP), name="rapprochement_dp"),
        )

    def __str__(self) -> str:
        return f"{self.numero_ej}, {self.numero_dp}"
