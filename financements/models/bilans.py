"""The report of a funded year: what was done, what it cost, what the service retains of it.

Loi 2000-321 du 12 avril 2000, article 10: the "compte rendu financier" is handed in within six months of the
end of the year; its form is Cerfa 15059*02.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

from ecoles.models import Titre
from financements.comptes import PAR_CODE, RANGS, Cote
from financements.models.decisions import Allocation
from financements.models.declencheurs_bilans import (
    BILAN_PAR_LA_PORTE,
    LIGNE_PAR_LA_PORTE,
    POSTE_PAR_LA_PORTE,
    TAUX_DU_BILAN,
)
from financements.natures import PhaseBilan
from financements.requetes import RequeteParAllocation, RequeteParBilan
from reseau.champs import ChampMontant, ChampTaux, uuid7
from reseau.models import Utilisateur
from reseau.models.protections import refus_de_vider

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# 999 learners during a whole year: a fifth digit is a slip of the keyboard.
MOIS_MAXIMAL = 9_990
_BORNES = (
    MinValueValidator(0, "Un nombre de mois ne peut pas être négatif."),
    MaxValueValidator(MOIS_MAXIMAL, "Au plus 9 990 mois sur une ligne."),
)


def _mois(nom: str) -> models.IntegerField[int | None, int | None]:
    """Learner-months: three learners for four months are 12."""
    return models.IntegerField(nom, validators=_BORNES, null=True, blank=True)


class Bilan(models.Model):
    """The report of a decision: written by the school, frozen when handed in, certified by the service.

    It moves with the transitions of its file. ``phase`` and ``reponse_avant_le`` are those of the last
    correction that was asked; ``chiffre_affaires`` (EUR before tax) is what the orders of the year came to
    when the report was prepared.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    allocation = models.OneToOneField(Allocation, models.PROTECT, related_name="bilan")
    du = models.DateField("du", editable=False)
    au = models.DateField("au", editable=False)
    chiffre_affaires = ChampMontant("ventes de l'atelier", default=0, editable=False)
    commentaire = models.TextField(
        "Ce qui a été fait avec la subvention, et pourquoi ce qui diffère de ce qui était prévu",
        max_length=4000,
        blank=True,
    )
    a_corriger = models.CharField(
        "À corriger ou à expliquer dans le compte rendu financier", max_length=500, blank=True
    )
    reponse = models.CharField("Réponse de l'école", max_length=500, blank=True)
    phase = models.CharField("phase", max_length=14, choices=PhaseBilan, blank=True, editable=False)
    reponse_avant_le = models.DateField("réponse avant le", null=True, editable=False)
    depose_le = models.DateTimeField("déposé le", null=True, editable=False)
    depose_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, editable=False, related_name="+")
    certifie_le = models.DateTimeField("service fait certifié le", null=True, editable=False)
    certifie_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, editable=False, related_name="+")
    conserver_jusqu_au = models.DateField("dossier conservé jusqu'au", null=True, editable=False)
    version = models.PositiveIntegerField("version", default=1, editable=False)
    prepare_le = models.DateTimeField("préparé le", auto_now_add=True)

    objects = RequeteParAllocation["Bilan"].as_manager()

    if TYPE_CHECKING:
        lignes: RelatedManager[LigneRealisee]
        postes: RelatedManager[PosteCompteRendu]

    class Meta:
        verbose_name = "bilan"
        ordering = ("-prepare_le",)
        constraints = (
            models.CheckConstraint(condition=Q(au__gte=F("du")), name="bilan_periode"),
            models.CheckConstraint(
                condition=Q(depose_le__isnull=True, depose_par__isnull=True)
                | Q(depose_le__isnull=False, depose_par__isnull=False),
                name="bilan_depose_entier",
            ),
            models.CheckConstraint(
                condition=Q(certifie_par__isnull=True, certifie_le__isnull=True)
                | Q(certifie_par__isnull=False, certifie_le__isnull=False, depose_par__isnull=False)
                & ~Q(certifie_par=F("depose_par")),
                name="bilan_certifie_par_une_autre",
                violation_error_message="Qui a déposé le bilan ne certifie pas le service fait.",
            ),
            models.CheckConstraint(
                condition=Q(phase="", reponse_avant_le__isnull=True)
                | ~Q(phase="") & Q(reponse_avant_le__isnull=False),
                name="bilan_phase_datee",
            ),
        )
        triggers = (BILAN_PAR_LA_PORTE, refus_de_vider())

    def __str__(self) -> str:
        return f"Bilan {self.allocation.demande}"


class LigneRealisee(models.Model):
    """Learner-months of a title and a year: agreed, enrolled, realised by the school, retained.

    ``mois_inscrits`` is empty when the school records no enrolment; ``*_avant`` are what it had written when
    a correction was asked. Rates are those of the decision (EUR per learner-month).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bilan = models.ForeignKey(Bilan, models.PROTECT, related_name="lignes")
    titre = models.ForeignKey(Titre, models.PROTECT, related_name="+", verbose_name="diplôme")
    annee = models.PositiveSmallIntegerField("année du parcours", default=1)
    mois_convenus = models.IntegerField("mois-élèves convenus", default=0, editable=False)
    majores_convenus = models.IntegerField("dont avec supplément", default=0, editable=False)
    mois_inscrits = models.IntegerField("mois-élèves d'après les inscriptions", null=True, editable=False)
    mois_realises = _mois("mois-élèves réalisés")
    majores_realises = _mois("dont avec supplément")
    motif_ecole = models.CharField("raison de l'écart avec les inscriptions", max_length=300, blank=True)
    mois_avant = models.IntegerField(null=True, editable=False)
    majores_avant = models.IntegerField(null=True, editable=False)
    mois_retenus = _mois("mois-élèves retenus")
    majores_retenus = _mois("suppléments retenus")
    motif_service = models.CharField("raison de l'écart avec l'école", max_length=300, blank=True)
    a_corriger = models.CharField("à corriger ou à expliquer", max_length=300, blank=True)
    question = models.CharField("demandé avant", max_length=300, blank=True, db_default="", editable=False)
    reponse = models.CharField("réponse de l'école", max_length=500, blank=True)
    unitaire = ChampTaux("par jeune et par mois (€)", default=0, editable=False)
    majoration = ChampTaux("supplément par mois (€)", default=0, editable=False)
    montant = models.GeneratedField(
        expression=Round(
            F("unitaire") * F("mois_retenus") + F("majoration") * F("majores_retenus"), precision=2
        ),
        output_field=models.DecimalField(max_digits=14, decimal_places=2, null=True),
        db_persist=True,
        verbose_name="montant retenu",
    )

    objects = RequeteParBilan["LigneRealisee"].as_manager()

    class Meta:
        verbose_name = "ligne réalisée"
        verbose_name_plural = "lignes réalisées"
        ordering = ("bilan", "titre", "annee")
        constraints = (
            models.UniqueConstraint(fields=("bilan", "titre", "annee"), name="ligne_realisee_unique"),
            models.CheckConstraint(condition=Q(annee__gte=1, annee__lte=4), name="ligne_realisee_annee"),
            models.CheckConstraint(
                condition=Q(mois_realises__isnull=True)
                | Q(mois_realises__gte=0, mois_realises__lte=MOIS_MAXIMAL)
                & Q(majores_realises__isnull=False)
                & Q(majores_realises__gte=0, majores_realises__lte=F("mois_realises")),
                name="ligne_realisee_plausible",
                violation_error_message="Il y a plus de mois avec supplément que de mois.",
            ),
            models.CheckConstraint(
                condition=Q(mois_realises__isnull=True)
                | Q(mois_inscrits__isnull=True)
                | Q(mois_realises=F("mois_inscrits"))
                | ~Q(motif_ecole=""),
                name="ligne_realisee_ou_motif",
                violation_error_message="Ce qui diffère des inscriptions a une raison écrite.",
            ),
            models.CheckConstraint(
                condition=Q(mois_retenus__isnull=True, majores_retenus__isnull=True)
                | Q(mois_retenus__isnull=False, mois_retenus__gte=0, mois_retenus__lte=MOIS_MAXIMAL)
                & Q(majores_retenus__isnull=False)
                & Q(majores_retenus__gte=0, majores_retenus__lte=F("mois_retenus")),
                name="ligne_retenue_plausible",
                violation_error_message="Il y a plus de suppléments retenus que de mois retenus.",
            ),
            models.CheckConstraint(
                condition=Q(mois_retenus__isnull=True)
                | Q(
                    mois_realises__isnull=False,
                    mois_retenus=F("mois_realises"),
                    majores_retenus=F("majores_realises"),
                )
                | ~Q(motif_service=""),
                name="ligne_retenue_ou_motif",
                violation_error_message="Ce qui est retenu autrement que l'école ne l'écrit a une raison.",
            ),
        )
        triggers = (LIGNE_PAR_LA_PORTE, TAUX_DU_BILAN, refus_de_vider())

    def __str__(self) -> str:
        return f"{self.titre}, année {self.annee}"


class PosteCompteRendu(models.Model):
    """A heading of the "compte rendu financier": planned and realised, EUR. Totals are derived."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    bilan = models.ForeignKey(Bilan, models.PROTECT, related_name="postes")
    compte = models.CharField(
        "compte", max_length=10, choices=[(c, p.libelle) for c, p in PAR_CODE.items()], editable=False
    )
    rang = models.PositiveSmallIntegerField("rang", editable=False)
    prevu = ChampMontant("prévu", default=0)
    realise = ChampMontant("réalisé", default=0)

    objects = RequeteParBilan["PosteCompteRendu"].as_manager()

    class Meta:
        verbose_name = "poste du compte rendu financier"
        verbose_name_plural = "postes du compte rendu financier"
        ordering = ("bilan", "rang")
        constraints = (
            models.UniqueConstraint(fields=("bilan", "compte"), name="poste_compte_unique"),
            models.CheckConstraint(
                condition=Q(prevu__gte=0, realise__gte=0),
                name="poste_positif",
                violation_error_message="Un montant du compte rendu ne peut pas être négatif.",
            ),
        )
        triggers = (POSTE_PAR_LA_PORTE, refus_de_vider())

    def __str__(self) -> str:
        return PAR_CODE[self.compte].libelle

    @property
    def cote(self) -> Cote:
        """Expense or income."""
        return PAR_CODE[self.compte].cote

    @staticmethod
    def vides(bilan: Bilan) -> list[PosteCompteRendu]:
        """Return one row a heading, at zero."""
        return [PosteCompteRendu(bilan=bilan, compte=code, rang=rang) for code, rang in RANGS.items()]
