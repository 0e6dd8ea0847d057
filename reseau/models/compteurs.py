"""Counters: continuous numbers, taken in the same transaction as what they number."""

from __future__ import annotations

from django.db import models


class Compteur(models.Model):
    """The last number given in a series. A sequence leaves gaps and max+1 collides: both tried."""

    serie = models.CharField("série", max_length=80, primary_key=True)
    dernier = models.PositiveIntegerField("dernier numéro", default=0)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(dernier__gte=0), name="compteur_positif"),)

    def __str__(self) -> str:
        return f"{self.serie} : {self.dernier}"
