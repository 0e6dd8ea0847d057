"""The decision, its ledger of commitments, and the legal documents that they produce."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import F, Q

from financements.models.demandes import Demande
from financements.models.enveloppes import Enveloppe
from financements.requetes import RequeteParDemande
from reseau.champs import ChampMontant, uuid7
from reseau.models import DocumentFige, Region, Utilisateur
from reseau.models.protections import ajout_seul

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Origine(models.TextChoices):
    """Whether an act was made in the tool or taken over from before it."""

    OUTIL = "outil", "fait dans l'outil"
    REPRISE = "reprise", "reprise d'avant l'outil"


class Allocation(models.Model):
    """The decision to grant (row 8): immutable, one per request, by three different persons (F7)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demande = models.OneToOneField(Demande, models.PROTECT, related_name="allocation")
    region = models.ForeignKey(Region, models.PROTECT, related_name="allocations")
    montant = ChampMontant("montant accordé")
    instruite_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, related_name="+")
    visee_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, related_name="+")
    accordee_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, related_name="+")
    accordee_le = models.DateTimeField("accordée le")
    origine = models.CharField("origine", max_length=7, choices=Origine, default=Origine.OUTIL)

    objects = RequeteParDemande["Allocation"].as_manager()

    if TYPE_CHECKING:
        engagements: RelatedManager[Engagement]
        actes: RelatedManager[Acte]

    class Meta:
        ordering = ("-accordee_le",)
        constraints = (
            models.CheckConstraint(condition=Q(montant__gt=0), name="allocation_montant_positif"),
            models.CheckConstraint(
                condition=Q(origine="reprise")
                | Q(
                    instruite_par__isnull=False,
                    visee_par__isnull=False,
                    accordee_par__isnull=False,
                )
                & ~Q(instruite_par=F("visee_par"))
                & ~Q(instruite_par=F("accordee_par"))
                & ~Q(visee_par=F("accordee_par")),
                name="allocation_trois_personnes",
                violation_error_message="Instruire, viser et accorder : trois personnes différentes.",
            ),
        )
        triggers = ajout_seul()

    def __str__(self) -> str:
        return f"Décision {self.demande}"


class Engagement(models.Model):
    """A signed line of the ledger of commitments; the envelope's counter follows it in the database."""

    class Nature(models.TextChoices):
        INITIAL = "initial", "Engagement initial"
        AVENANT = "avenant", "Avenant"
        DESENGAGEMENT = "desengagement", "Désengagement"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="engagements")
    enveloppe = models.ForeignKey(Enveloppe, models.PROTECT, related_name="engagements")
    nature = models.CharField("nature", max_length=13, choices=Nature)
    montant = ChampMontant("montant")
    origine = models.CharField("origine", max_length=7, choices=Origine, default=Origine.OUTIL)
    saisi_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+")
    saisi_le = models.DateTimeField("saisi le", auto_now_add=True)

    class Meta:
        ordering = ("saisi_le", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(montant=0), name="engagement_non_nul"),
            models.UniqueConstraint(
                fields=("allocation",), condition=Q(nature="initial"), name="engagement_initial_unique"
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="porter_au_compteur",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                func="""
                UPDATE financements_enveloppe SET ae_engagees = ae_engagees + NEW.montant
                 WHERE id = NEW.enveloppe_id;
                RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="meme_region_que_la_demande",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                IF NOT EXISTS (
                    SELECT 1 FROM financements_allocation a
                      JOIN financements_demande d ON d.id = a.demande_id
                      JOIN financements_enveloppe e ON e.id = NEW.enveloppe_id
                     WHERE a.id = NEW.allocation_id AND a.region_id = e.service_id
                       AND d.region_id = e.service_id AND d.enveloppe_id = e.id) THEN
                    RAISE EXCEPTION 'Un engagement porte sur l''enveloppe de sa région et de sa demande.'
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
            *ajout_seul(),
        )

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.allocation}"


class Acte(models.Model):
    """The link between a decision and its frozen document."""

    class Nature(models.TextChoices):
        DECISION = "decision", "Décision d'attribution"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="actes")
    nature = models.CharField("nature", max_length=12, choices=Nature)
    document = models.OneToOneField(DocumentFige, models.PROTECT, related_name="acte")

    class Meta:
        ordering = ("allocation", "nature")
        constraints = (models.UniqueConstraint(fields=("allocation", "nature"), name="acte_unique"),)
        triggers = ajout_seul()

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.allocation}"
