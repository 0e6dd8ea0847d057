"""Schools, and who runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse

from ecoles.models.declencheurs import ancienne_adresse_libre, garder_l_ancienne_adresse
from ecoles.models.titres import Filiere
from ecoles.regles_parcours import StatutsDuJour
from ecoles.requetes import RequeteEcoles
from reseau.champs import ChampRna, ChampSiren, ChampSiret, ChampTelephone, ChampUai, uuid7
from reseau.models import Commune, en_cours
from reseau.models.recherche import declencheur_recherche
from reseau.requetes import RequeteReferentiel

if TYPE_CHECKING:
    from datetime import date

    from django.db.models.fields.related_descriptors import RelatedManager

    from ecoles.models.contacts import DemandeContact
    from ecoles.models.equipes import Agrement, MembreEquipe
    from ecoles.models.lieux import Site
    from ecoles.models.parcours import Offre
    from ecoles.models.statuts import InscriptionListe, Label, Reconnaissance


class Gestionnaire(models.Model):
    """The non-profit body that runs one or several schools."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    nom = models.CharField("nom", max_length=150)
    siren = ChampSiren("SIREN", blank=True)
    rna = ChampRna("numéro RNA", blank=True, default="", db_default="")
    but_non_lucratif = models.BooleanField("sans but lucratif", default=True)

    objects = RequeteReferentiel["Gestionnaire"].as_manager()

    class Meta:
        verbose_name = "organisme gestionnaire"
        verbose_name_plural = "organismes gestionnaires"
        ordering = ("nom",)
        constraints = (
            models.UniqueConstraint(
                fields=("siren",),
                condition=~Q(siren=""),
                name="gestionnaire_siren_unique",
                violation_error_message="Un autre organisme a déjà ce SIREN.",
            ),
            models.UniqueConstraint(
                fields=("rna",),
                condition=~Q(rna=""),
                name="gestionnaire_rna_unique",
                violation_error_message="Un autre organisme a déjà ce numéro RNA.",
            ),
            models.CheckConstraint(
                condition=Q(but_non_lucratif=True),
                name="gestionnaire_sans_but_lucratif",
                violation_error_message="Une école de production est portée par un organisme "
                "à but non lucratif (code de l'éducation, article L443-6).",
            ),
        )

    def __str__(self) -> str:
        return self.nom


class Ecole(models.Model):
    """A school of production: where it is, how to reach it, what is known of it and since when."""

    class Publication(models.TextChoices):
        BROUILLON = "brouillon", "brouillon"
        PUBLIEE = "publiee", "publiée"
        SUSPENDUE = "suspendue", "suspendue"
        FERMEE = "fermee", "fermée"

    class Verification(models.TextChoices):
        OUI = "oui", "vérifiée"
        A_CONFIRMER = "a_confirmer", "à confirmer"

    class Reponse(models.TextChoices):
        OUI = "oui", "oui"
        NON = "non", "non"
        INCONNU = "", "pas indiqué"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    nom = models.CharField("nom", max_length=150)
    slug = models.SlugField("adresse de la page", max_length=160, unique=True)
    uai = ChampUai("UAI", blank=True)
    siret = ChampSiret("SIRET", blank=True)
    gestionnaire = models.ForeignKey(
        Gestionnaire, models.PROTECT, null=True, blank=True, related_name="ecoles"
    )
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="ecoles")
    adresse = models.CharField("adresse", max_length=200, blank=True)
    telephone = ChampTelephone("téléphone", blank=True)
    courriel = models.EmailField("adresse électronique", blank=True)
    site_web = models.URLField("site", blank=True)
    filieres = models.ManyToManyField(Filiere, related_name="ecoles", blank=True, verbose_name="métiers")
    annee_ouverture = models.PositiveSmallIntegerField("année d'ouverture", null=True, blank=True)
    effectif = models.PositiveSmallIntegerField("effectif cité", null=True, blank=True)
    effectif_annee = models.PositiveSmallIntegerField("année de l'effectif", null=True, blank=True)
    internat = models.CharField("logement sur place", max_length=3, choices=Reponse, blank=True)
    cout = models.CharField("ce que paie la famille", max_length=300, blank=True)
    taille_groupe = models.PositiveSmallIntegerField("taille des groupes", null=True, blank=True)
    publication = models.CharField(
        "publication", max_length=9, choices=Publication, default=Publication.BROUILLON
    )
    motif_suspension = models.CharField(
        "pourquoi la page est suspendue",
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="Cette phrase est lue par les familles.",
    )
    fermee_le = models.DateField("fermée le", null=True, blank=True)
    verification = models.CharField(
        "vérification", max_length=11, choices=Verification, default=Verification.A_CONFIRMER
    )
    source = models.CharField("source", max_length=300, blank=True)
    verifiee_le = models.DateField("fiche vérifiée le", null=True, blank=True)
    modifiee_le = models.DateTimeField("modifiée le", auto_now=True)
    fictive = models.BooleanField("école fictive (démonstration)", default=False, editable=False)
    recherche = models.TextField("texte de recherche", editable=False, default="")

    objects = RequeteEcoles["Ecole"].as_manager()

    if TYPE_CHECKING:
        offres: RelatedManager[Offre]
        membres: RelatedManager[MembreEquipe]
        contacts: RelatedManager[DemandeContact]
        sites: RelatedManager[Site]
        agrements: RelatedManager[Agrement]
        labels: RelatedManager[Label]
        reconnaissances: RelatedManager[Reconnaissance]
        inscriptions_liste: RelatedManager[InscriptionListe]

    class Meta:
        verbose_name = "école"
        ordering = ("nom", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("uai",),
                condition=~Q(uai=""),
                name="ecole_uai_unique",
                violation_error_message="Une autre école a déjà cet UAI.",
            ),
            models.UniqueConstraint(
                fields=("recherche", "commune", "fictive"),
                name="ecole_nom_commune_unique",
                violation_error_message="Une école de ce nom existe déjà dans cette commune.",
            ),
            models.CheckConstraint(
                condition=Q(publication="suspendue") & ~Q(motif_suspension="")
                | ~Q(publication="suspendue") & Q(motif_suspension=""),
                name="ecole_suspension_dite",
                violation_error_message="Une page suspendue dit pourquoi, et elle seule.",
            ),
            models.CheckConstraint(
                condition=Q(publication="fermee", fermee_le__isnull=False)
                | ~Q(publication="fermee") & Q(fermee_le__isnull=True),
                name="ecole_fermeture_datee",
                violation_error_message="Une école fermée a une date de fermeture, et elle seule.",
            ),
        )
        indexes = (
            GinIndex(fields=["recherche"], name="ecole_recherche", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["fictive", "publication"], name="ecole_publication"),
        )
        triggers = (declencheur_recherche("nom"), garder_l_ancienne_adresse())

    def __str__(self) -> str:
        return self.nom

    def get_absolute_url(self) -> str:
        """Return the public page of the school."""
        return reverse("ecoles:fiche", args=[self.slug])

    def statuts_le(self, jour: date) -> StatutsDuJour:
        """Return the label, the recognition and the list that hold on ``jour``: records, or ``None``."""
        quand = en_cours(jour)
        return StatutsDuJour(
            label=self.labels.filter(quand).first(),
            reconnaissance=self.reconnaissances.filter(quand).first(),
            liste=self.inscriptions_liste.filter(quand).first(),
        )


class AncienSlug(models.Model):
    """An address the page once had: it answers 301 for ever."""

    slug = models.SlugField("ancienne adresse", max_length=160, primary_key=True)
    ecole = models.ForeignKey(Ecole, models.CASCADE, related_name="anciens_slugs", verbose_name="école")

    class Meta:
        verbose_name = "ancienne adresse"
        verbose_name_plural = "anciennes adresses"
        triggers = (ancienne_adresse_libre(),)

    def __str__(self) -> str:
        return self.slug
