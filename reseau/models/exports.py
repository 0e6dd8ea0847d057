"""Who took a list out of the portal: what, how many lines, when; never which people."""

from __future__ import annotations

from django.db import models

from reseau.champs import uuid7
from reseau.models.comptes import Utilisateur


class TraceExport(models.Model):
    """One export. ``personnel``: its lines name people."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    nature = models.CharField("contenu", max_length=30)
    format = models.CharField("format", max_length=4)
    nb_lignes = models.PositiveIntegerField("lignes")
    personnel = models.BooleanField("données personnelles", default=False)
    par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+", verbose_name="par")
    le = models.DateTimeField("le", auto_now_add=True)

    class Meta:
        verbose_name = "trace d'export"
        verbose_name_plural = "traces d'export"
        ordering = ("-le",)

    def __str__(self) -> str:
        return f"{self.nature}, {self.nb_lignes} lignes"
