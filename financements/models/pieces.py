"""The pieces of a file."""

from __future__ import annotations

from django.db import models

from financements.models.declencheurs import PIECE_FIGEE
from financements.models.demandes import Demande
from financements.natures import NaturePiece
from financements.requetes import RequeteParDemande
from reseau.champs import uuid7
from reseau.models import FichierDepose


class Piece(models.Model):
    """A piece of the file: what it proves, and the stored file that proves it."""

    Nature = NaturePiece

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demande = models.ForeignKey(Demande, models.CASCADE, related_name="pieces")
    nature = models.CharField("nature", max_length=10, choices=NaturePiece)
    fichier = models.OneToOneField(
        FichierDepose, models.PROTECT, related_name="piece", verbose_name="fichier"
    )

    objects = RequeteParDemande["Piece"].as_manager()

    class Meta:
        verbose_name = "pièce"
        ordering = ("demande", "nature", "id")
        triggers = (PIECE_FIGEE,)

    def __str__(self) -> str:
        return self.get_nature_display()
