"""The request of a school: the aggregate root, its lines and its pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

from ecoles.models import Ecole, Titre
from financements.etats import LIBELLES_ECOLE, TRANSITIONS, Etat
from financements.models.campagnes import Campagne
from financements.models.enveloppes import Enveloppe
from financements.requetes import RequeteDemandes, RequeteParDemande
from reseau.champs import ChampMontant, ChampTaux, uuid7
from reseau.models import EntreeJournal, FichierDepose, Region, Utilisateur
from reseau.models.protections import etat_par_la_porte, refus_de_vider
from reseau.socle.etats import passages

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from financements.models.decisions import Allocation

# States in which no request of the school for the same campaign may still be made.
_FINIES_SANS_SUITE = (Etat.REFUSEE, Etat.SANS_SUITE, Etat.RETIREE)


class Demande(models.Model):
    """A request and its whole life. ``region`` is frozen: past acts keep the region they were made in."""

    Etat = Etat

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    numero = models.CharField("numéro", max_length=12, unique=True, editable=False)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="demandes")
    region = models.ForeignKey(Region, models.PROTECT, related_name="demandes", editable=False)
    campagne = models.ForeignKey(Campagne, models.PROTECT, related_name="demandes")
    enveloppe = models.ForeignKey(Enveloppe, models.PROTECT, null=True, blank=True, related_name="demandes")
    etat = models.CharField("état", max_length=20, choices=Etat, default=Etat.BROUILLON, editable=False)
    recue_par_courriel_le = models.DateField("reçue par courriel le", null=True, blank=True)
    montant_demande = ChampMontant("montant demandé", default=0, editable=False)
    montant_retenu = ChampMontant("montant retenu", default=0, editable=False)
    montant_propose = ChampMontant("montant proposé", null=True, editable=False)
    motif = models.CharField("motif", max_length=500, blank=True, editable=False)
    echeance_le = models.DateField("prochaine échéance", null=True, blank=True, editable=False)
    deposee_le = models.DateTimeField("déposée le", null=True, editable=False)
    deposee_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, related_name="+", editable=False)
    instruite_par = models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, related_name="+", editable=False
    )
    proposee_le = models.DateTimeField("proposée le", null=True, editable=False)
    visee_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, related_name="+", editable=False)
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

    class Meta:
        verbose_name = "demande de financement"
        verbose_name_plural = "demandes de financement"
        ordering = ("echeance_le", "-id")
        indexes = (
            models.Index(fields=["region", "etat", "echeance_le", "-id"], name="demande_region_etat"),
            models.Index(fields=["ecole", "campagne"], name="demande_ecole_campagne"),
            GinIndex(fields=["recherche"], name="demande_recherche", opclasses=["gin_trgm_ops"]),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("ecole", "campagne"),
                condition=~Q(etat__in=_FINIES_SANS_SUITE),
                name="demande_une_vivante",
                violation_error_message="L'école a déjà une demande en cours pour cette campagne.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=("proposee", "visee"))
                | Q(
                    instruite_par__isnull=False,
                    proposee_le__isnull=False,
                    montant_propose__gt=0,
                    enveloppe__isnull=False,
                ),
                name="demande_proposee_entiere",
            ),
            models.CheckConstraint(
                condition=~Q(etat="visee") | Q(visee_par__isnull=False, visee_le__isnull=False),
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
            pgtrigger.Trigger(
                name="plier_recherche",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                NEW.recherche := edp_plier(concat_ws(' ', NEW.numero,
                    (SELECT nom FROM ecoles_ecole WHERE id = NEW.ecole_id)));
                RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="totaux_des_lignes",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                SELECT COALESCE(sum(montant_demande), 0), COALESCE(sum(montant_retenu), 0)
                  INTO NEW.montant_demande, NEW.montant_retenu
                  FROM financements_ligneeffectif WHERE demande_id = NEW.id;
                RETURN NEW;
                """,
            ),
            etat_par_la_porte({Etat.BROUILLON}, passages(TRANSITIONS)),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return self.numero

    @property
    def etat_pour_l_ecole(self) -> str:
        """The label of the state in the school's words."""
        return LIBELLES_ECOLE[self.etat]


class LigneEffectif(models.Model):
    """Learners of a title and a year, for how many months, at what rate; amounts are the database's.

    Learner-months are counted: the two ``effectif_*`` are learners, ``mois`` the months of each.
    Rates are copied from the scale (EUR per learner-month), so a used scale never needs to change.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demande = models.ForeignKey(Demande, models.CASCADE, related_name="lignes")
    titre = models.ForeignKey(Titre, models.PROTECT, related_name="lignes_effectif", verbose_name="diplôme")
    annee = models.PositiveSmallIntegerField("année du parcours", default=1)
    mois = models.PositiveSmallIntegerField("mois", default=10)
    effectif_demande = models.PositiveSmallIntegerField("effectif demandé")
    majorations_demandees = models.PositiveSmallIntegerField("dont avec supplément", default=0)
    effectif_retenu = models.PositiveSmallIntegerField("effectif retenu", null=True, blank=True)
    nb_majorations = models.PositiveSmallIntegerField("suppléments retenus", default=0)
    motif = models.CharField("raison de l'écart", max_length=300, blank=True)
    unitaire = ChampTaux("par jeune et par mois (€)", default=0, editable=False)
    majoration = ChampTaux("supplément par mois (€)", default=0, editable=False)
    montant_demande = models.GeneratedField(
        expression=Round(
            F("effectif_demande") * F("mois") * F("unitaire")
            + F("majorations_demandees") * F("mois") * F("majoration"),
            precision=2,
        ),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
        verbose_name="montant demandé",
    )
    montant_retenu = models.GeneratedField(
        expression=Round(
            F("effectif_retenu") * F("mois") * F("unitaire")
            + F("nb_majorations") * F("mois") * F("majoration"),
            precision=2,
        ),
        output_field=models.DecimalField(max_digits=14, decimal_places=2, null=True),
        db_persist=True,
        verbose_name="montant retenu",
    )

    objects = RequeteParDemande["LigneEffectif"].as_manager()

    class Meta:
        verbose_name = "ligne d'effectif"
        verbose_name_plural = "lignes d'effectif"
        ordering = ("demande", "titre", "annee")
        constraints = (
            models.UniqueConstraint(
                fields=("demande", "titre", "annee"),
                name="ligne_effectif_unique",
                violation_error_message="Ce diplôme et cette année ont déjà une ligne.",
            ),
            models.CheckConstraint(
                condition=Q(mois__gte=1, mois__lte=12),
                name="ligne_effectif_mois",
                violation_error_message="Entre 1 et 12 mois.",
            ),
            models.CheckConstraint(
                condition=Q(annee__gte=1, annee__lte=4),
                name="ligne_effectif_annee",
                violation_error_message="Année du parcours : de 1 à 4.",
            ),
            models.CheckConstraint(
                condition=Q(majorations_demandees__lte=F("effectif_demande")),
                name="ligne_majorations_demandees",
                violation_error_message="Il y a plus de suppléments que de jeunes.",
            ),
            models.CheckConstraint(
                condition=Q(effectif_retenu__isnull=True)
                | Q(effectif_retenu__lte=F("effectif_demande"))
                | ~Q(motif=""),
                name="ligne_retenu_ou_motif",
                violation_error_message="Un effectif retenu au-dessus de la demande a une raison écrite.",
            ),
            models.CheckConstraint(
                condition=Q(effectif_retenu__isnull=True) | Q(nb_majorations__lte=F("effectif_retenu")),
                name="ligne_majorations_retenues",
                violation_error_message="Il y a plus de suppléments que de jeunes retenus.",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="lignes_figees",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("cle", "uuid"), ("actuel", "text")],
                func="""
                cle := CASE WHEN TG_OP = 'DELETE' THEN OLD.demande_id ELSE NEW.demande_id END;
                SELECT etat INTO actuel FROM financements_demande WHERE id = cle;
                IF actuel NOT IN ('brouillon', 'a_completer', 'en_instruction') AND
                   current_setting('edp.porte', true) IS DISTINCT FROM 'financements_demande:' || cle THEN
                    RAISE EXCEPTION 'Les lignes d''un dossier % ne changent plus.', actuel
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="porter_au_total",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.After,
                func="""
                UPDATE financements_demande SET montant_demande = montant_demande
                 WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.demande_id ELSE NEW.demande_id END;
                RETURN NULL;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.titre}, année {self.annee}"


class Piece(models.Model):
    """A piece of the file: what it proves, and the stored file that proves it."""

    class Nature(models.TextChoices):
        SCAN = "scan", "Demande signée, numérisée"
        BUDGET = "budget", "Budget prévisionnel"
        CER = "cer", "Contrat d'engagement républicain"
        STATUTS = "statuts", "Statuts"
        AUTRE = "autre", "Autre pièce"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demande = models.ForeignKey(Demande, models.CASCADE, related_name="pieces")
    nature = models.CharField("nature", max_length=10, choices=Nature)
    fichier = models.OneToOneField(FichierDepose, models.PROTECT, related_name="piece")

    objects = RequeteParDemande["Piece"].as_manager()

    class Meta:
        verbose_name = "pièce"
        ordering = ("demande", "nature", "id")

    def __str__(self) -> str:
        return self.get_nature_display()


class JournalDemande(EntreeJournal):
    """What happened to a request, chained by region."""

    demande = models.ForeignKey(Demande, models.PROTECT, related_name="journal")

    objects = RequeteParDemande["JournalDemande"].as_manager()

    class Meta(EntreeJournal.Meta):
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal"
