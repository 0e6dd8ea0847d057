"""The request of a school: the aggregate root, and its journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from ecoles.models import Ecole
from financements.etats import ACCORDEES, AVANT_DEPOT, LIBELLES_ECOLE, SANS_FINANCEMENT, TRANSITIONS, Etat
from financements.models.campagnes import Campagne
from financements.models.declencheurs import DECLENCHEURS_DEMANDE
from financements.models.declencheurs_bilans import FIN_DE_VIE
from financements.models.declencheurs_execution import CHAINE_DE_SA_REGION, EXECUTION_ENTIERE
from financements.models.declencheurs_reprises import (
    ANNULEE_PAR_SES_CONTRAIRES,
    NAISSANCE,
    NEE_PAR_LA_REPRISE,
    REPRISE_ENTIERE,
)
from financements.models.enveloppes import Enveloppe
from financements.natures import LONGUEUR_DU_MOTIF, Voie
from financements.requetes import RequeteDemandes, RequeteParDemande
from reseau.champs import ChampMontant, uuid7
from reseau.models import EntreeJournal, Region, Utilisateur
from reseau.models.protections import etat_par_la_porte, refus_de_vider
from reseau.socle.etats import passages

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from financements.models.budgets import LigneBudget
    from financements.models.corrections import Correction
    from financements.models.decisions import Acte, Allocation
    from financements.models.lignes import LigneEffectif
    from financements.models.pieces import Piece
    from financements.models.rapprochements import Avis
    from financements.models.recevabilite import ControleRecevabilite, DepotDemande
    from financements.models.reprises import Reprise

# Number of a legal commitment in Chorus: ten digits.
MOTIF_EJ = r"^[0-9]{10}$"
# What Chorus gives to a payment request: digits and letters, groups joined by hyphens.
MOTIF_DP = r"^[0-9A-Za-z]([0-9A-Za-z-]{0,18}[0-9A-Za-z])?$"
DP_ILLISIBLE = "Un numéro de demande de paiement n'a que des chiffres, des lettres et des traits d'union."
_VISEES = (Etat.VISEE, *ACCORDEES)
_PROPOSEES = (Etat.PROPOSEE, *_VISEES)
# Duties held before the tool cannot be proved: a file taken over has none of them.
_AVANT_L_OUTIL = Q(voie=Voie.REPRISE)


def _personne(nom: str) -> models.ForeignKey[Utilisateur | None, Utilisateur | None]:
    """A person written by a transition, never by a form."""
    return models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=nom
    )


class Demande(models.Model):
    """A request and its whole life. ``region`` is frozen: past acts keep the region they were made in."""

    Etat = Etat
    Voie = Voie

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    numero = models.CharField("numéro", max_length=16, unique=True, editable=False)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="demandes", verbose_name="école")
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="demandes", editable=False, verbose_name="région"
    )
    campagne = models.ForeignKey(Campagne, models.PROTECT, related_name="demandes", verbose_name="campagne")
    enveloppe = models.ForeignKey(
        Enveloppe, models.PROTECT, null=True, blank=True, related_name="demandes", verbose_name="enveloppe"
    )
    voie = models.CharField("voie", max_length=7, choices=Voie, default=Voie.ECOLE, editable=False)
    etat = models.CharField("état", max_length=20, choices=Etat, default=Etat.BROUILLON, editable=False)
    recue_par_courriel_le = models.DateField(
        "demande reçue le", null=True, blank=True, help_text="Le jour où la demande signée est arrivée."
    )
    montant_demande = ChampMontant("montant demandé", default=0, editable=False)
    montant_retenu = ChampMontant("montant retenu", default=0, editable=False)
    montant_propose = ChampMontant("montant proposé", null=True, editable=False)
    montant_final = ChampMontant("montant final", null=True, editable=False)
    numero_ej = models.CharField(
        "numéro d'engagement juridique", max_length=10, blank=True, default="", db_default="", editable=False
    )
    motif = models.CharField("motif", max_length=LONGUEUR_DU_MOTIF, blank=True, editable=False)
    renvoi = models.CharField("raison du renvoi", max_length=500, blank=True, editable=False)
    note_interne = models.TextField(
        "note interne", max_length=4000, blank=True, help_text="L'école ne lit pas cette note."
    )
    echeance_le = models.DateField("prochaine échéance", null=True, blank=True, editable=False)
    deposee_le = models.DateTimeField("déposée le", null=True, editable=False)
    deposee_par = _personne("déposée par")
    instruite_par = _personne("instruite par")
    proposee_le = models.DateTimeField("proposée le", null=True, editable=False)
    visee_par = _personne("visée par")
    visee_le = models.DateTimeField("visée le", null=True, editable=False)
    depuis_le = models.DateTimeField("dans cet état depuis le", auto_now_add=True)
    version = models.PositiveIntegerField("version", default=1, editable=False)
    recherche = models.TextField("texte de recherche", editable=False, default="")

    objects = RequeteDemandes.as_manager()

    if TYPE_CHECKING:
        lignes: RelatedManager[LigneEffectif]
        pieces: RelatedManager[Piece]
        journal: RelatedManager[JournalDemande]
        allocation: Allocation
        reprise: Reprise
        actes: RelatedManager[Acte]
        controles: RelatedManager[ControleRecevabilite]
        budget: RelatedManager[LigneBudget]
        avis: RelatedManager[Avis]
        corrections: RelatedManager[Correction]
        depots: RelatedManager[DepotDemande]

    class Meta:
        verbose_name = "demande de financement"
        verbose_name_plural = "demandes de financement"
        ordering = ("echeance_le", "-id")
        indexes = (
            models.Index(fields=["region", "etat", "echeance_le", "-id"], name="demande_region_etat"),
            models.Index(fields=["echeance_le", "-id"], name="demande_echeance"),
            models.Index(fields=["ecole", "campagne"], name="demande_ecole_campagne"),
            models.Index(fields=["enveloppe", "etat"], name="demande_enveloppe_etat"),
            GinIndex(fields=["recherche"], name="demande_recherche", opclasses=["gin_trgm_ops"]),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("numero_ej",),
                condition=~Q(numero_ej="") & ~Q(etat=Etat.RETIREE),
                name="demande_une_par_ej",
                violation_error_message="Ce numéro d'engagement juridique est celui d'un autre dossier.",
            ),
            models.CheckConstraint(
                condition=Q(numero_ej="") | Q(numero_ej__regex=MOTIF_EJ),
                name="demande_numero_ej",
                violation_error_message="Un numéro d'engagement juridique a dix chiffres.",
            ),
            models.UniqueConstraint(
                fields=("ecole", "campagne"),
                condition=~Q(etat__in=SANS_FINANCEMENT),
                name="demande_une_vivante",
                violation_error_message="L'école a déjà une demande en cours pour cette campagne.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=AVANT_DEPOT)
                | Q(deposee_le__isnull=False, deposee_par__isnull=False)
                | _AVANT_L_OUTIL,
                name="demande_deposee_entiere",
            ),
            models.CheckConstraint(
                # A NULL makes a CHECK pass: each column says by itself that it is there.
                condition=~Q(etat__in=_PROPOSEES)
                | Q(montant_propose__isnull=False, montant_propose__gt=0, enveloppe__isnull=False)
                & (Q(instruite_par__isnull=False, proposee_le__isnull=False) | _AVANT_L_OUTIL),
                name="demande_proposee_entiere",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=_VISEES)
                | Q(visee_par__isnull=False, visee_le__isnull=False)
                | _AVANT_L_OUTIL,
                name="demande_visee_entiere",
            ),
            models.CheckConstraint(
                condition=Q(visee_par__isnull=True)
                | Q(instruite_par__isnull=True)
                | ~Q(visee_par=F("instruite_par")),
                name="demande_visee_par_un_autre",
            ),
        )
        triggers = (
            *DECLENCHEURS_DEMANDE,
            EXECUTION_ENTIERE,
            FIN_DE_VIE,
            NEE_PAR_LA_REPRISE,
            REPRISE_ENTIERE,
            ANNULEE_PAR_SES_CONTRAIRES,
            etat_par_la_porte({Etat.BROUILLON}, passages(TRANSITIONS), NAISSANCE),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return self.numero

    @property
    def etat_pour_l_ecole(self) -> str:
        """The label of the state in the school's words."""
        if self.voie == Voie.REPRISE and self.etat == Etat.RETIREE:
            return "Reprise annulée"
        return LIBELLES_ECOLE[self.etat]


class JournalDemande(EntreeJournal):
    """What happened to a request, chained by region."""

    demande = models.ForeignKey(Demande, models.PROTECT, related_name="journal")

    objects = RequeteParDemande["JournalDemande"].as_manager()

    class Meta(EntreeJournal.Meta):
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal"
        triggers = (*EntreeJournal.Meta.triggers, CHAINE_DE_SA_REGION)
