"""Staged imports: a batch is a session, its lines wait in a staging table until accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models

from reseau.champs import uuid7
from reseau.models.comptes import Utilisateur
from reseau.requetes import RequetePortee

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


def _nom_prive(lot: LotImport, nom: str) -> str:
    """A random name: what the office called its file is kept beside, never on the disk."""
    return f"imports/{lot.pk.hex}"


class RequeteLots(RequetePortee["LotImport"]):
    """Batches follow the territory they were deposited for, frozen on the row."""

    def visibles_par(self, utilisateur: Utilisateur, permission: str = "voir") -> Self:
        """Return the batches whose every region is held today; a batch for the country, nationals only."""
        if not utilisateur.is_active:
            return self.none()
        droit = f"lotimport.{permission}"
        if utilisateur.is_superuser or utilisateur.detient_au_national(droit):
            return self.all()
        regions = list(utilisateur.regions_pour(droit))
        return self.filter(regions__contained_by=regions, regions__len__gt=0)


class LotImport(models.Model):
    """One uploaded file, from reading to acceptance. Nothing reaches a trade before acceptance.

    ``regions``: codes of the territory it may write in; NULL, the whole country; empty, nowhere.
    ``forme``: format, encoding, header line and where each column was found.
    """

    class Etat(models.TextChoices):
        LECTURE = "lecture", "en cours de lecture"
        A_VERIFIER = "a_verifier", "à vérifier"
        ACCEPTE = "accepte", "accepté"
        ABANDONNE = "abandonne", "abandonné"
        REFUSE = "refuse", "fichier refusé"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    nature = models.CharField("nature", max_length=30)
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.LECTURE)
    nom_fichier = models.CharField("fichier", max_length=150)
    fichier = models.FileField("contenu", upload_to=_nom_prive)
    empreinte = models.CharField("SHA-256", max_length=64)
    regions = ArrayField(models.CharField(max_length=2), null=True, verbose_name="régions")
    options = models.JSONField("choix faits au dépôt", default=dict)
    forme = models.JSONField("forme détectée", default=dict)
    annonces = models.JSONField("annonces sur le fichier", default=list)
    refus = models.TextField("raison du refus", blank=True)
    nb_lues = models.PositiveIntegerField("lignes lues", default=0)
    depose_par = models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, related_name="+", verbose_name="déposé par"
    )
    depose_le = models.DateTimeField("déposé le", auto_now_add=True)
    accepte_par = models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, related_name="+", verbose_name="accepté par"
    )
    accepte_le = models.DateTimeField("accepté le", null=True)
    bilan = models.JSONField("bilan", default=dict)

    objects = RequeteLots.as_manager()

    if TYPE_CHECKING:
        lignes: RelatedManager[LigneImport]

    class Meta:
        verbose_name = "import"
        ordering = ("-depose_le",)

    def __str__(self) -> str:
        return self.nom_fichier


class LigneImport(models.Model):
    """One line of the file: its cells, what a person corrected, what was understood, and the verdict.

    ``brut``: cells in the order of the columns, trimmed; ``originales``: {column index: what was typed}
    where trimming changed it. ``corrections``: {field: text}. ``messages``: objects with ``champ``,
    ``niveau`` (information, avertissement, erreur), ``texte`` and ``propositions`` (valeur, libelle).
    """

    class Verdict(models.TextChoices):
        CREER = "creer", "à créer"
        MODIFIER = "modifier", "à modifier"
        INCHANGEE = "inchangee", "inchangée"
        A_CONFIRMER = "a_confirmer", "à confirmer"
        A_CORRIGER = "a_corriger", "à corriger"
        DOUBLON = "doublon", "en double"
        REJET = "rejet", "refusée"

    # Staging: lines are only written with their batch locked, and a check a line would cost a third.
    lot = models.ForeignKey(
        LotImport, models.CASCADE, related_name="lignes", db_index=False, db_constraint=False
    )
    numero = models.PositiveIntegerField("ligne du fichier")
    brut = models.JSONField("cellules", default=list)
    originales = models.JSONField("cellules telles que saisies", default=dict)
    corrections = models.JSONField("corrections", default=dict)
    lu = models.JSONField("valeurs lues", default=dict)
    differences = models.JSONField("différences avec la fiche", default=list)
    messages = models.JSONField("messages", default=list)
    verdict = models.CharField("verdict", max_length=11, choices=Verdict, blank=True)
    cible = models.UUIDField("fiche concernée", null=True)

    class Meta:
        verbose_name = "ligne d'import"
        verbose_name_plural = "lignes d'import"
        ordering = ("lot", "numero")
        constraints = (models.UniqueConstraint(fields=("lot", "numero"), name="ligne_import_unique"),)

    def __str__(self) -> str:
        return f"ligne {self.numero}"
