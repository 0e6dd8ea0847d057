"""What the admissibility rules said of a request, and the photographs taken at each of its deposits."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from financements.models.demandes import Demande
from financements.natures import Resultat
from financements.requetes import RequeteParDemande, RequeteParDemandeInterne
from reseau.champs import uuid7
from reseau.models import Utilisateur
from reseau.models.protections import ajout_seul, refus_de_vider

# The review begins with the control: what it rests on does not change afterwards. What the law asks for has
# no derogation; one that was written before stays where it is, and opens nothing.
_AVANT_L_INSTRUCTION = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'Un contrôle ne s''efface pas.' USING ERRCODE = 'check_violation';
END IF;
IF TG_OP = 'UPDATE' AND (NEW.demande_id, NEW.regle) <> (OLD.demande_id, OLD.regle) THEN
    RAISE EXCEPTION 'Un contrôle ne change ni de dossier ni de règle.' USING ERRCODE = 'check_violation';
END IF;
IF NEW.regle IN ('cer', 'pieces')
   AND ((NEW.derogation <> '' AND (TG_OP = 'INSERT' OR NEW.derogation <> OLD.derogation))
        OR (NEW.controle_le IS NOT NULL AND NEW.resultat = 'ecart')) THEN
    RAISE EXCEPTION 'Le contrat d''engagement républicain et l''analyse des pièces n''ont pas de dérogation.'
        USING ERRCODE = 'check_violation';
END IF;
PERFORM FROM financements_demande WHERE id = NEW.demande_id AND etat = 'deposee' FOR NO KEY UPDATE;
IF NOT FOUND THEN
    RAISE EXCEPTION 'La recevabilité se contrôle avant l''instruction.' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class ControleRecevabilite(models.Model):
    """A rule, what it said when the review began, and why an officer went on all the same."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demande = models.ForeignKey(Demande, models.PROTECT, related_name="controles")
    regle = models.CharField("règle", max_length=20)
    bloquante = models.BooleanField("bloquante")
    resultat = models.CharField("résultat", max_length=10, choices=Resultat, blank=True, default="")
    constat = models.TextField("constat", blank=True)
    derogation = models.CharField("dérogation", max_length=500, blank=True)
    derogation_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, related_name="+")
    derogation_le = models.DateTimeField("dérogation écrite le", null=True)
    controle_le = models.DateTimeField("contrôlé le", null=True)

    objects = RequeteParDemandeInterne["ControleRecevabilite"].as_manager()

    class Meta:
        verbose_name = "contrôle de recevabilité"
        verbose_name_plural = "contrôles de recevabilité"
        ordering = ("demande", "id")
        constraints = (
            models.UniqueConstraint(fields=("demande", "regle"), name="controle_unique"),
            models.CheckConstraint(
                condition=Q(controle_le__isnull=True)
                | Q(bloquante=False)
                | ~Q(resultat=Resultat.ECART)
                | ~Q(derogation=""),
                name="controle_ecart_motive",
                violation_error_message="Une règle bloquante non remplie demande une raison écrite.",
            ),
            models.CheckConstraint(
                condition=Q(derogation="") | Q(derogation_par__isnull=False, derogation_le__isnull=False),
                name="controle_derogation_signee",
                violation_error_message="Une dérogation a un auteur et une date.",
            ),
            models.CheckConstraint(
                condition=Q(controle_le__isnull=True) | ~Q(resultat=""), name="controle_a_son_resultat"
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="avant_l_instruction",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_AVANT_L_INSTRUCTION,
            ),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return f"{self.regle}, {self.demande}"


class DepotDemande(models.Model):
    """What the request held on the day it was handed in: one row a deposit, never changed.

    ``contenu``: ``financements.depots.contenu``; ``empreinte``: SHA-256 of its canonical JSON.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demande = models.ForeignKey(Demande, models.PROTECT, related_name="depots")
    rang = models.PositiveSmallIntegerField("rang")
    contenu = models.JSONField("contenu")
    empreinte = models.CharField("SHA-256", max_length=64)
    depose_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+")
    depose_le = models.DateTimeField("déposé le", auto_now_add=True)

    objects = RequeteParDemande["DepotDemande"].as_manager()

    class Meta:
        verbose_name = "dépôt"
        verbose_name_plural = "dépôts"
        ordering = ("demande", "rang")
        constraints = (models.UniqueConstraint(fields=("demande", "rang"), name="depot_rang_unique"),)
        triggers = ajout_seul()

    def __str__(self) -> str:
        return f"Dépôt {self.rang} de {self.demande}"
