"""Statuses of a school: records from day to day inclusive, never a box that somebody forgets to untick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from ecoles.models.ecoles import Ecole
from ecoles.requetes import RequeteDeLEcole
from reseau.champs import compact, uuid7
from reseau.models import periode, refuser_les_dates_inversees

if TYPE_CHECKING:
    from datetime import date

NB_CRITERES = 34
MOTIF_NOR = "^[A-Z]{4}[0-9]{7}[A-Z]$"


def _regles(nom: str, doublon: str) -> tuple[Any, ...]:
    """Constraints of every dated status."""
    return (
        models.CheckConstraint(
            condition=Q(au__isnull=True) | Q(au__gte=F("du")),
            name=f"{nom}_dates",
            violation_error_message="La fin ne peut pas précéder le début.",
        ),
        ExclusionConstraint(
            name=f"{nom}_un_seul_a_la_fois",
            expressions=(("ecole", RangeOperators.EQUAL), (periode(), RangeOperators.OVERLAPS)),
            violation_error_message=doublon,
        ),
    )


class StatutDate(models.Model):
    """What every status shares: the school, and from when to when."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    du = models.DateField("du")
    au = models.DateField("au", null=True, blank=True, help_text="Vide : sans fin prévue. Jour compris.")

    class Meta:
        abstract = True

    def clean(self) -> None:
        """The end follows the beginning."""
        refuser_les_dates_inversees(self)

    def vaut_le(self, jour: date) -> bool:
        """Whether the status holds on ``jour``."""
        return self.du <= jour and (self.au is None or jour <= self.au)


class Label(StatutDate):
    """The network's label, after an evaluation against its 34 criteria."""

    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="labels", verbose_name="école")
    evaluee_le = models.DateField("évaluée le")
    nb_criteres = models.PositiveSmallIntegerField("critères remplis", help_text="Sur 34.")

    objects = RequeteDeLEcole["Label"].as_manager()

    class Meta:
        verbose_name = "label"
        ordering = ("ecole", "-du", "id")
        constraints = (
            *_regles("label", "L'école a déjà le label à ces dates."),
            models.CheckConstraint(
                condition=Q(nb_criteres__lte=NB_CRITERES),
                name="label_criteres",
                violation_error_message="Le label compte 34 critères.",
            ),
            models.CheckConstraint(
                condition=Q(evaluee_le__lte=F("du")),
                name="label_evalue_avant",
                violation_error_message="L'évaluation précède le label.",
            ),
        )

    def __str__(self) -> str:
        return f"label depuis le {self.du:%d/%m/%Y}"


class Reconnaissance(StatutDate):
    """The State's recognition of a private technical school (code de l'éducation, L443-2), by its act."""

    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="reconnaissances", verbose_name="école")
    acte = models.CharField("acte", max_length=200, help_text="Par exemple : arrêté du 3 mai 2021.")
    signee_le = models.DateField("signé le")

    objects = RequeteDeLEcole["Reconnaissance"].as_manager()

    class Meta:
        verbose_name = "reconnaissance par l'État"
        verbose_name_plural = "reconnaissances par l'État"
        ordering = ("ecole", "-du", "id")
        constraints = (
            *_regles("reconnaissance", "L'école est déjà reconnue par l'État à ces dates."),
            models.CheckConstraint(
                condition=~Q(acte=""),
                name="reconnaissance_acte",
                violation_error_message="Indiquez l'acte qui reconnaît l'école.",
            ),
        )

    def __str__(self) -> str:
        return self.acte


class InscriptionListe(StatutDate):
    """A year on the list of recognised schools, by the arrêté that publishes it (its NOR)."""

    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="inscriptions_liste", verbose_name="école")
    annee = models.PositiveSmallIntegerField("année")
    nor = models.CharField(
        "NOR de l'arrêté",
        max_length=12,
        validators=(
            RegexValidator(
                MOTIF_NOR, "Un NOR a quatre lettres, sept chiffres et une lettre, par exemple MENE2012345A."
            ),
        ),
    )

    objects = RequeteDeLEcole["InscriptionListe"].as_manager()

    class Meta:
        verbose_name = "inscription sur la liste annuelle"
        verbose_name_plural = "inscriptions sur la liste annuelle"
        ordering = ("ecole", "-annee", "id")
        constraints = (
            *_regles("inscription_liste", "L'école est déjà sur une liste à ces dates."),
            models.UniqueConstraint(
                fields=("ecole", "annee"),
                name="inscription_liste_une_par_an",
                violation_error_message="L'école est déjà sur la liste de cette année.",
            ),
            models.CheckConstraint(
                condition=Q(nor__regex=MOTIF_NOR),
                name="inscription_liste_nor",
                violation_error_message="Un NOR a quatre lettres, sept chiffres et une lettre.",
            ),
        )

    def __str__(self) -> str:
        return f"liste de {self.annee}, {self.nor}"

    def clean_fields(self, exclude: Any = None) -> None:
        """A NOR is typed with spaces and in any case; it is stored without."""
        self.nor = compact(self.nor)
        super().clean_fields(exclude)
