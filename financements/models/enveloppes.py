"""The regional envelope: counters that only ledgers move, under constraints of the database.

A CHECK is evaluated while the row is held. "Select the sum, then insert" lets two officers commit
the same euros; this does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from financements.models.declencheurs_enveloppes import (
    COMPTEURS_PAR_LES_REGISTRES,
    MOUVEMENT_AU_COMPTEUR,
    MOUVEMENT_DE_SA_SORTE,
    SOUS_ENVELOPPE,
)
from financements.models.declencheurs_reprises import repris_par_la_porte
from financements.natures import Origine
from financements.requetes import RequeteEnveloppes, RequeteParEnveloppe
from reseau.champs import ChampMontant, uuid7
from reseau.models import ServiceRegional, Utilisateur
from reseau.models.protections import ajout_seul, refus_de_vider

if TYPE_CHECKING:
    from decimal import Decimal

    from django.db.models.fields.related_descriptors import RelatedManager

    from financements.models.decisions import Engagement


def nom_d_enveloppe(service: str, exercice: int, programme: str, action: str) -> str:
    """Name an envelope: "DREETS Bretagne 2026, programme 103, action 2"."""
    suite = f", {action}" if action else ""
    return f"{service} {exercice}, programme {programme}{suite}"


class Enveloppe(models.Model):
    """Credits of a service for a year: AE to commit, CP to pay. ``service`` is the region's key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service = models.ForeignKey(
        ServiceRegional, models.PROTECT, related_name="enveloppes", verbose_name="service"
    )
    exercice = models.PositiveSmallIntegerField("exercice")
    programme = models.CharField("programme", max_length=10, default="103")
    action = models.CharField("action", max_length=20, blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sous_enveloppes",
        verbose_name="enveloppe d'origine",
        help_text="Vide, sauf pour une sous-enveloppe : ses crédits viennent de l'enveloppe d'origine.",
    )
    ae_ouvertes = ChampMontant("AE ouvertes", default=0, editable=False)
    ae_engagees = ChampMontant("AE engagées", default=0, editable=False)
    ae_deleguees = ChampMontant("AE déléguées", default=0, editable=False)
    cp_ouverts = ChampMontant("CP ouverts", default=0, editable=False)
    cp_payes = ChampMontant("CP payés", default=0, editable=False)
    cp_delegues = ChampMontant("CP délégués", default=0, db_default=0, editable=False)

    objects = RequeteEnveloppes.as_manager()

    if TYPE_CHECKING:
        service_id: str
        mouvements: RelatedManager[MouvementEnveloppe]
        engagements: RelatedManager[Engagement]

    class Meta:
        verbose_name = "enveloppe"
        ordering = ("-exercice", "service", "action")
        constraints = (
            models.CheckConstraint(
                condition=Q(exercice__gte=2024, exercice__lte=2099),
                name="enveloppe_exercice",
                violation_error_message="L'exercice est une année, de 2024 à 2099.",
            ),
            models.UniqueConstraint(
                fields=("service", "exercice", "programme", "action"),
                name="enveloppe_unique",
                violation_error_message="Cette enveloppe existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(ae_engagees__gte=0, ae_deleguees__gte=0)
                & Q(ae_ouvertes__gte=F("ae_engagees") + F("ae_deleguees")),
                name="enveloppe_ae_suffisantes",
                violation_error_message="L'enveloppe ne dispose pas d'assez d'AE.",
            ),
            models.CheckConstraint(
                condition=Q(cp_payes__gte=0, cp_delegues__gte=0)
                & Q(cp_ouverts__gte=F("cp_payes") + F("cp_delegues")),
                name="enveloppe_cp_suffisants",
                violation_error_message="L'enveloppe ne dispose pas d'assez de CP.",
            ),
        )
        triggers = (
            COMPTEURS_PAR_LES_REGISTRES,
            SOUS_ENVELOPPE,
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return nom_d_enveloppe(str(self.service), self.exercice, self.programme, self.action)

    @property
    def ae_disponibles(self) -> Decimal:
        """Euros still free to commit."""
        reste: Decimal = self.ae_ouvertes - self.ae_engagees - self.ae_deleguees
        return reste

    @property
    def cp_disponibles(self) -> Decimal:
        """Euros still free to pay this year."""
        reste: Decimal = self.cp_ouverts - self.cp_payes - self.cp_delegues
        return reste


# Far above the budget of the State for these schools; counters hold a thousand of them.
MOUVEMENT_MAXIMAL = 100_000_000


class MouvementEnveloppe(models.Model):
    """A signed line of the envelope's ledger: what opens or closes its credits."""

    class Nature(models.TextChoices):
        NOTIFICATION = "notification", "Notification"
        COMPLEMENT = "complement", "Complément"
        GEL = "gel", "Gel"
        DEGEL = "degel", "Dégel"
        RETRAIT = "retrait", "Retrait"
        REDEPLOIEMENT = "redeploiement", "Redéploiement"
        DELEGATION = "delegation", "Délégation"
        RETOUR = "retour", "Retour de délégation"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enveloppe = models.ForeignKey(
        Enveloppe, models.PROTECT, related_name="mouvements", verbose_name="enveloppe"
    )
    nature = models.CharField("nature", max_length=13, choices=Nature)
    ae = ChampMontant("AE (€)", help_text="Négatif pour un gel ou un retrait.")
    cp = ChampMontant("CP (€)", help_text="Négatif pour un gel ou un retrait.")
    reference = models.CharField("référence de l'acte", max_length=100)
    date_acte = models.DateField("date de l'acte")
    origine = models.CharField("origine", max_length=7, choices=Origine, default=Origine.OUTIL)
    saisi_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+", editable=False)
    saisi_le = models.DateTimeField("saisi le", auto_now_add=True)

    objects = RequeteParEnveloppe["MouvementEnveloppe"].as_manager()

    class Meta:
        verbose_name = "mouvement"
        verbose_name_plural = "mouvements"
        ordering = ("enveloppe", "saisi_le", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(ae=0, cp=0),
                name="mouvement_non_nul",
                violation_error_message="Un mouvement change les AE ou les CP.",
            ),
            models.CheckConstraint(
                condition=Q(nature__in=("gel", "retrait", "retour"), ae__lte=0, cp__lte=0)
                | Q(nature__in=("notification", "complement", "degel", "delegation"), ae__gte=0, cp__gte=0)
                | Q(nature="redeploiement"),
                name="mouvement_signe",
                violation_error_message="Un gel, un retrait, un retour sont négatifs ; les autres, positifs.",
            ),
            models.CheckConstraint(
                condition=Q(ae__gte=-MOUVEMENT_MAXIMAL, ae__lte=MOUVEMENT_MAXIMAL)
                & Q(cp__gte=-MOUVEMENT_MAXIMAL, cp__lte=MOUVEMENT_MAXIMAL),
                name="mouvement_plausible",
                violation_error_message="Un mouvement ne dépasse pas 100 000 000 €.",
            ),
        )
        triggers = (
            MOUVEMENT_DE_SA_SORTE,
            MOUVEMENT_AU_COMPTEUR,
            repris_par_la_porte(""),
            *ajout_seul(),
        )

    def __str__(self) -> str:
        return f"{self.get_nature_display()} du {self.date_acte:%d/%m/%Y}"
