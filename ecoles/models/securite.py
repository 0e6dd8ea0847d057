"""Safety of minors (code du travail, D4153-15 to -37, R4153-38 to -45): what a proof is made of.

Medical data: fit or not, and dates only. No diagnosis, ever.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ecoles.models.apprenants import Apprenant
from ecoles.models.ecoles import Ecole
from ecoles.requetes import RequeteDeLEcole, RequeteParApprenant, RequeteParMembre
from reseau.champs import uuid7
from reseau.requetes import RequeteReferentiel
from reseau.roles import Role

FONCTIONS_QUI_ENCADRENT = (Role.MAITRE.value, Role.DIRECTION.value)


class TravailReglemente(models.Model):
    """A work that the code du travail forbids to minors, with or without a possible derogation."""

    code = models.CharField("code", max_length=20, primary_key=True)
    libelle = models.CharField("machine ou travail", max_length=150)
    article = models.CharField("article", max_length=20)
    derogeable = models.BooleanField("dérogation possible")
    age_minimal = models.PositiveSmallIntegerField("âge minimal avec dérogation", default=15)

    objects = RequeteReferentiel["TravailReglemente"].as_manager()

    class Meta:
        verbose_name = "machine ou travail dangereux"
        verbose_name_plural = "machines et travaux dangereux"
        ordering = ("article", "code")

    def __str__(self) -> str:
        return f"{self.libelle} ({self.article})"


class DeclarationDerogation(models.Model):
    """The school's declaration for a place and its works; holds three years from its sending."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="declarations", verbose_name="école")
    lieu = models.CharField("lieu", max_length=150)
    envoyee_le = models.DateField("envoyée à l'inspection du travail le")
    retiree_le = models.DateField(
        "retirée le", null=True, blank=True, help_text="Vide si elle court : trois ans depuis son envoi."
    )
    travaux = models.ManyToManyField(
        TravailReglemente,
        related_name="declarations",
        verbose_name="machines et travaux dangereux",
        limit_choices_to={"derogeable": True},
    )

    objects = RequeteDeLEcole["DeclarationDerogation"].as_manager()

    class Meta:
        verbose_name = "déclaration de dérogation"
        verbose_name_plural = "déclarations de dérogation"
        ordering = ("ecole", "-envoyee_le")
        constraints = (
            models.CheckConstraint(
                condition=Q(retiree_le__isnull=True) | Q(retiree_le__gte=F("envoyee_le")),
                name="declaration_retiree_apres",
                violation_error_message="Une déclaration ne se retire pas avant son envoi.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.lieu}, envoyée le {self.envoyee_le:%d/%m/%Y}"


class Encadrement(models.Model):
    """A competent person named to supervise minors at these works, from day to day inclusive (R4153-40)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    membre = models.ForeignKey(
        "ecoles.MembreEquipe", models.PROTECT, related_name="encadrements", verbose_name="personne"
    )
    travaux = models.ManyToManyField(
        TravailReglemente,
        related_name="encadrements",
        verbose_name="machines et travaux dangereux",
        limit_choices_to={"derogeable": True},
    )
    competence = models.CharField(
        "compétence",
        max_length=200,
        help_text="Diplôme, années de métier. Par exemple : CAP usinage, 12 ans.",
    )
    du = models.DateField("du")
    au = models.DateField("au", null=True, blank=True, help_text="Vide : sans fin prévue. Jour compris.")

    objects = RequeteParMembre["Encadrement"].as_manager()

    class Meta:
        verbose_name = "personne qui encadre"
        verbose_name_plural = "personnes qui encadrent"
        ordering = ("membre", "du", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(au__isnull=True) | Q(au__gte=F("du")),
                name="encadrement_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.membre.utilisateur}, depuis le {self.du:%d/%m/%Y}"


class AvisAptitude(models.Model):
    """A yearly medical opinion: fit or not, from day to day inclusive."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    apprenant = models.ForeignKey(Apprenant, models.PROTECT, related_name="avis")
    apte = models.BooleanField("apte")
    du = models.DateField("du")
    au = models.DateField("au")

    objects = RequeteParApprenant["AvisAptitude"].as_manager()

    class Meta:
        verbose_name = "avis d'aptitude"
        verbose_name_plural = "avis d'aptitude"
        ordering = ("apprenant", "-du")
        constraints = (
            models.CheckConstraint(
                condition=Q(au__gte=F("du")) & Q(au__lte=F("du") + 366),
                name="avis_un_an_au_plus",
                violation_error_message="Un avis d'aptitude vaut un an au plus.",
            ),
        )

    def __str__(self) -> str:
        return f"{'apte' if self.apte else 'inapte'} jusqu'au {self.au:%d/%m/%Y}"


class FormationSecurite(models.Model):
    """Safety training of a learner for a work: given, then assessed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    apprenant = models.ForeignKey(Apprenant, models.PROTECT, related_name="formations")
    travail = models.ForeignKey(TravailReglemente, models.PROTECT, related_name="formations")
    donnee_le = models.DateField("donnée le")
    evaluee_le = models.DateField("évaluée le", null=True, blank=True)

    objects = RequeteParApprenant["FormationSecurite"].as_manager()

    class Meta:
        verbose_name = "formation à la sécurité"
        verbose_name_plural = "formations à la sécurité"
        ordering = ("apprenant", "donnee_le")
        constraints = (
            models.UniqueConstraint(fields=("apprenant", "travail"), name="formation_unique"),
            models.CheckConstraint(
                condition=Q(evaluee_le__isnull=True) | Q(evaluee_le__gte=F("donnee_le")),
                name="formation_evaluee_apres",
                violation_error_message="L'évaluation ne peut pas précéder la formation.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.travail}, {self.donnee_le:%d/%m/%Y}"
