"""One gesture on many files: what was asked, file by file, and what came of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from reseau.champs import uuid7
from reseau.models.comptes import Utilisateur
from reseau.models.protections import refus_de_vider

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class ActionEnLot(models.Model):
    """A transition asked of several files at once, crossed one after the other outside the web workers.

    ``liste``: ``application.modele`` of the files; ``transition``: its name in their state table.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    liste = models.CharField("liste", max_length=80)
    transition = models.CharField("geste", max_length=40)
    demandee_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+")
    demandee_le = models.DateTimeField("demandée le", auto_now_add=True)

    if TYPE_CHECKING:
        lignes: RelatedManager[LigneActionEnLot]

    class Meta:
        verbose_name = "action en lot"
        verbose_name_plural = "actions en lot"
        ordering = ("-demandee_le",)

    def __str__(self) -> str:
        return f"{self.transition}, {self.liste}"


class LigneActionEnLot(models.Model):
    """One file of an action: done, refused with its sentences, or still to do.

    Written in the transaction of the transition itself: whatever falls, both are there or neither.
    ``objet`` is a key without a table, as nothing here points upwards.
    """

    class Etat(models.TextChoices):
        A_FAIRE = "a_faire", "à faire"
        FAITE = "faite", "faite"
        REFUSEE = "refusee", "refusée"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    action = models.ForeignKey(ActionEnLot, models.CASCADE, related_name="lignes", db_index=False)
    rang = models.PositiveSmallIntegerField("rang")
    objet = models.UUIDField("dossier")
    etat = models.CharField("état", max_length=7, choices=Etat, default=Etat.A_FAIRE)
    texte = models.TextField("ce qui empêche", blank=True)
    traitee_le = models.DateTimeField("traitée le", null=True)

    class Meta:
        verbose_name = "dossier d'une action en lot"
        verbose_name_plural = "dossiers d'une action en lot"
        ordering = ("action", "rang")
        constraints = (
            models.UniqueConstraint(fields=("action", "rang"), name="ligne_action_rang"),
            models.UniqueConstraint(fields=("action", "objet"), name="ligne_action_une_fois"),
            models.CheckConstraint(
                condition=Q(etat="a_faire", traitee_le__isnull=True)
                | ~Q(etat="a_faire") & Q(traitee_le__isnull=False),
                name="ligne_action_datee",
            ),
            models.CheckConstraint(
                condition=Q(etat="refusee") & ~Q(texte="") | ~Q(etat="refusee") & Q(texte=""),
                name="ligne_action_refus_dit",
            ),
        )
        indexes = (
            models.Index(fields=("action", "rang"), condition=Q(etat="a_faire"), name="ligne_action_a_faire"),
        )
        triggers = (refus_de_vider(),)

    def __str__(self) -> str:
        return f"{self.rang}, {self.get_etat_display()}"
