"""Staged imports: a batch is a session, its lines wait in a staging table until accepted."""

from __future__ import annotations

from django.db import models

from reseau.champs import uuid7
from reseau.models.comptes import Utilisateur
from reseau.requetes import RequetePortee


class LotImport(models.Model):
    """One uploaded file, from reading to acceptance. Nothing reaches a trade before acceptance."""

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
    empreinte = models.CharField("SHA-256", max_length=64)
    forme = models.JSONField("forme détectée", default=dict)
    annonces = models.JSONField("annonces sur le fichier", default=list)
    depose_par = models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, related_name="+", verbose_name="déposé par"
    )
    depose_le = models.DateTimeField("déposé le", auto_now_add=True)
    accepte_le = models.DateTimeField("accepté le", null=True)
    bilan = models.JSONField("bilan", default=dict)

    objects = RequetePortee["LotImport"].as_manager()

    class Meta:
        verbose_name = "import"
        ordering = ("-depose_le",)

    def __str__(self) -> str:
        return self.nom_fichier


class LigneImport(models.Model):
    """One line of the file: raw cells, parsed values, verdict, and messages addressed by cell."""

    class Verdict(models.TextChoices):
        CREER = "creer", "à créer"
        MODIFIER = "modifier", "à modifier"
        INCHANGEE = "inchangee", "inchangée"
        DOUBLON = "doublon", "en double"
        A_CONFIRMER = "a_confirmer", "à confirmer"
        REJET = "rejet", "refusée"

    lot = models.ForeignKey(LotImport, models.CASCADE, related_name="lignes")
    numero = models.PositiveIntegerField("ligne du fichier")
    brut = models.JSONField("cellules", default=dict)
    lu = models.JSONField("valeurs lues", default=dict)
    verdict = models.CharField("verdict", max_length=11, choices=Verdict, blank=True)
    messages = models.JSONField("messages", default=list)
    cible = models.UUIDField("fiche concernée", null=True)

    class Meta:
        verbose_name = "ligne d'import"
        verbose_name_plural = "lignes d'import"
        ordering = ("lot", "numero")
        constraints = (models.UniqueConstraint(fields=("lot", "numero"), name="ligne_import_unique"),)

    def __str__(self) -> str:
        return f"ligne {self.numero}"
