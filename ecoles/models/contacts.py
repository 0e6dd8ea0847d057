"""What a family asks a school, and the human answer it gets."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ecoles.models.ecoles import Ecole
from ecoles.models.evenements import Evenement, place_libre
from ecoles.requetes import RequeteContacts
from reseau.champs import ChampTelephone, uuid7
from reseau.models import Region, Utilisateur


class DemandeContact(models.Model):
    """A question to a school: no address, no birth date, no file; one way to answer is enough."""

    class Qui(models.TextChoices):
        JEUNE = "jeune", "Un jeune, une jeune"
        PARENT = "parent", "Un parent"
        ACCOMPAGNANT = "accompagnant", "Une personne qui accompagne"

    class Motif(models.TextChoices):
        VISITER = "visiter", "Venir voir l'école"
        PLACE = "place", "Savoir s'il reste une place"
        QUESTION = "question", "Poser une question"

    class Suite(models.TextChoices):
        ATTENTE = "attente", "à traiter"
        REPONDU = "repondu", "a répondu"
        PAS_JOINT = "pas_joint", "pas joint"
        AUTRE_ECOLE = "autre_ecole", "une autre école proposée"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField("code à noter", max_length=7, unique=True)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="contacts", verbose_name="école")
    region = models.ForeignKey(Region, models.PROTECT, related_name="contacts")
    qui = models.CharField("qui écrit", max_length=12, choices=Qui)
    prenom = models.CharField("prénom", max_length=60)
    courriel = models.EmailField("adresse électronique", blank=True)
    telephone = ChampTelephone("téléphone", blank=True)
    motif = models.CharField("motif", max_length=10, choices=Motif)
    evenement = models.ForeignKey(
        Evenement,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="demandes",
        verbose_name="date choisie",
    )
    message = models.TextField("message", max_length=1500, blank=True)
    recue_le = models.DateTimeField("reçue le", auto_now_add=True)
    repondre_avant_le = models.DateField("répondre avant le")
    suite = models.CharField("suite", max_length=11, choices=Suite, default=Suite.ATTENTE)
    traitee_par = models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="traitée par"
    )
    traitee_le = models.DateTimeField("traitée le", null=True, blank=True)

    objects = RequeteContacts["DemandeContact"].as_manager()

    class Meta:
        verbose_name = "demande de contact"
        verbose_name_plural = "demandes de contact"
        ordering = ("repondre_avant_le", "id")
        indexes = (models.Index(fields=["suite", "ecole"], name="contact_suite_ecole"),)
        triggers = (place_libre(),)
        constraints = (
            models.CheckConstraint(
                condition=~Q(courriel="") | ~Q(telephone=""),
                name="contact_joignable",
                violation_error_message="Indiquez une adresse électronique ou un téléphone.",
            ),
            models.CheckConstraint(
                condition=Q(suite="attente", traitee_par__isnull=True, traitee_le__isnull=True)
                | ~Q(suite="attente") & Q(traitee_par__isnull=False, traitee_le__isnull=False),
                name="contact_traite_par_quelqu_un",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code}, {self.get_motif_display()}"
