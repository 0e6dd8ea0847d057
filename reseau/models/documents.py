"""Frozen documents and stored files. Trades link to them; they know no trade."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from reseau.champs import uuid7
from reseau.models.comptes import Utilisateur
from reseau.models.protections import refus_de_vider
from reseau.requetes import RequetePortee


class DocumentFige(models.Model):
    """A PDF as it was when the act became legal: bytes, hash, template version; never rendered again.

    The row is created with the act (``a_produire``); the bytes come in once, right after. If
    rendering fails the act stands, and the document is retried. ``effacable``: no act, it names people
    and goes with their names; said once, when the row is born.
    """

    class Etat(models.TextChoices):
        A_PRODUIRE = "a_produire", "en préparation"
        PRODUIT = "produit", "disponible"
        ECHEC = "echec", "à reprendre"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    gabarit = models.CharField("gabarit", max_length=100)
    version_gabarit = models.CharField("version du gabarit", max_length=64)
    contexte = models.JSONField("valeurs figées", default=dict)
    titre = models.CharField("titre", max_length=200)
    nom_fichier = models.CharField("nom du fichier", max_length=120)
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.A_PRODUIRE)
    contenu = models.BinaryField("contenu", null=True)
    empreinte = models.CharField("SHA-256", max_length=64, blank=True)
    cree_le = models.DateTimeField("créé le", auto_now_add=True)
    produit_le = models.DateTimeField("produit le", null=True)
    nb_essais = models.PositiveSmallIntegerField("essais", default=0)
    effacable = models.BooleanField("s'efface avec les noms", default=False, db_default=False)

    objects = RequetePortee["DocumentFige"].as_manager()

    class Meta:
        verbose_name = "document"
        ordering = ("-cree_le",)
        constraints = (
            models.CheckConstraint(
                condition=Q(etat="produit", contenu__isnull=False, produit_le__isnull=False)
                & ~Q(empreinte="")
                | ~Q(etat="produit") & Q(contenu__isnull=True, produit_le__isnull=True, empreinte=""),
                name="document_produit_entier",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="document_fige",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                IF TG_OP = 'DELETE' AND OLD.effacable THEN
                    RETURN OLD;
                END IF;
                IF TG_OP = 'DELETE' OR OLD.etat = 'produit' OR NEW.contexte <> OLD.contexte
                   OR NEW.gabarit <> OLD.gabarit OR NEW.version_gabarit <> OLD.version_gabarit
                   OR NEW.effacable <> OLD.effacable THEN
                    RAISE EXCEPTION 'Un document figé ne change pas.'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF NEW.etat = 'produit' AND NEW.empreinte <> encode(sha256(NEW.contenu), 'hex') THEN
                    RAISE EXCEPTION 'L''empreinte ne correspond pas au document.'
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return self.titre


class FichierDepose(models.Model):
    """A file somebody handed in, under a random name, served only once found clean."""

    class Analyse(models.TextChoices):
        EN_ATTENTE = "en_attente", "en cours d'analyse"
        SAIN = "sain", "sain"
        REFUSE = "refuse", "refusé"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fichier = models.FileField("fichier", upload_to="depots/%Y/%m/")
    nom_origine = models.CharField("nom d'origine", max_length=150)
    type_mime = models.CharField("type", max_length=50)
    taille = models.PositiveIntegerField("taille (octets)")
    empreinte = models.CharField("SHA-256", max_length=64)
    analyse = models.CharField("analyse", max_length=10, choices=Analyse, default=Analyse.EN_ATTENTE)
    depose_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+")
    depose_le = models.DateTimeField("déposé le", auto_now_add=True)

    objects = RequetePortee["FichierDepose"].as_manager()

    class Meta:
        verbose_name = "fichier déposé"
        verbose_name_plural = "fichiers déposés"
        ordering = ("-depose_le",)

    def __str__(self) -> str:
        return self.nom_origine
