"""Who works in a school, with which agrément, and where its money is paid."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce

from ecoles.models.declencheurs_iban import IBAN_FIGE
from ecoles.models.ecoles import Ecole
from ecoles.models.titres import Filiere
from ecoles.requetes import RequeteDeLEcole
from reseau.champs import ChampIban, uuid7
from reseau.francais import de
from reseau.models import Utilisateur, periode, refuser_les_dates_inversees
from reseau.nombres import aujourdhui
from reseau.roles import Role


class MembreEquipe(models.Model):
    """A function held in a school by a person with an account, from day to day inclusive."""

    class Fonction(models.TextChoices):
        MAITRE = Role.MAITRE.value, Role.MAITRE.label
        SECRETARIAT = Role.SECRETARIAT.value, Role.SECRETARIAT.label
        DIRECTION = Role.DIRECTION.value, Role.DIRECTION.label

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    utilisateur = models.ForeignKey(Utilisateur, models.PROTECT, related_name="appartenances")
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="membres", verbose_name="école")
    fonction = models.CharField("fonction", max_length=20, choices=Fonction)
    du = models.DateField("du", default=aujourdhui)
    au = models.DateField("au", null=True, blank=True)

    objects = RequeteDeLEcole["MembreEquipe"].as_manager()

    class Meta:
        verbose_name = "membre de l'équipe"
        verbose_name_plural = "membres de l'équipe"
        ordering = ("ecole", "utilisateur", "du")
        constraints = (
            models.CheckConstraint(
                condition=Q(au__isnull=True) | Q(au__gte=F("du")),
                name="membre_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
            ExclusionConstraint(
                name="membre_sans_doublon",
                expressions=(
                    ("utilisateur", RangeOperators.EQUAL),
                    ("ecole", RangeOperators.EQUAL),
                    ("fonction", RangeOperators.EQUAL),
                    (periode(), RangeOperators.OVERLAPS),
                ),
                violation_error_message="Cette personne tient déjà cette fonction à ces dates.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.utilisateur}, {self.get_fonction_display()}"

    def clean(self) -> None:
        """The end follows the beginning."""
        refuser_les_dates_inversees(self)


class Agrement(models.Model):
    """The administration's approval of a person in a school, for a function, from day to day inclusive."""

    class Fonction(models.TextChoices):
        DIRECTION = "direction", "diriger l'école"
        MAITRE = "maitre", "enseigner un métier"
        ENSEIGNANT = "enseignant", "enseigner les matières générales"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    utilisateur = models.ForeignKey(
        Utilisateur, models.PROTECT, related_name="agrements", verbose_name="personne"
    )
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="agrements", verbose_name="école")
    fonction = models.CharField("pour", max_length=10, choices=Fonction)
    filiere = models.ForeignKey(
        Filiere, models.PROTECT, null=True, blank=True, related_name="agrements", verbose_name="métier"
    )
    numero = models.CharField("numéro de l'acte", max_length=60)
    du = models.DateField("du", default=aujourdhui)
    au = models.DateField("au", null=True, blank=True, help_text="Vide : sans fin prévue. Jour compris.")

    objects = RequeteDeLEcole["Agrement"].as_manager()

    class Meta:
        verbose_name = "agrément"
        ordering = ("ecole", "utilisateur", "-du", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(au__isnull=True) | Q(au__gte=F("du")),
                name="agrement_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
            models.CheckConstraint(
                condition=Q(fonction="maitre", filiere__isnull=False)
                | ~Q(fonction="maitre") & Q(filiere__isnull=True),
                name="agrement_metier_du_maitre",
                violation_error_message="L'agrément d'un maître nomme son métier, et lui seul.",
            ),
            models.CheckConstraint(
                condition=~Q(numero=""),
                name="agrement_numero",
                violation_error_message="Indiquez le numéro de l'acte.",
            ),
            ExclusionConstraint(
                name="agrement_sans_doublon",
                expressions=(
                    ("utilisateur", RangeOperators.EQUAL),
                    ("ecole", RangeOperators.EQUAL),
                    ("fonction", RangeOperators.EQUAL),
                    (Coalesce("filiere", Value("")), RangeOperators.EQUAL),
                    (periode(), RangeOperators.OVERLAPS),
                ),
                violation_error_message="Cette personne a déjà cet agrément à ces dates.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_fonction_display()}, acte {self.numero}"

    def clean(self) -> None:
        """The end follows the beginning."""
        refuser_les_dates_inversees(self)


class CoordonneesBancaires(models.Model):
    """A dated IBAN of a managing body or one of its schools, entered by one, confirmed by another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(
        Ecole, models.PROTECT, related_name="coordonnees_bancaires", verbose_name="école"
    )
    iban = ChampIban("IBAN")
    du = models.DateField("du", default=aujourdhui)
    au = models.DateField("au", null=True, blank=True)
    saisi_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+")
    confirme_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RequeteDeLEcole["CoordonneesBancaires"].as_manager()

    class Meta:
        verbose_name = "coordonnées bancaires"
        verbose_name_plural = "coordonnées bancaires"
        ordering = ("ecole", "du")
        constraints = (
            models.CheckConstraint(
                condition=Q(confirme_par__isnull=True) | ~Q(confirme_par=F("saisi_par")),
                name="iban_confirme_par_un_autre",
                violation_error_message="Un IBAN est confirmé par une seconde personne.",
            ),
            ExclusionConstraint(
                name="iban_un_seul_a_la_fois",
                expressions=(("ecole", RangeOperators.EQUAL), (periode(), RangeOperators.OVERLAPS)),
                violation_error_message="L'école a déjà un IBAN à ces dates.",
            ),
        )
        triggers = (IBAN_FIGE,)

    def __str__(self) -> str:
        return f"IBAN {de(self.ecole.nom)}"

    def clean(self) -> None:
        """The end follows the beginning."""
        refuser_les_dates_inversees(self)
