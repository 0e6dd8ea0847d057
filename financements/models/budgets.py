"""The provisional budget of a request, by the headings of the form (Cerfa 12156*06)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q

from financements.models.demandes import Demande
from financements.natures import PosteBudget
from financements.requetes import RequeteParDemande
from reseau.champs import ChampMontant, uuid7
from reseau.models.protections import refus_de_vider

# The budget is part of what is handed in: it changes with the draft, or when it was named.
_FIGE = """
cle := CASE WHEN TG_OP = 'DELETE' THEN OLD.demande_id ELSE NEW.demande_id END;
SELECT etat INTO actuel FROM financements_demande WHERE id = cle FOR NO KEY UPDATE;
IF TG_OP = 'UPDATE' AND (NEW.demande_id, NEW.poste) <> (OLD.demande_id, OLD.poste) THEN
    RAISE EXCEPTION 'Un poste ne change pas de demande.' USING ERRCODE = 'check_violation';
END IF;
IF NOT (actuel = 'brouillon' OR actuel = 'a_completer' AND EXISTS (
    SELECT FROM financements_correction
     WHERE demande_id = cle AND traitee_le IS NULL AND cible = 'piece_budget')) THEN
    RAISE EXCEPTION 'Le budget d''un dossier « % » ne change plus.', actuel USING ERRCODE = 'check_violation';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""


class LigneBudget(models.Model):
    """A heading of the budget and its amount in euros; charges and products make the same total."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    demande = models.ForeignKey(Demande, models.PROTECT, related_name="budget")
    poste = models.CharField("poste", max_length=20, choices=PosteBudget)
    montant = ChampMontant("montant")

    objects = RequeteParDemande["LigneBudget"].as_manager()

    class Meta:
        verbose_name = "ligne du budget"
        verbose_name_plural = "budget prévisionnel"
        ordering = ("demande", "poste")
        constraints = (
            models.UniqueConstraint(fields=("demande", "poste"), name="budget_poste_unique"),
            models.CheckConstraint(
                condition=Q(montant__gt=0),
                name="budget_montant_positif",
                violation_error_message="Un poste du budget est supérieur à zéro.",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="budget_fige",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("cle", "uuid"), ("actuel", "text")],
                func=_FIGE,
            ),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return self.get_poste_display()
