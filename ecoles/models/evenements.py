"""Days on which a family may come: open days, trial weeks, with their places; they may be cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import F, Q

from ecoles.models.ecoles import Ecole
from ecoles.requetes import RequeteDeLEcole
from reseau.champs import uuid7

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from ecoles.models.contacts import DemandeContact

COMPLET = "Cette date est complète : choisissez-en une autre, ou posez simplement votre question."
ANNULE = "Cette date est annulée : choisissez-en une autre, ou posez simplement votre question."

# Two families at once take the last place one after the other: the row of the event is locked.
PLACE_LIBRE = f"""
IF NEW.evenement_id IS NULL
   OR (TG_OP = 'UPDATE' AND NEW.evenement_id IS NOT DISTINCT FROM OLD.evenement_id) THEN
    RETURN NEW;
END IF;
SELECT * INTO evenement FROM ecoles_evenement WHERE id = NEW.evenement_id FOR UPDATE;
IF evenement.ecole_id <> NEW.ecole_id THEN
    RAISE EXCEPTION 'Cette date est celle d''une autre école.' USING ERRCODE = 'check_violation';
END IF;
IF evenement.annule_le IS NOT NULL THEN
    RAISE EXCEPTION '{ANNULE}' USING ERRCODE = 'check_violation';
END IF;
IF evenement.familles <= (
    SELECT count(*) FROM ecoles_demandecontact
     WHERE evenement_id = NEW.evenement_id AND suite <> 'autre_ecole') THEN
    RAISE EXCEPTION '{COMPLET}' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""  # noqa: S608 - our own sentences
ASSEZ_DE_PLACES = """
IF NEW.ecole_id <> OLD.ecole_id THEN
    RAISE EXCEPTION 'Une date reste à son école.' USING ERRCODE = 'check_violation';
END IF;
IF OLD.annule_le IS NOT NULL AND NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'Une date annulée ne se modifie plus : créez-en une autre.'
        USING ERRCODE = 'check_violation';
END IF;
IF NEW.familles < (SELECT count(*) FROM ecoles_demandecontact
                    WHERE evenement_id = NEW.id AND suite <> 'autre_ecole') THEN
    RAISE EXCEPTION 'Plus de familles que cela ont déjà prévu de venir.' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
"""


def place_libre() -> pgtrigger.Trigger:
    """Return the trigger of the questions that ask for a place."""
    return pgtrigger.Trigger(
        name="place_libre",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("evenement_id"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        declare=[("evenement", "ecoles_evenement%ROWTYPE")],
        func=PLACE_LIBRE,
    )


class Evenement(models.Model):
    """An occasion to come and see; times are Paris time."""

    class Nature(models.TextChoices):
        PORTES_OUVERTES = "portes_ouvertes", "portes ouvertes"
        SEMAINE_D_ESSAI = "semaine_essai", "semaine d'essai"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="evenements", verbose_name="école")
    nature = models.CharField("quoi", max_length=15, choices=Nature)
    debut = models.DateTimeField("début")
    fin = models.DateTimeField("fin")
    precisions = models.CharField(
        "précisions", max_length=300, blank=True, help_text="Par où entrer, quoi apporter. Vide si rien."
    )
    familles = models.PositiveSmallIntegerField(
        "nombre de familles au plus", null=True, blank=True, help_text="Vide : sans limite."
    )
    annule_le = models.DateTimeField("annulée le", null=True, blank=True, editable=False)
    motif = models.CharField("raison de l'annulation", max_length=300, blank=True, editable=False)

    objects = RequeteDeLEcole["Evenement"].as_manager()

    if TYPE_CHECKING:
        demandes: RelatedManager[DemandeContact]

    class Meta:
        verbose_name = "date à venir"
        verbose_name_plural = "portes ouvertes et semaines d'essai"
        ordering = ("debut", "id")
        indexes = (models.Index(fields=["ecole", "debut"], name="evenement_ecole_debut"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(fin__gt=F("debut")),
                name="evenement_finit_apres",
                violation_error_message="La fin doit venir après le début.",
            ),
            models.CheckConstraint(
                condition=Q(familles__isnull=True) | Q(familles__gte=1),
                name="evenement_une_place",
                violation_error_message="Indiquez au moins une famille, ou laissez vide.",
            ),
            models.CheckConstraint(
                condition=Q(annule_le__isnull=True, motif="") | Q(annule_le__isnull=False) & ~Q(motif=""),
                name="evenement_annule_avec_raison",
                violation_error_message="Une annulation a une raison.",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="assez_de_places",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func=ASSEZ_DE_PLACES,
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_nature_display()}, {self.ecole}"
