"""Mails to send and sent, and the reminders of deadlines already given: each once, whatever happens."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reseau.champs import uuid7
from reseau.models.comptes import Utilisateur
from reseau.nombres import maintenant
from reseau.requetes import RequetePortee, RequeteReferentiel


class Courriel(models.Model):
    """A text written to an account, in the transaction of what it tells; then sent, tried until it goes.

    The address is read when the mail leaves. No word of it names a learner.
    """

    class Etat(models.TextChoices):
        A_ENVOYER = "a_envoyer", "à envoyer"
        ENVOYE = "envoye", "envoyé"
        SANS_COMPTE = "sans_compte", "compte fermé : pas envoyé"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    cle = models.CharField("clé", max_length=200, unique=True)
    destinataire = models.ForeignKey(
        Utilisateur, models.PROTECT, related_name="+", verbose_name="destinataire"
    )
    objet = models.CharField("objet", max_length=150)
    corps = models.TextField("texte")
    etat = models.CharField("état", max_length=11, choices=Etat, default=Etat.A_ENVOYER)
    cree_le = models.DateTimeField("écrit le", auto_now_add=True)
    envoye_le = models.DateTimeField("envoyé le", null=True)
    nb_essais = models.PositiveSmallIntegerField("essais", default=0)
    reprendre_le = models.DateTimeField("prochain essai", default=maintenant)
    erreur = models.CharField("dernier accident", max_length=60, blank=True)

    objects = RequeteReferentiel["Courriel"].as_manager()

    class Meta:
        verbose_name = "courriel"
        ordering = ("-cree_le", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(etat="envoye", envoye_le__isnull=False)
                | ~Q(etat="envoye") & Q(envoye_le__isnull=True),
                name="courriel_envoye_date",
                violation_error_message="Un courriel envoyé dit quand, et lui seul.",
            ),
        )
        indexes = (
            models.Index(fields=("reprendre_le",), condition=Q(etat="a_envoyer"), name="courriel_a_envoyer"),
        )

    def __str__(self) -> str:
        return self.objet


class RappelEcheance(models.Model):
    """A reminder that was given: for this object, this end and this delay, it is never given again.

    ``objet`` is a key without a table: the trade that asked knows which (nothing here points upwards).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    nature = models.CharField("nature", max_length=30)
    objet = models.UUIDField("objet")
    finit_le = models.DateField("dernier jour")
    palier = models.PositiveSmallIntegerField("jours avant")
    pose_le = models.DateTimeField("rappelé le", auto_now_add=True)

    objects = RequetePortee["RappelEcheance"].as_manager()

    class Meta:
        verbose_name = "rappel d'échéance"
        verbose_name_plural = "rappels d'échéances"
        ordering = ("-pose_le", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("nature", "objet", "finit_le", "palier"),
                name="rappel_une_seule_fois",
                violation_error_message="Ce rappel a déjà été donné.",
            ),
        )

    def __str__(self) -> str:
        quand = f"{self.palier} jours avant" if self.palier else "après"
        return f"{self.nature}, {quand} le {self.finit_le:%d/%m/%Y}"
