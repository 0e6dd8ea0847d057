"""What a school teaches: parcours made of ordered steps, offered with their places, followed by groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from ecoles.models.declencheurs import (
    etapes_en_ordre,
    groupe_a_sa_place,
    maitre_de_l_ecole,
    offre_d_un_parcours_fait,
)
from ecoles.models.declencheurs_places import places_de_l_offre, places_des_etapes
from ecoles.models.ecoles import Ecole
from ecoles.models.equipes import MembreEquipe
from ecoles.models.titres import Titre
from ecoles.requetes import RequeteDeLEcole, RequeteDeLOffre, RequeteMaitresDuGroupe
from reseau.champs import uuid7
from reseau.requetes import RequeteReferentiel

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Parcours(models.Model):
    """The way from the entry to the diploma aimed at: bac pro in 36 months unless said otherwise.

    Each title is by itself a parcours of one step under its CFD code (written by the database).
    """

    code = models.SlugField("code", max_length=60, primary_key=True)
    nom = models.CharField("nom", max_length=420)
    niveau_vise = models.PositiveSmallIntegerField(
        "diplôme visé", choices=((3, "CAP"), (4, "bac pro")), default=4
    )
    duree_mois = models.PositiveSmallIntegerField("durée (mois)", default=36)

    objects = RequeteReferentiel["Parcours"].as_manager()

    if TYPE_CHECKING:
        etapes: RelatedManager[EtapeParcours]
        offres: RelatedManager[Offre]

    class Meta:
        verbose_name = "parcours"
        verbose_name_plural = "parcours"
        ordering = ("niveau_vise", "nom", "code")
        constraints = (
            models.CheckConstraint(
                condition=Q(niveau_vise__in=(3, 4)),
                name="parcours_niveau_3_ou_4",
                violation_error_message="Un parcours mène au CAP ou au bac pro.",
            ),
            models.CheckConstraint(
                condition=Q(duree_mois__gte=1),
                name="parcours_duree",
                violation_error_message="Un parcours dure au moins un mois.",
            ),
        )
        triggers = (etapes_en_ordre(pgtrigger.Update, "NEW.code"),)

    def __str__(self) -> str:
        return self.nom


class EtapeParcours(models.Model):
    """A step of a parcours: its rank from 1, the title prepared, its months."""

    id = models.BigAutoField(primary_key=True)
    parcours = models.ForeignKey(Parcours, models.CASCADE, related_name="etapes")
    rang = models.PositiveSmallIntegerField("rang")
    titre = models.ForeignKey(Titre, models.PROTECT, related_name="etapes", verbose_name="diplôme")
    mois = models.PositiveSmallIntegerField("durée (mois)")

    objects = RequeteReferentiel["EtapeParcours"].as_manager()

    class Meta:
        verbose_name = "étape"
        ordering = ("parcours", "rang")
        constraints = (
            models.UniqueConstraint(
                fields=("parcours", "rang"),
                name="etape_rang_unique",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message="Deux étapes ont le même rang.",
            ),
            models.UniqueConstraint(
                fields=("parcours", "titre"),
                name="etape_titre_unique",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message="Deux étapes préparent le même diplôme.",
            ),
            models.CheckConstraint(
                condition=Q(rang__gte=1),
                name="etape_rang_depuis_1",
                violation_error_message="La première étape a le rang 1.",
            ),
            models.CheckConstraint(
                condition=Q(mois__gte=1),
                name="etape_duree",
                violation_error_message="Une étape dure au moins un mois.",
            ),
        )
        triggers = (
            etapes_en_ordre(
                pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete, "NEW.parcours_id, OLD.parcours_id"
            ),
            places_des_etapes(),
        )

    def __str__(self) -> str:
        return f"{self.rang}. {self.titre}, {self.mois} mois"


class Offre(models.Model):
    """A parcours in a school, with its places and the date on which they were counted.

    Never more enrolled than ``capacite``, whoever writes; a parcours without capacity refuses nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(Ecole, models.CASCADE, related_name="offres", verbose_name="école")
    parcours = models.ForeignKey(Parcours, models.PROTECT, related_name="offres")
    capacite = models.PositiveSmallIntegerField("capacité", null=True, blank=True)
    places = models.PositiveSmallIntegerField("places libres", null=True, blank=True)
    places_le = models.DateField("places comptées le", null=True, blank=True)
    entree_en_cours_d_annee = models.CharField(
        "entrée en cours d'année", max_length=3, choices=Ecole.Reponse, blank=True
    )
    mois_entree = ArrayField(
        models.PositiveSmallIntegerField(validators=(MinValueValidator(1), MaxValueValidator(12))),
        verbose_name="mois d'entrée",
        blank=True,
        default=list,
        db_default=[],
    )

    objects = RequeteDeLEcole["Offre"].as_manager()

    if TYPE_CHECKING:
        groupes: RelatedManager[Groupe]

    class Meta:
        verbose_name = "parcours proposé"
        verbose_name_plural = "parcours proposés"
        ordering = ("ecole", "parcours")
        constraints = (
            models.UniqueConstraint(
                fields=("ecole", "parcours"),
                name="offre_parcours_unique",
                violation_error_message="L'école propose déjà ce parcours.",
            ),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(places_le__isnull=False),
                name="offre_places_datees",
                violation_error_message="Indiquez à quelle date les places ont été comptées.",
            ),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(capacite__isnull=True) | Q(places__lte=F("capacite")),
                name="offre_places_dans_capacite",
                violation_error_message="Il ne peut pas y avoir plus de places que la capacité.",
            ),
            models.CheckConstraint(
                condition=Q(mois_entree__contained_by=list(range(1, 13))),
                name="offre_mois_entree",
                violation_error_message="Les mois d'entrée vont de janvier à décembre.",
            ),
        )
        triggers = (offre_d_un_parcours_fait(), places_de_l_offre())

    def __str__(self) -> str:
        return f"{self.parcours}, {self.ecole}"


class Groupe(models.Model):
    """Learners who follow a step together during a school year; 14 at most without an exception."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    offre = models.ForeignKey(Offre, models.PROTECT, related_name="groupes", verbose_name="parcours proposé")
    etape = models.ForeignKey(EtapeParcours, models.PROTECT, related_name="groupes", verbose_name="étape")
    annee = models.PositiveSmallIntegerField(
        "année de rentrée", help_text="2026 : de septembre 2026 à l'été 2027."
    )
    nom = models.CharField("nom", max_length=60)
    maitres = models.ManyToManyField(MembreEquipe, related_name="groupes", blank=True, verbose_name="maîtres")
    nb_jeunes = models.PositiveSmallIntegerField("nombre de jeunes", default=0)
    nb_debutants = models.PositiveSmallIntegerField("dont débutants", default=0)
    motif_exception = models.CharField("pourquoi plus de 14 jeunes", max_length=300, blank=True)
    heures_atelier = models.PositiveSmallIntegerField("heures d'atelier par semaine", null=True, blank=True)
    heures_cours = models.PositiveSmallIntegerField("heures de cours par semaine", null=True, blank=True)

    objects = RequeteDeLOffre["Groupe"].as_manager()

    class Meta:
        ordering = ("offre", "-annee", "etape__rang", "nom", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("offre", "annee", "nom"),
                name="groupe_nom_unique",
                violation_error_message="Un groupe de ce nom existe déjà cette année-là.",
            ),
            models.CheckConstraint(
                condition=Q(nb_jeunes__lte=14) | ~Q(motif_exception=""),
                name="groupe_14_sauf_exception",
                violation_error_message="Un groupe a 14 jeunes au plus, ou la raison de l'exception.",
            ),
            models.CheckConstraint(
                condition=Q(nb_debutants__lte=F("nb_jeunes")),
                name="groupe_debutants",
                violation_error_message="Il ne peut pas y avoir plus de débutants que de jeunes.",
            ),
            models.CheckConstraint(
                condition=Q(annee__range=(2000, 2100)),
                name="groupe_annee",
                violation_error_message="Une année de rentrée a quatre chiffres, par exemple 2026.",
            ),
        )
        triggers = (groupe_a_sa_place(),)

    def __str__(self) -> str:
        return f"{self.nom} ({self.annee})"


class MaitreDeGroupe(Groupe.maitres.through):  # type: ignore[name-defined,misc]
    """The link between a group and who leads it, for what the database refuses about it."""

    objects = RequeteMaitresDuGroupe["MaitreDeGroupe"].as_manager()

    class Meta:
        proxy = True
        verbose_name = "maître du groupe"
        verbose_name_plural = "maîtres du groupe"
        triggers = (maitre_de_l_ecole(),)
