"""Learners behind the numbers of a request, each counted once a month (F12); opinions asked about it."""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from ecoles.models import Apprenant
from financements.models.demandes import Demande
from financements.models.lignes import LigneEffectif
from financements.natures import OrganismeConsulte, SensAvis
from financements.requetes import RequeteParDemandeInterne, RequeteParLigneDeLEcole
from reseau.champs import uuid7
from reseau.models import Utilisateur
from reseau.models.protections import ajout_seul, refus_de_vider

# Only the key to the learner may go by itself, when an import is undone: the months stay counted.
_PAR_LA_PORTE = """
SELECT d.id, d.etat INTO dossier FROM financements_demande d
  JOIN financements_ligneeffectif l ON l.demande_id = d.id
 WHERE l.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.ligne_id ELSE NEW.ligne_id END FOR NO KEY UPDATE OF d;
IF TG_OP = 'UPDATE' AND NEW.apprenant_id IS NULL
   AND (NEW.id, NEW.ligne_id, NEW.personne, NEW.periode, NEW.retenu)
     = (OLD.id, OLD.ligne_id, OLD.personne, OLD.periode, OLD.retenu) THEN
    RETURN NEW;
END IF;
IF TG_OP = 'DELETE' AND NOT OLD.retenu AND dossier.etat IN ('brouillon', 'a_completer') THEN
    RETURN OLD;
END IF;
IF current_setting('edp.porte', true) IS DISTINCT FROM 'financements_demande:' || dossier.id THEN
    RAISE EXCEPTION 'Les élèves comptés ne changent que par une transition.'
        USING ERRCODE = 'check_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


class ApprenantCompte(models.Model):
    """A learner behind a line, for whole months. ``personne`` is the same in every school.

    ``retenu``: the State pays for these months; no other row may then hold the same person and month.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ligne = models.ForeignKey(LigneEffectif, models.CASCADE, related_name="comptes")
    apprenant = models.ForeignKey(Apprenant, models.SET_NULL, null=True, related_name="+")
    personne = models.UUIDField("personne")
    periode = DateRangeField("mois comptés")
    retenu = models.BooleanField("retenu", default=False)

    objects = RequeteParLigneDeLEcole["ApprenantCompte"].as_manager()

    class Meta:
        verbose_name = "élève compté"
        verbose_name_plural = "élèves comptés"
        ordering = ("ligne", "id")
        constraints = (
            models.UniqueConstraint(fields=("ligne", "personne"), name="compte_une_fois_par_ligne"),
            ExclusionConstraint(
                name="compte_une_fois_par_mois",
                expressions=(
                    ("personne", RangeOperators.EQUAL),
                    ("periode", RangeOperators.OVERLAPS),
                ),
                condition=Q(retenu=True),
                violation_error_message="Un élève est compté une seule fois par mois dans tout le réseau.",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="compte_par_la_porte",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("dossier", "record")],
                func=_PAR_LA_PORTE,
            ),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return f"élève n° {self.pk.hex[-6:]}"


class Avis(models.Model):
    """An opinion that the service asked for, as it was given."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demande = models.ForeignKey(Demande, models.PROTECT, related_name="avis")
    organisme = models.CharField("qui", max_length=12, choices=OrganismeConsulte)
    sens = models.CharField("sens", max_length=12, choices=SensAvis)
    rendu_le = models.DateField("rendu le")
    texte = models.TextField("texte", max_length=2000)
    saisi_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+")
    saisi_le = models.DateTimeField("saisi le", auto_now_add=True)

    objects = RequeteParDemandeInterne["Avis"].as_manager()

    class Meta:
        verbose_name = "avis"
        verbose_name_plural = "avis"
        ordering = ("demande", "rendu_le", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(texte=""),
                name="avis_dit_pourquoi",
                violation_error_message="Écrivez ce que dit cet avis.",
            ),
        )
        triggers = ajout_seul()

    def __str__(self) -> str:
        return f"{self.get_organisme_display()} : {self.get_sens_display()}"
