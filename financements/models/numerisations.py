"""Acts signed by hand, as they come back: one PDF of scans, its pages, and the signed scan of each act."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q

from financements.models.decisions import Acte
from financements.natures import MotifPage
from financements.requetes import RequeteParActe, RequeteParDepot, RequeteParRegion
from reseau.champs import uuid7
from reseau.models import FichierDepose, Region, Utilisateur
from reseau.models.protections import ajout_seul

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

_PAGE_DE_LA_REGION = """
IF TG_OP = 'UPDATE' AND OLD.scan_id IS NOT NULL THEN
    RAISE EXCEPTION 'Une page rattachée ne change plus.' USING ERRCODE = 'integrity_constraint_violation';
END IF;
IF NEW.acte_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM financements_acte a JOIN financements_demande d ON d.id = a.demande_id
      JOIN financements_depotscans s ON s.id = NEW.depot_id AND s.region_id = d.region_id
     WHERE a.id = NEW.acte_id) THEN
    RAISE EXCEPTION 'Une page se rattache à un acte de sa région.' USING ERRCODE = 'check_violation';
END IF;
IF NEW.scan_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM financements_scansigne WHERE id = NEW.scan_id AND acte_id = NEW.acte_id) THEN
    RAISE EXCEPTION 'Une page va dans le scan de son acte.' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class DepotScans(models.Model):
    """A PDF of scans: several acts, their pages in any order. The same file in a region is one deposit."""

    class Etat(models.TextChoices):
        LECTURE = "lecture", "à lire"
        LU = "lu", "lu"
        REFUSE = "refuse", "illisible"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="région")
    fichier = models.OneToOneField(FichierDepose, models.PROTECT, related_name="depot_de_scans")
    empreinte = models.CharField("SHA-256", max_length=64, db_index=False)
    etat = models.CharField("état", max_length=7, choices=Etat, default=Etat.LECTURE)
    refus = models.CharField("raison", max_length=200, blank=True)
    depose_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+", verbose_name="déposé par")
    depose_le = models.DateTimeField("déposé le", auto_now_add=True)

    objects = RequeteParRegion["DepotScans"].as_manager()

    if TYPE_CHECKING:
        pages: RelatedManager[PageScan]

    class Meta:
        verbose_name = "dépôt d'actes signés"
        verbose_name_plural = "actes signés, numérisés"
        ordering = ("-depose_le",)
        constraints = (
            models.UniqueConstraint(
                fields=("region", "empreinte"),
                name="depot_de_scans_unique",
                violation_error_message="Ce fichier est déjà déposé.",
            ),
        )

    def __str__(self) -> str:
        return self.fichier.nom_origine


class ScanSigne(models.Model):
    """The signed scan of an act, made of its pages in order: one an act, for ever."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    acte = models.OneToOneField(Acte, models.PROTECT, related_name="scan_signe")
    fichier = models.OneToOneField(FichierDepose, models.PROTECT, related_name="scan_signe")
    rattache_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+")
    rattache_le = models.DateTimeField("rattaché le", auto_now_add=True)

    objects = RequeteParActe["ScanSigne"].as_manager()

    class Meta:
        verbose_name = "scan signé"
        verbose_name_plural = "scans signés"
        ordering = ("-rattache_le",)
        triggers = ajout_seul()

    def __str__(self) -> str:
        return f"{self.acte}, signé"


class PageScan(models.Model):
    """A page of a deposit: the act and the page that it is, or why nobody knows yet.

    ``designee_par``: who said by hand what it is; ``ecartee_par``: who said that it is nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    depot = models.ForeignKey(DepotScans, models.CASCADE, related_name="pages", db_index=False)
    rang = models.PositiveSmallIntegerField("rang dans le fichier")
    acte = models.ForeignKey(Acte, models.PROTECT, null=True, related_name="pages_numerisees")
    page = models.PositiveSmallIntegerField("page de l'acte", null=True)
    motif = models.CharField("ce qui manque", max_length=10, choices=MotifPage, blank=True)
    scan = models.ForeignKey(ScanSigne, models.PROTECT, null=True, related_name="pages")
    designee_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, related_name="+")
    ecartee_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, related_name="+")

    objects = RequeteParDepot["PageScan"].as_manager()

    class Meta:
        verbose_name = "page numérisée"
        verbose_name_plural = "pages numérisées"
        ordering = ("depot", "rang")
        constraints = (
            models.UniqueConstraint(fields=("depot", "rang"), name="page_scan_unique"),
            models.UniqueConstraint(
                fields=("acte", "page"),
                condition=Q(motif="", ecartee_par__isnull=True),
                name="page_scan_une_fois",
                violation_error_message="Cette page de l'acte est déjà là.",
            ),
            models.CheckConstraint(
                condition=Q(acte__isnull=True, page__isnull=True)
                | Q(acte__isnull=False, page__isnull=False, page__gte=1),
                name="page_scan_entiere",
            ),
            models.CheckConstraint(
                condition=~Q(motif="") | Q(acte__isnull=False), name="page_scan_connue_ou_motivee"
            ),
            models.CheckConstraint(
                condition=Q(scan__isnull=True) | Q(motif="", acte__isnull=False, ecartee_par__isnull=True),
                name="page_scan_rattachee_connue",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="page_de_sa_region",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=_PAGE_DE_LA_REGION,
            ),
        )

    def __str__(self) -> str:
        return f"page {self.rang}"
