"""Minutes that learners spent on an order."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact

from commandes.models.commandes import Commande, LigneCommande
from commandes.models.declencheurs import pointage_immuable, pointage_selon_les_regles
from commandes.requetes import RequetePointages
from ecoles.models import Apprenant, BlocCompetences, TravailReglemente
from reseau.champs import uuid7
from reseau.models import Utilisateur
from reseau.models.protections import refus_de_vider
from reseau.nombres import maintenant


class Pointage(models.Model):
    """Minutes of one learner on one order, one day. Worked minutes are never thrown away.

    What the safety rule does not allow is kept ``a_regulariser`` with its reason, out of every count.
    """

    class Etat(models.TextChoices):
        VALIDE = "valide", "validé"
        A_REGULARISER = "a_regulariser", "à régulariser"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cle = models.UUIDField("clé de saisie", unique=True, default=uuid7)
    lot = models.UUIDField("saisie d'un groupe", default=uuid7, db_index=True)
    commande = models.ForeignKey(Commande, models.PROTECT, related_name="pointages")
    ligne = models.ForeignKey(LigneCommande, models.PROTECT, null=True, blank=True, related_name="pointages")
    apprenant = models.ForeignKey(Apprenant, models.PROTECT, related_name="pointages")
    bloc = models.ForeignKey(
        BlocCompetences,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pointages",
        help_text="Vide : bloc à préciser.",
    )
    travail = models.ForeignKey(
        TravailReglemente, models.PROTECT, null=True, blank=True, related_name="pointages"
    )
    jour = models.DateField("jour")
    minutes = models.PositiveSmallIntegerField("minutes")
    etat = models.CharField("état", max_length=13, choices=Etat, default=Etat.VALIDE)
    motif = models.CharField("ce qui manque", max_length=600, blank=True)
    encadrant = models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, related_name="+", verbose_name="encadré par"
    )
    saisi_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+")
    saisi_le = models.DateTimeField("saisi le", default=maintenant)

    objects = RequetePointages["Pointage"].as_manager()

    class Meta:
        verbose_name = "heures d'atelier"
        verbose_name_plural = "heures d'atelier"
        ordering = ("-jour", "-saisi_le", "id")
        indexes = (
            models.Index(fields=["apprenant", "jour"], name="pointage_apprenant_jour"),
            models.Index(fields=["commande", "jour"], name="pointage_commande_jour"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=480),
                name="pointage_minutes_bornees",
                violation_error_message="Une durée va de 5 minutes à 8 heures.",
            ),
            models.CheckConstraint(
                condition=Exact(F("minutes") % 5, 0),
                name="pointage_minutes_par_cinq",
                violation_error_message="Une durée se compte de 5 en 5 minutes.",
            ),
            models.CheckConstraint(
                condition=Q(etat="valide", motif="") | Q(etat="a_regulariser") & ~Q(motif=""),
                name="pointage_motif_si_a_regulariser",
                violation_error_message="Des heures à régulariser disent ce qui manque, et elles seules.",
            ),
        )
        triggers = (pointage_immuable(), *pointage_selon_les_regles(), refus_de_vider())

    def __str__(self) -> str:
        return f"{self.minutes} min le {self.jour:%d/%m/%Y}"
