"""Who orders something from a school."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from commandes.models.declencheurs import client_de_son_ecole, renommer_dans_les_commandes
from commandes.requetes import RequeteAtelier
from ecoles.models import Ecole
from reseau.champs import ChampCodePostal, ChampSiret, ChampTelephone, uuid7
from reseau.models.recherche import declencheur_recherche


class Client(models.Model):
    """A firm, a public body, an association or a person that orders something from a school."""

    class Nature(models.TextChoices):
        ENTREPRISE = "entreprise", "Entreprise"
        COLLECTIVITE = "collectivite", "Collectivité"
        ASSOCIATION = "association", "Association"
        PARTICULIER = "particulier", "Particulier"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="clients", verbose_name="école")
    nom = models.CharField("nom", max_length=150)
    nature = models.CharField("nature", max_length=12, choices=Nature, default=Nature.ENTREPRISE)
    siret = ChampSiret("SIRET", blank=True)
    adresse = models.CharField("adresse", max_length=200, blank=True)
    code_postal = ChampCodePostal("code postal", blank=True)
    ville = models.CharField("ville", max_length=60, blank=True)
    courriel = models.EmailField("adresse électronique", blank=True)
    telephone = ChampTelephone("téléphone", blank=True)
    recherche = models.TextField("texte de recherche", editable=False, default="")

    objects = RequeteAtelier["Client"].as_manager()

    class Meta:
        ordering = ("nom", "id")
        indexes = (GinIndex(fields=["recherche"], name="client_recherche", opclasses=["gin_trgm_ops"]),)
        constraints = (
            models.UniqueConstraint(
                fields=("ecole", "siret"),
                condition=~Q(siret=""),
                name="client_siret_unique_par_ecole",
                violation_error_message="Un client de l'école a déjà ce SIRET.",
            ),
        )
        triggers = (
            declencheur_recherche("nom", "ville", "siret"),
            client_de_son_ecole(),
            renommer_dans_les_commandes(),
        )

    def __str__(self) -> str:
        return self.nom
