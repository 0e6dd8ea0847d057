"""A file that ran before the tool: its import, what the spreadsheet said, whether it was taken back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from financements.models.declencheurs_reprises import REPRISE_PAR_LA_PORTE
from financements.models.demandes import MOTIF_EJ, Demande
from financements.requetes import RequeteParDemandeInterne
from reseau.champs import uuid7
from reseau.models import LotImport, Utilisateur
from reseau.models.protections import refus_de_vider


class Reprise(models.Model):
    """The proof of a takeover. ``contenu``: what was read, by field; amounts and dates as texts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demande = models.OneToOneField(
        Demande, models.PROTECT, related_name="reprise", verbose_name="dossier", editable=False
    )
    lot = models.ForeignKey(LotImport, models.PROTECT, related_name="+", verbose_name="import")
    ligne = models.PositiveIntegerField("ligne du fichier")
    numero_ej = models.CharField("numéro d'engagement juridique", max_length=10)
    contenu = models.JSONField("ce que disait le fichier")
    reprise_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+", verbose_name="repris par")
    reprise_le = models.DateTimeField("repris le", auto_now_add=True)
    annulee_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, related_name="+", db_index=False)
    annulee_le = models.DateTimeField("reprise annulée le", null=True)

    objects = RequeteParDemandeInterne["Reprise"].as_manager()

    class Meta:
        verbose_name = "reprise de dossier"
        verbose_name_plural = "reprises de dossiers"
        ordering = ("-reprise_le", "lot", "ligne")
        constraints = (
            models.CheckConstraint(
                condition=Q(numero_ej__regex=MOTIF_EJ),
                name="reprise_ej",
                violation_error_message="Un numéro d'engagement juridique a dix chiffres.",
            ),
            models.UniqueConstraint(
                fields=("numero_ej",),
                condition=Q(annulee_le__isnull=True),
                name="reprise_une_par_ej",
                violation_error_message="Ce numéro d'engagement juridique est déjà repris.",
            ),
            models.CheckConstraint(
                condition=Q(annulee_le__isnull=True, annulee_par__isnull=True)
                | Q(annulee_le__isnull=False, annulee_par__isnull=False),
                name="reprise_annulee_par_quelqu_un",
            ),
        )
        triggers = (REPRISE_PAR_LA_PORTE, refus_de_vider())

    def __str__(self) -> str:
        return self.numero_ej
