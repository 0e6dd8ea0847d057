"""The file that a school keeps ready for the labour inspectorate (code du travail, R4153-45)."""

from __future__ import annotations

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from ecoles.models.apprenants import Apprenant
from ecoles.models.ecoles import Ecole
from ecoles.models.titres import Titre
from ecoles.regles import refus_de_date_d_inspection
from ecoles.requetes import RequeteInterneALEcole
from reseau.champs import uuid7
from reseau.models import DocumentFige, Utilisateur
from reseau.models.protections import refus_de_vider
from reseau.nombres import aujourdhui, montrer_date_courte


class DossierInspection(models.Model):
    """What was in order and what was missing on a day, for each learner under age; a frozen PDF.

    The row says who asked for it and when, and holds keys only. The PDF names minors: it goes a year after,
    or with the first name of them that is erased (``ecoles.effacement``).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="dossiers_inspection", verbose_name="école")
    jour = models.DateField(
        "à la date du",
        default=aujourdhui,
        help_text="Le dossier dit ce qui était en règle ce jour-là.",
    )
    titre = models.ForeignKey(
        Titre,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="diplôme préparé",
        help_text="Vide : tous les jeunes de moins de 18 ans de l'école.",
    )
    annee = models.PositiveSmallIntegerField(
        "année",
        null=True,
        blank=True,
        choices=((1, "1re année"), (2, "2e année"), (3, "3e année")),
        help_text="Vide : toutes les années. Avec un diplôme, c'est un groupe de l'atelier.",
    )
    nb_jeunes = models.PositiveSmallIntegerField("jeunes de moins de 18 ans", editable=False)
    nb_incomplets = models.PositiveSmallIntegerField("à qui il manque une pièce", editable=False)
    produit_par = models.ForeignKey(
        Utilisateur, models.PROTECT, related_name="+", verbose_name="produit par", editable=False
    )
    demande_le = models.DateTimeField("produit le", auto_now_add=True)
    document = models.OneToOneField(
        DocumentFige, models.PROTECT, null=True, related_name="+", editable=False, verbose_name="document"
    )
    efface_le = models.DateField("effacé le", null=True, editable=False)
    jeunes = models.ManyToManyField(Apprenant, related_name="dossiers_inspection", editable=False)

    objects = RequeteInterneALEcole["DossierInspection"].as_manager()

    class Meta:
        verbose_name = "dossier pour l'inspection du travail"
        verbose_name_plural = "dossiers pour l'inspection du travail"
        ordering = ("-demande_le", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(document__isnull=False, efface_le__isnull=True)
                | Q(document__isnull=True, efface_le__isnull=False),
                name="dossier_inspection_document_ou_efface",
                violation_error_message="Un dossier a son document, ou le jour où il fut effacé.",
            ),
            models.CheckConstraint(
                condition=Q(nb_incomplets__lte=models.F("nb_jeunes")),
                name="dossier_inspection_comptes",
                violation_error_message="On ne compte pas plus de dossiers incomplets que de jeunes.",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="dossier_inspection_fige",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                IF TG_OP = 'DELETE' OR NEW.document_id IS NOT NULL
                   OR (NEW.ecole_id, NEW.jour, NEW.titre_id, NEW.annee, NEW.nb_jeunes, NEW.nb_incomplets,
                       NEW.produit_par_id, NEW.demande_le) IS DISTINCT FROM
                      (OLD.ecole_id, OLD.jour, OLD.titre_id, OLD.annee, OLD.nb_jeunes, OLD.nb_incomplets,
                       OLD.produit_par_id, OLD.demande_le) THEN
                    RAISE EXCEPTION 'Un dossier produit ne change pas : on en produit un autre.'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
                """,
            ),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return f"dossier au {montrer_date_courte(self.jour)}"

    @property
    def pour(self) -> str:
        """Whom it is about: "CAP Métallier, 1re année", or every learner under age."""
        choix = [str(self.titre) if self.titre else "", self.get_annee_display() if self.annee else ""]
        return ", ".join(filter(None, choix))

    def clean(self) -> None:
        """The day is one that can be told without guessing."""
        refus = refus_de_date_d_inspection(self.jour, aujourdhui()) if self.jour else ""
        if refus:
            raise ValidationError({"jour": refus})
