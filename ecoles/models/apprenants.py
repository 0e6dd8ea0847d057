"""Learners and their enrolments. Status: statut scolaire; never apprenti, salarié or stagiaire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from ecoles.models.declencheurs_apprenants import (
    inscription_en_regle,
    mineur_represente,
    naissance_en_regle,
    personne_de_l_apprenant,
)
from ecoles.models.declencheurs_places import places_a_l_entree
from ecoles.models.ecoles import Ecole
from ecoles.models.titres import Titre
from ecoles.regles import age_le
from ecoles.regles_inscription import refus_d_entree, refus_de_titre
from ecoles.requetes import RequeteApprenants, RequeteParApprenant
from reseau.champs import ChampTelephone, uuid7
from reseau.models import periode
from reseau.models.recherche import declencheur_recherche
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from datetime import date

    from django.db.models.fields.related_descriptors import RelatedManager

    from ecoles.models.securite import AvisAptitude, FormationSecurite

PRISE_AILLEURS = "Cette personne est inscrite à ces dates dans une autre école."


class Apprenant(models.Model):
    """A learner of one school. Identities never leave the staff of that school.

    ``personne`` is the same for one person in two schools: a transfer counts her once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="apprenants", verbose_name="école")
    prenom = models.CharField("prénom", max_length=60)
    nom = models.CharField("nom", max_length=60)
    ne_le = models.DateField("né ou née le")
    personne = models.UUIDField("personne", null=True, editable=False)
    recherche = models.TextField("texte de recherche", editable=False, default="", db_default="")
    anonyme_le = models.DateField("rendu anonyme le", null=True, editable=False)

    objects = RequeteApprenants["Apprenant"].as_manager()

    if TYPE_CHECKING:
        inscriptions: RelatedManager[Inscription]
        avis: RelatedManager[AvisAptitude]
        formations: RelatedManager[FormationSecurite]
        representants: RelatedManager[RepresentantLegal]

    class Meta:
        verbose_name = "jeune"
        verbose_name_plural = "jeunes"
        ordering = ("nom", "prenom", "id")
        indexes = (GinIndex(fields=["recherche"], name="apprenant_recherche", opclasses=["gin_trgm_ops"]),)
        triggers = (
            declencheur_recherche("nom", "prenom"),
            personne_de_l_apprenant(),
            naissance_en_regle(),
            mineur_represente(pgtrigger.UpdateOf("ne_le"), "NEW.id"),  # type: ignore[no-untyped-call]
        )

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}"

    def age_le(self, jour: date) -> int:
        """Return the age in full years on ``jour``; born on 29 February, one ages on 1 March."""
        return age_le(self.ne_le, jour)

    def est_parti(self) -> bool:
        """Whether every enrolment is over; somebody never enrolled has not left."""
        jour = aujourdhui()
        fins = list(Inscription.objects.filter(apprenant=self.pk).order_by().values_list("au", flat=True))
        return bool(fins) and all(fin is not None and fin < jour for fin in fins)


class RepresentantLegal(models.Model):
    """Who answers for a learner who is a minor: a parent, or whoever the law names."""

    class Lien(models.TextChoices):
        MERE = "mere", "mère"
        PERE = "pere", "père"
        TUTEUR = "tuteur", "tuteur ou tutrice"
        SERVICE = "service", "service ou famille d'accueil"
        AUTRE = "autre", "autre personne"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    apprenant = models.ForeignKey(Apprenant, models.PROTECT, related_name="representants")
    lien = models.CharField("lien avec le jeune", max_length=7, choices=Lien)
    prenom = models.CharField("prénom", max_length=60, blank=True)
    nom = models.CharField("nom", max_length=60)
    telephone = ChampTelephone("téléphone", blank=True)
    courriel = models.EmailField("adresse électronique", blank=True)

    objects = RequeteParApprenant["RepresentantLegal"].as_manager()

    class Meta:
        verbose_name = "représentant légal"
        verbose_name_plural = "représentants légaux"
        ordering = ("apprenant", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(telephone="") | ~Q(courriel=""),
                name="representant_joignable",
                violation_error_message="Indiquez un téléphone ou une adresse électronique.",
            ),
        )
        triggers = (
            mineur_represente(
                pgtrigger.Delete | pgtrigger.UpdateOf("apprenant_id"),  # type: ignore[no-untyped-call]
                "OLD.apprenant_id",
            ),
        )

    def __str__(self) -> str:
        return f"{self.prenom} {self.nom}".strip()


class Inscription(models.Model):
    """A learner taught a title, from day to day inclusive; one at a time."""

    class Sortie(models.TextChoices):
        DIPLOME = "diplome", "diplôme obtenu"
        SUITE = "suite", "passage au diplôme suivant"
        SANS_DIPLOME = "sans", "fin du parcours sans le diplôme"
        ABANDON = "abandon", "départ en cours de parcours"
        EMPLOI = "emploi", "départ pour un emploi"
        TRANSFERT = "transfert", "changement d'école"
        AUTRE = "autre", "autre raison"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    apprenant = models.ForeignKey(Apprenant, models.PROTECT, related_name="inscriptions")
    titre = models.ForeignKey(
        Titre, models.PROTECT, related_name="inscriptions", verbose_name="diplôme préparé"
    )
    du = models.DateField("du")
    au = models.DateField("au", null=True, blank=True)
    motif_sortie = models.CharField("raison de la sortie", max_length=10, choices=Sortie, blank=True)

    motif_age = models.CharField(
        "pourquoi à cet âge",
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="Seulement pour une entrée à 14 ans, ou après 18 ans.",
    )
    personne = models.UUIDField("personne", null=True, editable=False)

    objects = RequeteParApprenant["Inscription"].as_manager()

    class Meta:
        ordering = ("apprenant", "du")
        constraints = (
            models.CheckConstraint(
                condition=Q(au__isnull=True) | Q(au__gte=F("du")),
                name="inscription_dates",
                violation_error_message="La fin ne peut pas précéder le début.",
            ),
            models.CheckConstraint(
                condition=Q(au__isnull=True, motif_sortie="") | Q(au__isnull=False) & ~Q(motif_sortie=""),
                name="inscription_sortie_motivee",
                violation_error_message="Une sortie a une date et une raison.",
            ),
            ExclusionConstraint(
                name="inscription_une_seule",
                expressions=(("apprenant", RangeOperators.EQUAL), (periode(), RangeOperators.OVERLAPS)),
                violation_error_message="Ce jeune est déjà inscrit à ces dates.",
            ),
            ExclusionConstraint(
                name="inscription_une_personne",
                expressions=(("personne", RangeOperators.EQUAL), (periode(), RangeOperators.OVERLAPS)),
                violation_error_message=PRISE_AILLEURS,
            ),
        )
        triggers = (
            inscription_en_regle(),
            mineur_represente(pgtrigger.Insert | pgtrigger.Update, "NEW.apprenant_id"),
            *places_a_l_entree(),
        )

    def __str__(self) -> str:
        return f"{self.titre}, depuis le {self.du:%d/%m/%Y}"

    def clean(self) -> None:
        """Say at its field what the database would refuse: age of the entry, title."""
        apprenant = self.apprenant
        if self.du is None or self.titre_id is None or apprenant.ne_le is None:
            return  # said already, at the empty field
        refus: dict[str, list[str]] = {}
        self.personne = apprenant.personne
        if self.est_une_entree():
            refus["motif_age"] = refus_d_entree(apprenant.ne_le, self.du, self.motif_age)
        if self._est_prise_ailleurs():
            refus["du"] = [PRISE_AILLEURS]
        propose = Titre.objects.proposes_par(apprenant.ecole_id).filter(pk=self.titre_id).exists()
        refus["titre"] = refus_de_titre(self.titre, self.du, propose=propose or not self._state.adding)
        if any(refus.values()):
            raise ValidationError({champ: phrases for champ, phrases in refus.items() if phrases})

    def _est_prise_ailleurs(self) -> bool:
        """Whether the same person is enrolled in another school on one of these days."""
        if self.personne is None:
            return False
        autres = Inscription.objects.filter(personne=self.personne).exclude(apprenant=self.apprenant_id)
        if self.au is not None:
            autres = autres.filter(du__lte=self.au)
        return autres.filter(Q(au__isnull=True) | Q(au__gte=self.du)).exists()

    def est_une_entree(self) -> bool:
        """Whether this is the first enrolment of the person, in any school."""
        avant = Inscription.objects.filter(du__lt=self.du).exclude(pk=self.pk)
        siennes = Q(apprenant=self.apprenant_id)
        if self.apprenant.personne is not None:
            siennes |= Q(personne=self.apprenant.personne)
        return not avant.filter(siennes).exists()
