"""The filters of a list that a person comes back to."""

from __future__ import annotations

from django.db import models

from reseau.champs import uuid7
from reseau.models.comptes import Utilisateur


class FiltreGarde(models.Model):
    """A set of choices on a list of the admin, by its name; never the words of a search.

    ``liste``: ``application.modele``; ``parametres``: the choices as the address has them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    utilisateur = models.ForeignKey(Utilisateur, models.CASCADE, related_name="filtres")
    liste = models.CharField("liste", max_length=80)
    nom = models.CharField("nom", max_length=40)
    parametres = models.CharField("choix", max_length=500)

    class Meta:
        verbose_name = "filtre gardé"
        verbose_name_plural = "filtres gardés"
        ordering = ("utilisateur", "liste", "nom")
        constraints = (
            models.UniqueConstraint(
                fields=("utilisateur", "liste", "nom"),
                name="filtre_garde_unique",
                violation_error_message="Vous avez déjà un filtre de ce nom sur cette liste.",
            ),
        )

    def __str__(self) -> str:
        return self.nom
