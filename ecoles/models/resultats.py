"""What the learners of a school became: counts by cohort, with their year and their source. No names."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ecoles.models.ecoles import Ecole
from ecoles.models.titres import Titre
from ecoles.requetes import RequeteDeLEcole
from reseau.champs import uuid7
from reseau.nombres import aujourdhui

SUITES = ("en_emploi", "en_formation", "en_recherche", "inconnus")


class Resultat(models.Model):
    """One indicator of one cohort: who sat an examination, or what those who left do six months later."""

    class Indicateur(models.TextChoices):
        EXAMEN = "examen", "réussite à l'examen"
        DEVENIR = "devenir", "et après l'école"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="resultats", verbose_name="école")
    indicateur = models.CharField("indicateur", max_length=7, choices=Indicateur)
    titre = models.ForeignKey(
        Titre,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="resultats",
        verbose_name="diplôme",
        help_text="Vide : tous les diplômes de l'école.",
    )
    annee = models.PositiveSmallIntegerField(
        "année", help_text="Année de l'examen, ou année où les jeunes sont sortis."
    )
    effectif = models.PositiveSmallIntegerField(
        "nombre de jeunes", help_text="Jeunes présentés à l'examen, ou jeunes sortis."
    )
    recus = models.PositiveSmallIntegerField("reçus", null=True, blank=True)
    en_emploi = models.PositiveSmallIntegerField("en emploi", null=True, blank=True)
    en_formation = models.PositiveSmallIntegerField("en formation", null=True, blank=True)
    en_recherche = models.PositiveSmallIntegerField("cherchent", null=True, blank=True)
    inconnus = models.PositiveSmallIntegerField("on ne sait pas", null=True, blank=True)
    source = models.CharField(
        "source", max_length=200, help_text="D'où vient ce chiffre : relevé du jury, enquête de l'école…"
    )
    declare_le = models.DateField("déclaré le", default=aujourdhui)

    objects = RequeteDeLEcole["Resultat"].as_manager()

    class Meta:
        verbose_name = "résultat"
        ordering = ("ecole", "-annee", "indicateur", "titre")
        constraints = (
            models.UniqueConstraint(
                fields=("ecole", "indicateur", "annee", "titre"),
                name="resultat_unique",
                nulls_distinct=False,
                violation_error_message="Ce résultat est déjà déclaré : modifiez-le.",
            ),
            models.CheckConstraint(
                condition=Q(effectif__gte=1),
                name="resultat_de_quelqu_un",
                violation_error_message="Indiquez un nombre de jeunes d'au moins 1.",
            ),
            models.CheckConstraint(
                condition=Q(annee__range=(2000, 2100)),
                name="resultat_annee",
                violation_error_message="Cette année n'est pas possible.",
            ),
            models.CheckConstraint(
                condition=~Q(indicateur="examen")
                | Q(recus__isnull=False, recus__lte=F("effectif"), **{f"{s}__isnull": True for s in SUITES}),
                name="resultat_examen",
                violation_error_message="Pour un examen, indiquez les reçus : pas plus que de présentés.",
            ),
            models.CheckConstraint(
                condition=~Q(indicateur="devenir")
                | Q(
                    recus__isnull=True,
                    effectif=F("en_emploi") + F("en_formation") + F("en_recherche") + F("inconnus"),
                    **{f"{s}__isnull": False for s in SUITES},
                ),
                name="resultat_devenir",
                violation_error_message=(
                    "Les quatre situations, additionnées, doivent donner le nombre de jeunes sortis."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_indicateur_display()}, {self.annee}"
