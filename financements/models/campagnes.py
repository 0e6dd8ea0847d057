"""Campaigns and scales: every rate, ceiling and date is a parameter, never a constant."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from ecoles.models import Titre
from financements.models.bornes import BORNES
from financements.natures import NaturePiece, NatureTranche
from financements.regles import ajouter_mois
from reseau.champs import ChampMontant, ChampTaux, uuid7
from reseau.models.protections import refus_de_vider
from reseau.requetes import RequeteReferentiel

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models.fields.related_descriptors import RelatedManager

# A rate beyond this is a slip of the keyboard, and would not fit in the amounts that it makes.
TAUX_MAXIMAL = 100_000


class Campagne(models.Model):
    """The requests of one year: when they may be made, with which pieces, within which delays."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exercice = models.PositiveSmallIntegerField("exercice", unique=True)
    ouverte_du = models.DateField("ouverte du")
    ouverte_au = models.DateField("ouverte au", help_text="Jour compris, jusqu'à minuit à l'heure de Paris.")
    mois = models.PositiveSmallIntegerField("mois financés", default=10)
    pieces_obligatoires = ArrayField(
        models.CharField(max_length=10, choices=NaturePiece),
        default=list,
        blank=True,
        verbose_name="pièces obligatoires",
    )
    seuil_convention = ChampMontant(
        "convention obligatoire au-dessus de (€ par an)",
        default=23_000,
        db_default=23_000,
        help_text="Pour un même gestionnaire, toutes décisions de l'année comprises.",
    )
    delai_convention = models.PositiveSmallIntegerField(
        "délai pour signer une convention (jours ouvrés)",
        default=10,
        db_default=10,
        help_text="Compté du jour où elle devient obligatoire ; ensuite, le portail le rappelle au service.",
    )
    seuil_comptes = ChampMontant(
        "comptes certifiés au-dessus de (€ par an)",
        default=153_000,
        db_default=153_000,
        help_text="Pour un même gestionnaire, toutes décisions de l'année comprises.",
    )
    delai_complement = models.PositiveSmallIntegerField(
        "délai pour compléter un dossier (jours ouvrés)", default=15
    )

    periode_du = models.DateField(
        "période financée, du", null=True, blank=True, help_text="Vide : le 1er janvier de l'exercice."
    )
    periode_au = models.DateField("au", null=True, blank=True, help_text="Vide : le 31 décembre.")
    bilan_avant_le = models.DateField(
        "bilan à remettre avant le",
        null=True,
        blank=True,
        help_text="Vide : six mois après la fin de la période, jour compris.",
    )
    delai_amiable = models.PositiveSmallIntegerField(
        "délai pour corriger un bilan (jours ouvrés)", default=15, db_default=15
    )
    delai_contradictoire = models.PositiveSmallIntegerField(
        "délai de la phase contradictoire (jours ouvrés)", default=15, db_default=15
    )
    seuil_reversement = ChampMontant(
        "somme à rendre abandonnée au-dessous de (€)",
        default=0,
        db_default=0,
        help_text="Zéro : tout ce qui est dû est réclamé.",
    )
    delai_reversement = models.PositiveSmallIntegerField(
        "délai pour rendre une somme (jours)",
        null=True,
        blank=True,
        help_text="Compté de l'ordre de reversement. Vide : l'ordre renvoie aux modalités de la DREETS.",
    )
    beneficiaire_reversement = models.CharField(
        "à qui rendre une somme",
        max_length=300,
        blank=True,
        db_default="",
        help_text="Imprimé sur l'ordre de reversement : le comptable, et comment le payer.",
    )
    annees_conservation = models.PositiveSmallIntegerField(
        "dossier conservé après sa clôture (années)", default=10, db_default=10
    )

    objects = RequeteReferentiel["Campagne"].as_manager()

    if TYPE_CHECKING:
        baremes: RelatedManager[Bareme]
        echeances: RelatedManager[EcheancePrevue]

    class Meta:
        verbose_name = "campagne"
        ordering = ("-exercice",)
        constraints = BORNES
        triggers = (
            pgtrigger.Trigger(
                name="exercice_fige",
                operation=pgtrigger.UpdateOf("exercice"),  # type: ignore[no-untyped-call]
                when=pgtrigger.Before,
                func="""
                IF NEW.exercice <> OLD.exercice
                   AND EXISTS (SELECT 1 FROM financements_demande WHERE campagne_id = OLD.id) THEN
                    RAISE EXCEPTION 'L''exercice d''une campagne qui a des demandes ne change plus.'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"Campagne {self.exercice}"

    @property
    def debut_de_periode(self) -> date:
        """First day of the months that are paid for."""
        return self.periode_du or date(self.exercice, 1, 1)

    @property
    def fin_de_periode(self) -> date:
        """Last day of the months that are paid for."""
        return self.periode_au or date(self.exercice, 12, 31)

    @property
    def bilan_du_le(self) -> date:
        """Last day to hand in the report: six months after the period (loi 2000-321, article 10)."""
        return self.bilan_avant_le or ajouter_mois(self.fin_de_periode, 6)

    def baremes_en_vigueur(self) -> dict[str | None, UUID]:
        """Return the scale's row in force for each title that has its own, and for all others (``None``).

        The database copies the same rates on the lines.
        """
        lignes = sorted(self.baremes.all(), key=lambda bareme: bareme.version)
        return {bareme.titre_id: bareme.pk for bareme in lignes}


class EcheancePrevue(models.Model):
    """A part of the schedule of a campaign: what is paid, of what is committed, from when on.

    Parts are percentages and make 100 together; the last part takes the remainder of the roundings.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campagne = models.ForeignKey(Campagne, models.CASCADE, related_name="echeances")
    rang = models.PositiveSmallIntegerField("rang")
    nature = models.CharField("nature", max_length=7, choices=NatureTranche)
    part = models.DecimalField("part (%)", max_digits=5, decimal_places=2)
    prevue_le = models.DateField("à payer à partir du")
    service_fait = models.BooleanField("après le service fait", default=False)

    objects = RequeteReferentiel["EcheancePrevue"].as_manager()

    class Meta:
        verbose_name = "échéance"
        ordering = ("campagne", "rang")
        constraints = (
            models.UniqueConstraint(
                fields=("campagne", "rang"),
                name="echeance_rang_unique",
                violation_error_message="Deux échéances ont le même rang.",
            ),
            models.CheckConstraint(
                condition=Q(part__gt=0, part__lte=100),
                name="echeance_part",
                violation_error_message="Une part va de 0,01 à 100 %%.",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="parts_font_cent",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                IF (SELECT sum(part) FROM financements_echeanceprevue WHERE campagne_id =
                    CASE WHEN TG_OP = 'DELETE' THEN OLD.campagne_id ELSE NEW.campagne_id END) <> 100 THEN
                    RAISE EXCEPTION 'Les parts d''un échéancier font 100 pour cent ensemble.'
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
                """,
            ),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.rang}"


class Bareme(models.Model):
    """What a learner-month is worth. Rates are copied on the lines; a rate that was used never changes.

    ``titre`` empty is the common rate; a row with a title wins over it. Within a title, and within
    the common rate, the latest version wins.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campagne = models.ForeignKey(Campagne, models.PROTECT, related_name="baremes")
    version = models.PositiveSmallIntegerField("version", default=1)
    titre = models.ForeignKey(
        Titre,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="baremes",
        verbose_name="diplôme",
        help_text="Vide : le taux commun à tous les diplômes qui n'ont pas le leur.",
    )
    unitaire = ChampTaux("montant par jeune et par mois (€)")
    majoration = ChampTaux("supplément par jeune et par mois (€)", default=0)
    plafond = models.PositiveSmallIntegerField(
        "plafond d'élèves par ligne", null=True, blank=True, help_text="Vide : pas de plafond."
    )

    objects = RequeteReferentiel["Bareme"].as_manager()

    class Meta:
        verbose_name = "barème"
        ordering = ("campagne", "titre", "-version")
        constraints = (
            models.UniqueConstraint(
                fields=("campagne", "version", "titre"),
                name="bareme_unique",
                nulls_distinct=False,
                violation_error_message="Cette version existe déjà : donnez le numéro suivant.",
            ),
            models.CheckConstraint(
                condition=Q(unitaire__gt=0, unitaire__lte=TAUX_MAXIMAL),
                name="bareme_unitaire_positif",
                violation_error_message="Le montant mensuel est supérieur à zéro, et au plus de 100 000 €.",
            ),
            models.CheckConstraint(
                condition=Q(majoration__gte=0, majoration__lte=TAUX_MAXIMAL),
                name="bareme_majoration_positive",
                violation_error_message="Le supplément ne peut pas être négatif, ni dépasser 100 000 €.",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="bareme_utilise_fige",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                IF EXISTS (SELECT 1 FROM financements_ligneeffectif WHERE bareme_id = OLD.id) THEN
                    RAISE EXCEPTION 'Un barème déjà utilisé ne change plus : ajoutez une version.'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            ),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return f"{self.titre or 'Taux commun'}, version {self.version}"
