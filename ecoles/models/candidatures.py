"""Young people who apply to a school, until they are enrolled or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from ecoles.etats_candidature import OUVERTES, SANS_INSCRIPTION, Etat, MotifRefus, paires
from ecoles.models.apprenants import Apprenant, RepresentantLegal
from ecoles.models.contacts import DemandeContact
from ecoles.models.declencheurs_candidatures import candidature_a_sa_place, nom_dans_un_seul_dossier
from ecoles.models.ecoles import Ecole
from ecoles.models.parcours import Parcours
from ecoles.requetes import RequeteCandidatures, RequeteParCandidature
from reseau.champs import ChampTelephone, uuid7
from reseau.models import EntreeJournal
from reseau.models.protections import etat_par_la_porte, refus_de_vider
from reseau.models.recherche import declencheur_recherche
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

_PASSE_PAR_LA_VISITE = (Etat.VISITE, Etat.ESSAI, Etat.ADMISE, Etat.INSCRITE)
_PASSE_PAR_L_ESSAI = (Etat.ESSAI, Etat.ADMISE, Etat.INSCRITE)


class Candidature(models.Model):
    """An application. Names are in one place only: here until the enrolment, then on the learner's page."""

    Etat = Etat
    MotifRefus = MotifRefus

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="candidatures", verbose_name="école")
    contact = models.OneToOneField(
        DemandeContact, models.SET_NULL, null=True, blank=True, related_name="candidature"
    )
    prenom = models.CharField("prénom", max_length=60)
    nom = models.CharField("nom", max_length=60)
    ne_le = models.DateField(
        "né ou née le", null=True, blank=True, help_text="Demandé au plus tard pour l'inscription."
    )
    parcours = models.ForeignKey(
        Parcours, models.PROTECT, related_name="candidatures", verbose_name="parcours voulu"
    )
    motivation = models.TextField(
        "ce qui motive le jeune",
        max_length=1500,
        blank=True,
        help_text="L'admission se décide là-dessus. Rien sur la santé ni sur la situation de famille.",
    )
    lien = models.CharField("lien avec le jeune", max_length=7, choices=RepresentantLegal.Lien, blank=True)
    representant_prenom = models.CharField("prénom du représentant", max_length=60, blank=True)
    representant_nom = models.CharField(
        "nom du représentant légal", max_length=60, blank=True, help_text="Il en faut un avant 18 ans."
    )
    telephone = ChampTelephone("téléphone", blank=True)
    courriel = models.EmailField("adresse électronique", blank=True)
    etat = models.CharField("état", max_length=8, choices=Etat, default=Etat.RECUE, editable=False)
    recue_le = models.DateField("reçue le", default=aujourdhui)
    visite_le = models.DateField("visite faite le", null=True, editable=False)
    essai_du = models.DateField("semaine d'essai, du", null=True, editable=False)
    essai_au = models.DateField("semaine d'essai, au", null=True, editable=False)
    motif_refus = models.CharField(
        "raison du refus", max_length=10, choices=MotifRefus, blank=True, editable=False
    )
    precision_refus = models.CharField("précision", max_length=300, blank=True, editable=False)
    close_le = models.DateField("terminée le", null=True, editable=False)
    apprenant = models.OneToOneField(
        Apprenant, models.PROTECT, null=True, editable=False, related_name="candidature", verbose_name="jeune"
    )
    efface_le = models.DateField("effacée le", null=True, editable=False)
    version = models.PositiveIntegerField("version", default=1, editable=False)
    recherche = models.TextField("texte de recherche", editable=False, default="")

    objects = RequeteCandidatures["Candidature"].as_manager()

    if TYPE_CHECKING:
        journal: RelatedManager[JournalCandidature]

    class Meta:
        ordering = ("recue_le", "id")
        indexes = (
            models.Index(fields=["ecole", "etat", "recue_le"], name="candidature_ecole_etat"),
            GinIndex(fields=["recherche"], name="candidature_recherche", opclasses=["gin_trgm_ops"]),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(telephone="")
                | ~Q(courriel="")
                | Q(apprenant__isnull=False)
                | Q(efface_le__isnull=False),
                name="candidature_joignable",
                violation_error_message="Indiquez un téléphone ou une adresse électronique.",
            ),
            models.CheckConstraint(
                condition=Q(etat=Etat.REFUSEE) & ~Q(motif_refus="")
                | ~Q(etat=Etat.REFUSEE) & Q(motif_refus=""),
                name="candidature_refus_motive",
                violation_error_message="Un refus a une raison.",
            ),
            models.CheckConstraint(
                condition=~Q(motif_refus=MotifRefus.AUTRE)
                | ~Q(precision_refus="")
                | Q(efface_le__isnull=False),
                name="candidature_autre_raison_dite",
                violation_error_message="Écrivez quelle est cette autre raison.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=_PASSE_PAR_LA_VISITE) | Q(visite_le__isnull=False),
                name="candidature_apres_la_visite",
                violation_error_message="La visite de l'école vient d'abord : notez sa date.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=_PASSE_PAR_L_ESSAI)
                | Q(essai_du__isnull=False, essai_au__isnull=False, essai_au__gte=F("essai_du")),
                name="candidature_apres_l_essai",
                violation_error_message="La semaine d'essai a un premier et un dernier jour, dans cet ordre.",
            ),
            models.CheckConstraint(
                condition=Q(etat=Etat.INSCRITE, apprenant__isnull=False)
                | ~Q(etat=Etat.INSCRITE) & Q(apprenant__isnull=True),
                name="candidature_inscrite_a_son_jeune",
                violation_error_message="Une candidature inscrite mène à un jeune de l'école.",
            ),
            models.CheckConstraint(
                condition=Q(etat__in=OUVERTES, close_le__isnull=True)
                | ~Q(etat__in=OUVERTES) & Q(close_le__isnull=False),
                name="candidature_terminee_un_jour",
                violation_error_message="Une candidature terminée a le jour de sa fin.",
            ),
        )
        triggers = (
            declencheur_recherche("nom", "prenom"),
            candidature_a_sa_place(),
            nom_dans_un_seul_dossier(),
            etat_par_la_porte({Etat.RECUE}, paires()),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}" if self.apprenant is None else str(self.apprenant)

    def est_ouverte(self) -> bool:
        """Whether somebody still waits for its end."""
        return self.etat in OUVERTES

    def est_sans_suite(self) -> bool:
        """Whether it ended without an enrolment."""
        return self.etat in SANS_INSCRIPTION


class JournalCandidature(EntreeJournal):
    """What happened to an application: keys and codes."""

    candidature = models.ForeignKey(Candidature, models.PROTECT, related_name="journal")

    objects = RequeteParCandidature["JournalCandidature"].as_manager()

    class Meta(EntreeJournal.Meta):
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal"
