"""The decision, its ledger of commitments, and the legal documents that they produce."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import connection, models
from django.db.models import F, Q

from financements.models.declencheurs_avenants import ENGAGEMENT_D_AVENANT
from financements.models.declencheurs_execution import ACTE_DE_SON_DOSSIER
from financements.models.declencheurs_reprises import DE_LA_DECISION, repris_par_la_porte
from financements.models.declencheurs_versements import echeancier_entier
from financements.models.demandes import Demande
from financements.models.enveloppes import Enveloppe
from financements.natures import Origine
from financements.requetes import RequeteParAllocation, RequeteParDemande
from reseau.champs import ChampMontant, uuid7
from reseau.models import DocumentFige, Region, Utilisateur
from reseau.models.protections import ajout_seul

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from financements.models.avenants import Avenant
    from financements.models.conventions import Convention
    from financements.models.versements import Paiement, Reversement, Tranche


# The decision repeats the request that two persons read; what came from before the tool cannot prove it.
_CONFORME = """
IF NEW.origine = 'outil' AND NOT EXISTS (
    SELECT 1 FROM financements_demande d
     WHERE d.id = NEW.demande_id AND d.region_id = NEW.region_id AND d.etat = 'visee'
       AND d.montant_propose = NEW.montant AND d.montant_retenu = NEW.montant
       AND d.instruite_par_id = NEW.instruite_par_id AND d.visee_par_id = NEW.visee_par_id) THEN
    RAISE EXCEPTION 'Une décision reprend le montant, la région et les personnes de la demande visée.'
        USING ERRCODE = 'check_violation';
END IF;
IF NEW.origine = 'reprise' AND (num_nonnulls(NEW.instruite_par_id, NEW.visee_par_id, NEW.accordee_par_id) > 0
   OR NOT EXISTS (SELECT 1 FROM financements_demande d WHERE d.id = NEW.demande_id AND d.voie = 'reprise'
                     AND d.region_id = NEW.region_id AND d.montant_propose = NEW.montant)) THEN
    RAISE EXCEPTION 'Une décision d''avant l''outil est celle d''un dossier repris, sans personne à nommer.'
        USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""

_ACCORDEE = """
IF EXISTS (SELECT 1 FROM financements_demande WHERE id = NEW.demande_id AND etat IN
    ('brouillon', 'deposee', 'a_completer', 'en_instruction', 'proposee', 'visee', 'retiree')) THEN
    RAISE EXCEPTION 'Une décision appartient à une demande accordée.' USING ERRCODE = 'check_violation';
END IF;
RETURN NULL;
"""

_MEME_REGION = """
SELECT a.montant INTO accorde FROM financements_allocation a
  JOIN financements_demande d ON d.id = a.demande_id
  JOIN financements_enveloppe e ON e.id = NEW.enveloppe_id
 WHERE a.id = NEW.allocation_id AND a.region_id = e.service_id
   AND d.region_id = e.service_id AND d.enveloppe_id = e.id
   FOR NO KEY UPDATE OF d;
IF NOT FOUND THEN
    RAISE EXCEPTION 'Un engagement porte sur l''enveloppe de sa région et de sa demande.'
        USING ERRCODE = 'check_violation';
END IF;
IF NEW.nature = 'initial' AND NEW.montant <> accorde THEN
    RAISE EXCEPTION 'L''engagement initial est le montant de la décision.' USING ERRCODE = 'check_violation';
END IF;
SELECT COALESCE(sum(montant), 0) INTO total FROM financements_engagement
 WHERE allocation_id = NEW.allocation_id;
SELECT (SELECT COALESCE(sum(montant), 0) FROM financements_paiement WHERE allocation_id = NEW.allocation_id)
     - (SELECT COALESCE(sum(montant), 0) FROM financements_reversement
         WHERE allocation_id = NEW.allocation_id AND nature = 'recouvrement') INTO paye;
IF total + NEW.montant < paye THEN
    RAISE EXCEPTION 'On ne désengage pas ce qui est payé.' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


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
        conventions: RelatedManager[Convention]
        tranches: RelatedManager[Tranche]
        paiements: RelatedManager[Paiement]
        reversements: RelatedManager[Reversement]
        avenants: RelatedManager[Avenant]
        actes: RelatedManager[Acte]

    class Meta:
        verbose_name = "décision"
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
        triggers = (
            pgtrigger.Trigger(
                name="conforme_a_la_demande",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=_CONFORME,
            ),
            repris_par_la_porte("NEW.demande_id"),
            # Asked when the transaction ends: nobody leaves a decision beside a request that is not granted.
            pgtrigger.Trigger(
                name="demande_accordee",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func=_ACCORDEE,
            ),
            *ajout_seul(),
        )

    def __str__(self) -> str:
        return f"Décision {self.demande}"

    def convention_manque(self) -> bool:
        """Whether the yearly threshold asks for a convention not signed yet: the database answers."""
        with connection.cursor() as curseur:
            curseur.execute("SELECT edp_convention_manque(%s)", [self.pk])
            return bool(curseur.fetchone()[0])


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

    objects = RequeteParAllocation["Engagement"].as_manager()

    class Meta:
        verbose_name = "engagement"
        ordering = ("saisi_le", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(montant=0), name="engagement_non_nul"),
            models.CheckConstraint(
                condition=Q(nature="initial", montant__gt=0)
                | Q(nature="desengagement", montant__lt=0)
                | Q(nature="avenant"),
                name="engagement_signe",
            ),
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
                declare=[("accorde", "numeric"), ("total", "numeric"), ("paye", "numeric")],
                func=_MEME_REGION,
            ),
            ENGAGEMENT_D_AVENANT,
            repris_par_la_porte(DE_LA_DECISION, contraire="NEW.nature = 'desengagement'"),
            echeancier_entier(pgtrigger.Insert),
            *ajout_seul(),
        )

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.allocation}"


class Acte(models.Model):
    """The link between a file and one of its frozen documents; ``allocation`` once it is granted."""

    class Nature(models.TextChoices):
        DECISION = "decision", "Décision d'attribution"
        CONVENTION = "convention", "Convention à signer"
        NOTIFICATION = "notification", "Lettre de notification"
        CERTIFICAT = "certificat", "Certificat de paiement"
        REFUS = "refus", "Décision de refus"
        CLASSEMENT = "classement", "Lettre de classement sans suite"
        RESILIATION = "resiliation", "Décision de résiliation"
        CONTROLE = "controle", "Fiche de contrôle"
        NOTE = "note", "Note d'instruction"
        RECU = "recu", "Accusé de réception"
        AVENANT = "avenant", "Avenant"
        RECU_BILAN = "recu_bilan", "Accusé de réception du bilan"
        SERVICE_FAIT = "service_fait", "Certificat de service fait"
        ORDRE = "ordre", "Ordre de reversement"
        SOLDE = "solde", "Lettre de solde"
        CLOTURE = "cloture", "Fiche de clôture"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demande = models.ForeignKey(Demande, models.PROTECT, related_name="actes")
    allocation = models.ForeignKey(Allocation, models.PROTECT, null=True, related_name="actes")
    nature = models.CharField("nature", max_length=12, choices=Nature)
    rang = models.PositiveSmallIntegerField("rang", default=1, db_default=1)
    document = models.OneToOneField(DocumentFige, models.PROTECT, related_name="acte")

    objects = RequeteParDemande["Acte"].as_manager()

    class Meta:
        verbose_name = "acte"
        ordering = ("demande", "nature", "rang")
        constraints = (models.UniqueConstraint(fields=("demande", "nature", "rang"), name="acte_unique"),)
        triggers = (ACTE_DE_SON_DOSSIER, *ajout_seul())

    def __str__(self) -> str:
        return f"{self.get_nature_display()} {self.demande}"
