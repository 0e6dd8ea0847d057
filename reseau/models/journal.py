"""The base of the business journals: append-only, chained by hash inside the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models

from reseau.champs import uuid7
from reseau.models.comptes import Utilisateur
from reseau.models.protections import ajout_seul

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models.expressions import Combinable

# What a hash covers, in SQL: ``edp_empreinte_journal`` (migration 0001) hashes exactly these columns.
_CHAINER = """
INSERT INTO reseau_tetechaine (chaine, rang, empreinte) VALUES (NEW.chaine, 0, '')
    ON CONFLICT (chaine) DO NOTHING;
SELECT rang + 1, empreinte INTO NEW.rang, NEW.precedente
    FROM reseau_tetechaine WHERE chaine = NEW.chaine FOR UPDATE;
NEW.le := clock_timestamp();
NEW.empreinte := edp_empreinte_journal(
    NEW.precedente, NEW.chaine, NEW.rang, NEW.le, NEW.acteur_id, NEW.pour_id,
    NEW.evenement, NEW.de, NEW.vers, NEW.donnees);
UPDATE reseau_tetechaine SET rang = NEW.rang, empreinte = NEW.empreinte WHERE chaine = NEW.chaine;
RETURN NEW;
"""


class TeteChaine(models.Model):
    """The last link of each chain: locked while a line is added, so that lines never fork."""

    chaine = models.CharField("chaîne", max_length=80, primary_key=True)
    rang = models.PositiveBigIntegerField("rang")
    empreinte = models.CharField("empreinte", max_length=64, blank=True)

    class Meta:
        triggers = (
            pgtrigger.Trigger(
                name="tete_par_le_journal",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                IF pg_trigger_depth() < 2 THEN
                    RAISE EXCEPTION 'Une chaîne du journal ne s''écrit que par le journal.'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        )

    def __str__(self) -> str:
        return f"{self.chaine} ({self.rang})"


class EntreeJournal(models.Model):
    """One line of a trade's journal. It holds ids and codes, never a name or a free text.

    A concrete journal adds a PROTECT key to its own aggregate. The chain, the rank, the time and
    the two hashes are written by the database, whatever path the line came in by.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chaine = models.CharField("chaîne", max_length=80, editable=False)
    rang = models.PositiveBigIntegerField("rang", default=0, editable=False)
    le = models.DateTimeField("le", auto_now_add=True)
    acteur = models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, related_name="+", verbose_name="acteur"
    )
    pour = models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, related_name="+", verbose_name="au nom de"
    )
    evenement = models.CharField("événement", max_length=40)
    de = models.CharField("de", max_length=30, blank=True)
    vers = models.CharField("vers", max_length=30, blank=True)
    donnees = models.JSONField("données", default=dict)
    precedente = models.CharField("empreinte précédente", max_length=64, editable=False, default="")
    empreinte = models.CharField("empreinte", max_length=64, editable=False, default="")

    if TYPE_CHECKING:
        acteur_id: UUID | Combinable | None

    class Meta:
        abstract = True
        ordering = ("chaine", "rang")
        constraints = (models.UniqueConstraint(fields=("chaine", "rang"), name="%(class)s_rang_unique"),)
        triggers = (
            pgtrigger.Trigger(
                name="chainer", operation=pgtrigger.Insert, when=pgtrigger.Before, func=_CHAINER
            ),
            *ajout_seul(),
        )

    def __str__(self) -> str:
        return f"{self.chaine} n° {self.rang} : {self.evenement}"
