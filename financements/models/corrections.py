"""What an officer asks a school to correct: one row a named item, which alone unlocks."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from financements.models.demandes import Demande
from financements.natures import RaisonCorrection, SilenceCorrection
from financements.requetes import RequeteParDemande
from reseau.champs import uuid7
from reseau.models.protections import refus_de_vider

_PAR_LA_PORTE = """
IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'Une correction demandée ne s''efface pas.' USING ERRCODE = 'check_violation';
END IF;
IF current_setting('edp.porte', true) IS DISTINCT FROM 'financements_demande:' || NEW.demande_id THEN
    RAISE EXCEPTION 'Une correction se demande et se clôt par une transition.'
        USING ERRCODE = 'check_violation';
END IF;
IF TG_OP = 'UPDATE' AND (NEW.demande_id, NEW.cible, NEW.raison, NEW.texte, NEW.avant)
   <> (OLD.demande_id, OLD.cible, OLD.raison, OLD.texte, OLD.avant) THEN
    RAISE EXCEPTION 'Une correction demandée ne change plus.' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


class Correction(models.Model):
    """An item to correct: ``cible`` is ``effectifs``, ``ligne_<key>`` or ``piece_<nature>``.

    ``avant`` is the print of the item when it was asked: the same at the answer, the school says why.
    ``silence`` marks what the service closed itself, because nothing came in time.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demande = models.ForeignKey(Demande, models.PROTECT, related_name="corrections")
    cible = models.CharField("élément", max_length=40)
    libelle = models.CharField("nom de l'élément", max_length=250)
    raison = models.CharField("raison", max_length=10, choices=RaisonCorrection)
    texte = models.CharField("précision", max_length=300, blank=True)
    avant = models.CharField("empreinte", max_length=64)
    reponse = models.CharField("réponse de l'école", max_length=500, blank=True)
    demandee_le = models.DateTimeField("demandée le", auto_now_add=True)
    traitee_le = models.DateTimeField("traitée le", null=True)
    silence = models.CharField(
        "resté sans réponse", max_length=8, choices=SilenceCorrection, blank=True, default="", db_default=""
    )

    objects = RequeteParDemande["Correction"].as_manager()

    class Meta:
        verbose_name = "correction demandée"
        verbose_name_plural = "corrections demandées"
        ordering = ("demande", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("demande", "cible"),
                condition=Q(traitee_le__isnull=True),
                name="correction_ouverte_unique",
                violation_error_message="Cet élément est déjà à corriger.",
            ),
            models.CheckConstraint(
                condition=~Q(cible="") & ~Q(libelle="") & ~Q(raison=""), name="correction_dit_quoi"
            ),
            models.CheckConstraint(
                condition=Q(silence="") | Q(traitee_le__isnull=False, reponse=""),
                name="correction_sans_reponse_close",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="correction_par_la_porte",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_PAR_LA_PORTE,
            ),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return self.libelle
