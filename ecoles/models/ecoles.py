"""Schools, who runs them, what they teach, and who works there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from ecoles.models.titres import Filiere, Titre
from ecoles.requetes import RequeteDeLEcole, RequeteEcoles
from reseau.champs import ChampIban, ChampSiren, ChampSiret, ChampTelephone, ChampUai, uuid7
from reseau.models import Commune, Utilisateur, periode
from reseau.models.recherche import declencheur_recherche
from reseau.nombres import aujourdhui
from reseau.requetes import RequeteReferentiel
from reseau.roles import Role

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from ecoles.models.contacts import DemandeContact


class Gestionnaire(models.Model):
    """The non-profit body that runs one or several schools."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    nom = models.CharField("nom", max_length=150)
    siren = ChampSiren("SIREN", blank=True)
    but_non_lucratif = models.BooleanField("sans but lucratif", default=True)

    objects = RequeteReferentiel["Gestionnaire"].as_manager()

    class Meta:
        verbose_name = "organisme gestionnaire"
        verbose_name_plural = "organismes gestionnaires"
        ordering = ("nom",)
        constraints = (
            models.UniqueConstraint(
                fields=("siren",), condition=~Q(siren=""), name="gestionnaire_siren_unique"
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
        )
        indexes = (
            GinIndex(fields=["recherche"], name="ecole_recherche", opclasses=["gin_trgm_ops"]),
            models.Index(fields=["fictive", "publication"], name="ecole_publication"),
        )
        triggers = (declencheur_recherche("nom"),)

    def __str__(self) -> str:
        return self.nom

    def get_absolute_url(self) -> str:
        """Return the public page of the school."""
        return reverse("ecoles:fiche", args=[self.slug])


class AncienSlug(models.Model):
    """An address the page once had: it answers 301 for ever."""

    slug = models.SlugField("ancienne adresse", max_length=160, primary_key=True)
    ecole = models.ForeignKey(Ecole, models.CASCADE, related_name="anciens_slugs")

    class Meta:
        verbose_name = "ancienne adresse"
        verbose_name_plural = "anciennes adresses"

    def __str__(self) -> str:
        return self.slug


class Offre(models.Model):
    """A title that a school teaches, with its places and the date on which they were counted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(Ecole, models.CASCADE, related_name="offres")
    titre = models.ForeignKey(Titre, models.PROTECT, related_name="offres")
    capacite = models.PositiveSmallIntegerField("capacité", null=True, blank=True)
    places = models.PositiveSmallIntegerField("places libres", null=True, blank=True)
    places_le = models.DateField("places comptées le", null=True, blank=True)
    entree_en_cours_d_annee = models.CharField(
        "entrée en cours d'année", max_length=3, choices=Ecole.Reponse, blank=True
    )

    objects = RequeteDeLEcole["Offre"].as_manager()

    class Meta:
        ordering = ("ecole", "titre")
        constraints = (
            models.UniqueConstraint(
                fields=("ecole", "titre"),
                name="offre_unique",
                violation_error_message="L'école propose déjà ce diplôme.",
            ),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(places_le__isnull=False),
                name="offre_places_datees",
                violation_error_message="Indiquez à quelle date les places ont été comptées.",
            ),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(capacite__isnull=True) | Q(places__lte=F("capacite")),
                name="offre_places_dans_capacite",
                violation_error_message="Il ne peut pas y avoir plus de places que la capacité.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.titre}, {self.ecole}"


class MembreEquipe(models.Model):
    """A function held in a school by a person with an account, from day to day inclusive."""

    class Fonction(models.TextChoices):
        MAITRE = Role.MAITRE.value, Role.MAITRE.label
        SECRETARIAT = Role.SECRETARIAT.value, Role.SECRETARIAT.label
        DIRECTION = Role.DIRECTION.value, Role.DIRECTION.label

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    utilisateur = models.ForeignKey(Utilisateur, models.PROTECT, related_name="appartenances")
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="membres")
    fonction = models.CharField("fonction", max_length=20, choices=Fonction)
    du = models.DateField("du", default=aujourdhui)
    au = models.DateField("au", null=True, blank=True)

    objects = RequeteDeLEcole["MembreEquipe"].as_manager()

    class Meta:
        verbose_name = "membre de l'équipe"
        verbose_name_plural = "membres de l'équipe"
        ordering = ("ecole", "utilisateur", "du")
        constraints = (
            models.CheckConstraint(
                condition=Q(au__isnull=True) | Q(au__gte=F("du")),
                name="membre_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
            ExclusionConstraint(
                name="membre_sans_doublon",
                expressions=(
                    ("utilisateur", RangeOperators.EQUAL),
                    ("ecole", RangeOperators.EQUAL),
                    ("fonction", RangeOperators.EQUAL),
                    (periode(), RangeOperators.OVERLAPS),
                ),
                violation_error_message="Cette personne tient déjà cette fonction à ces dates.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.utilisateur}, {self.get_fonction_display()}"


class CoordonneesBancaires(models.Model):
    """A dated IBAN of a managing body or one of its schools, entered by one, confirmed by another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="coordonnees_bancaires")
    iban = ChampIban("IBAN")
    du = models.DateField("du", default=aujourdhui)
    au = models.DateField("au", null=True, blank=True)
    saisi_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+")
    confirme_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, blank=True, related_name="+")

    objects = RequeteDeLEcole["CoordonneesBancaires"].as_manager()

    class Meta:
        verbose_name = "coordonnées bancaires"
        verbose_name_plural = "coordonnées bancaires"
        ordering = ("ecole", "du")
        constraints = (
            models.CheckConstraint(
                condition=Q(confirme_par__isnull=True) | ~Q(confirme_par=F("saisi_par")),
                name="iban_confirme_par_un_autre",
                violation_error_message="Un IBAN est confirmé par une seconde personne.",
            ),
            ExclusionConstraint(
                name="iban_un_seul_a_la_fois",
                expressions=(("ecole", RangeOperators.EQUAL), (periode(), RangeOperators.OVERLAPS)),
                violation_error_message="L'école a déjà un IBAN à ces dates.",
            ),
        )

    def __str__(self) -> str:
        return f"IBAN de {self.ecole}"
