"""The pieces of a file."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from financements.models.declencheurs import PIECE_FIGEE
from financements.models.demandes import Demande
from financements.natures import AVEC_FIN, NaturePiece
from financements.requetes import RequeteParDemande
from reseau.champs import uuid7
from reseau.models import FichierDepose


class Piece(models.Model):
    """A piece of the file: what it proves, the stored file that proves it, and until when."""

    Nature = NaturePiece

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demande = models.ForeignKey(Demande, models.CASCADE, related_name="pieces")
    nature = models.CharField("nature", max_length=10, choices=NaturePiece)
    fichier = models.OneToOneField(
        FichierDepose, models.PROTECT, related_name="piece", verbose_name="fichier"
    )
    valable_jusqu_au = models.DateField("valable jusqu'au", null=True, blank=True)

    objects = RequeteParDemande["Piece"].as_manager()

    class Meta:
        verbose_name = "pièce"
        ordering = ("demande", "nature", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(valable_jusqu_au__isnull=True) | Q(nature__in=AVEC_FIN),
                name="piece_fin_selon_nature",
                violation_error_message="Cette pièce n'a pas de date de fin.",
            ),
        )
        triggers = (PIECE_FIGEE,)

    def __str__(self) -> str:
        return self.get_nature_display()
