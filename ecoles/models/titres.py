"""Trades, titles and blocs of competences: reference data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from ecoles.models.declencheurs import parcours_du_titre
from ecoles.requetes import RequeteTitres
from reseau.requetes import RequeteReferentiel

if TYPE_CHECKING:
    from datetime import date

    from django.db.models.fields.related_descriptors import RelatedManager


class Filiere(models.Model):
    """One of the six trades of the network; the screens say "métier"."""

    code = models.CharField("code", max_length=15, primary_key=True)
    nom = models.CharField("nom", max_length=40, unique=True)
    description = models.TextField("description")
    part_reseau = models.PositiveSmallIntegerField("part dans le réseau en 2025 (%)", null=True)
    rang = models.PositiveSmallIntegerField("rang", default=0)

    objects = RequeteReferentiel["Filiere"].as_manager()

    class Meta:
        verbose_name = "métier"
        ordering = ("rang", "nom")

    def __str__(self) -> str:
        return self.nom


class Titre(models.Model):
    """A diploma, by its CFD code. Titles close and are replaced; RNCP codes are imported, never guessed."""

    class Type(models.TextChoices):
        CAP = "CAP", "CAP"
        CAPA = "CAPA", "CAP agricole"
        BAC_PRO = "BAC_PRO", "bac pro"

    code_cfd = models.CharField("code CFD", max_length=8, primary_key=True)
    code_rncp = models.CharField("code RNCP", max_length=10, blank=True)
    intitule = models.CharField("intitulé", max_length=200)
    type = models.CharField("type", max_length=7, choices=Type)
    niveau = models.PositiveSmallIntegerField("niveau", choices=((3, "CAP"), (4, "bac pro")))
    filiere = models.ForeignKey(Filiere, models.PROTECT, related_name="titres", verbose_name="filière")
    duree_mois = models.PositiveSmallIntegerField("durée (mois)")
    ouvre_le = models.DateField("ouvre le", null=True, blank=True)
    ferme_le = models.DateField("fermé le", null=True, blank=True)
    remplace_par = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="remplace")
    source = models.CharField("source", max_length=400, blank=True)

    objects = RequeteTitres["Titre"].as_manager()

    if TYPE_CHECKING:
        blocs: RelatedManager[BlocCompetences]

    class Meta:
        verbose_name = "diplôme"
        ordering = ("niveau", "intitule", "code_cfd")
        constraints = (
            models.CheckConstraint(
                condition=Q(niveau__in=(3, 4)),
                name="titre_niveau_3_ou_4",
                violation_error_message="Un diplôme de ces écoles est un CAP ou un bac pro.",
            ),
            models.CheckConstraint(
                condition=Q(ouvre_le__isnull=True)
                | Q(ferme_le__isnull=True)
                | Q(ferme_le__gte=F("ouvre_le")),
                name="titre_dates",
                violation_error_message="La fermeture ne peut pas précéder l'ouverture.",
            ),
            models.CheckConstraint(
                condition=Q(remplace_par__isnull=True)
                | Q(ferme_le__isnull=False) & ~Q(remplace_par=F("code_cfd")),
                name="titre_remplace_s_il_ferme",
                violation_error_message="Un diplôme remplacé a une date de fermeture et un autre diplôme.",
            ),
        )
        triggers = (parcours_du_titre(),)

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.intitule}"

    def ouvert_le(self, jour: date) -> bool:
        """Whether somebody may be taught this title on ``jour`` (opening and closing days included)."""
        commence = self.ouvre_le is None or self.ouvre_le <= jour
        return commence and (self.ferme_le is None or jour <= self.ferme_le)


class BlocCompetences(models.Model):
    """A bloc of a title ("BC02 Usiner"). Fictional ones belong to the demonstration."""

    id = models.BigAutoField(primary_key=True)
    titre = models.ForeignKey(Titre, models.CASCADE, related_name="blocs")
    code = models.CharField("code", max_length=10)
    intitule = models.CharField("intitulé", max_length=200)
    fictif = models.BooleanField("fictif", default=False)

    objects = RequeteReferentiel["BlocCompetences"].as_manager()

    class Meta:
        verbose_name = "bloc de compétences"
        verbose_name_plural = "blocs de compétences"
        ordering = ("titre", "code")
        constraints = (models.UniqueConstraint(fields=("titre", "code"), name="bloc_unique"),)

    def __str__(self) -> str:
        return f"{self.code} {self.intitule}"


class Competence(models.Model):
    """What a bloc says that one knows how to do, in its order."""

    id = models.BigAutoField(primary_key=True)
    bloc = models.ForeignKey(BlocCompetences, models.CASCADE, related_name="competences")
    rang = models.PositiveSmallIntegerField("rang", default=1)
    intitule = models.CharField("intitulé", max_length=300)

    objects = RequeteReferentiel["Competence"].as_manager()

    class Meta:
        verbose_name = "compétence"
        ordering = ("bloc", "rang")
        constraints = (
            models.UniqueConstraint(
                fields=("bloc", "rang"),
                name="competence_rang_unique",
                violation_error_message="Deux compétences de ce bloc ont le même rang.",
            ),
        )

    def __str__(self) -> str:
        return self.intitule
