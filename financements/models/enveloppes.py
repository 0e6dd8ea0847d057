"""The regional envelope: counters that only ledgers move, under constraints of the database.

A CHECK is evaluated while the row is held. "Select the sum, then insert" lets two officers commit
the same euros; this does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import F, Q

from financements.natures import Origine
from financements.requetes import RequeteEnveloppes, RequeteParEnveloppe
from reseau.champs import ChampMontant, uuid7
from reseau.models import ServiceRegional, Utilisateur
from reseau.models.protections import ajout_seul, refus_de_vider

if TYPE_CHECKING:
    from decimal import Decimal

    from django.db.models.fields.related_descriptors import RelatedManager

    from financements.models.decisions import Engagement


class Enveloppe(models.Model):
    """Credits of a service for a year: AE to commit, CP to pay. ``service`` is the region's key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service = models.ForeignKey(
        ServiceRegional, models.PROTECT, related_name="enveloppes", verbose_name="service"
    )
    exercice = models.PositiveSmallIntegerField("exercice")
    programme = models.CharField("programme", max_length=10, default="103")
    action = models.CharField("action", max_length=20, blank=True)
    ae_ouvertes = ChampMontant("AE ouvertes", default=0, editable=False)
    ae_engagees = ChampMontant("AE engagées", default=0, editable=False)
    ae_deleguees = ChampMontant("AE déléguées", default=0, editable=False)
    cp_ouverts = ChampMontant("CP ouverts", default=0, editable=False)
    cp_payes = ChampMontant("CP payés", default=0, editable=False)

    objects = RequeteEnveloppes.as_manager()

    if TYPE_CHECKING:
        service_id: str
        mouvements: RelatedManager[MouvementEnveloppe]
        engagements: RelatedManager[Engagement]

    class Meta:
        verbose_name = "enveloppe"
        ordering = ("-exercice", "service", "action")
        constraints = (
            models.CheckConstraint(
                condition=Q(exercice__gte=2024, exercice__lte=2099),
                name="enveloppe_exercice",
                violation_error_message="L'exercice est une année, de 2024 à 2099.",
            ),
            models.UniqueConstraint(
                fields=("service", "exercice", "programme", "action"),
                name="enveloppe_unique",
                violation_error_message="Cette enveloppe existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(ae_engagees__gte=0, ae_deleguees__gte=0)
                & Q(ae_ouvertes__gte=F("ae_engagees") + F("ae_deleguees")),
                name="enveloppe_ae_suffisantes",
                violation_error_message="L'enveloppe ne dispose pas d'assez d'AE.",
            ),
            models.CheckConstraint(
                condition=Q(cp_payes__gte=0) & Q(cp_ouverts__gte=F("cp_payes")),
                name="enveloppe_cp_suffisants",
                violation_error_message="L'enveloppe ne dispose pas d'assez de CP.",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="compteurs_par_les_registres",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                IF TG_OP = 'UPDATE' AND (NEW.service_id, NEW.exercice) <> (OLD.service_id, OLD.exercice) THEN
                    RAISE EXCEPTION 'Le service et l''exercice d''une enveloppe ne changent pas.'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF TG_OP = 'INSERT' THEN
                    IF (NEW.ae_ouvertes, NEW.ae_engagees, NEW.ae_deleguees, NEW.cp_ouverts, NEW.cp_payes)
                       <> (0, 0, 0, 0, 0) THEN
                        RAISE EXCEPTION 'Une enveloppe naît vide : ses crédits viennent des mouvements.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                ELSIF pg_trigger_depth() < 2 AND (TG_OP = 'DELETE' OR
                    (NEW.ae_ouvertes, NEW.ae_engagees, NEW.ae_deleguees, NEW.cp_ouverts, NEW.cp_payes)
                    <> (OLD.ae_ouvertes, OLD.ae_engagees, OLD.ae_deleguees, OLD.cp_ouverts, OLD.cp_payes)
                ) THEN
                    RAISE EXCEPTION 'Les crédits d''une enveloppe ne changent que par un mouvement.'
                        USING ERRCODE = 'integrity_constraint_violation';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            ),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        action = f", {self.action}" if self.action else ""
        return f"{self.service} {self.exercice}, programme {self.programme}{action}"

    @property
    def ae_disponibles(self) -> Decimal:
        """Euros still free to commit."""
        reste: Decimal = self.ae_ouvertes - self.ae_engagees - self.ae_deleguees
        return reste


# Far above the budget of the State for these schools; counters hold a thousand of them.
MOUVEMENT_MAXIMAL = 100_000_000


class MouvementEnveloppe(models.Model):
    """A signed line of the envelope's ledger: what opens or closes its credits."""

    class Nature(models.TextChoices):
        NOTIFICATION = "notification", "Notification"
        COMPLEMENT = "complement", "Complément"
        GEL = "gel", "Gel"
        DEGEL = "degel", "Dégel"
        RETRAIT = "retrait", "Retrait"
        REDEPLOIEMENT = "redeploiement", "Redéploiement"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    enveloppe = models.ForeignKey(
        Enveloppe, models.PROTECT, related_name="mouvements", verbose_name="enveloppe"
    )
    nature = models.CharField("nature", max_length=13, choices=Nature)
    ae = ChampMontant("AE (€)", help_text="Négatif pour un gel ou un retrait.")
    cp = ChampMontant("CP (€)", help_text="Négatif pour un gel ou un retrait.")
    reference = models.CharField("référence de l'acte", max_length=100)
    date_acte = models.DateField("date de l'acte")
    origine = models.CharField("origine", max_length=7, choices=Origine, default=Origine.OUTIL)
    saisi_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+", editable=False)
    saisi_le = models.DateTimeField("saisi le", auto_now_add=True)

    objects = RequeteParEnveloppe["MouvementEnveloppe"].as_manager()

    class Meta:
        verbose_name = "mouvement"
        verbose_name_plural = "mouvements"
        ordering = ("enveloppe", "saisi_le", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(ae=0, cp=0),
                name="mouvement_non_nul",
                violation_error_message="Un mouvement change les AE ou les CP.",
            ),
            models.CheckConstraint(
                condition=Q(nature__in=("gel", "retrait"), ae__lte=0, cp__lte=0)
                | Q(nature__in=("notification", "complement", "degel"), ae__gte=0, cp__gte=0)
                | Q(nature="redeploiement"),
                name="mouvement_signe",
                violation_error_message="Un gel ou un retrait est négatif ; les autres sont positifs.",
            ),
            models.CheckConstraint(
                condition=Q(ae__gte=-MOUVEMENT_MAXIMAL, ae__lte=MOUVEMENT_MAXIMAL)
                & Q(cp__gte=-MOUVEMENT_MAXIMAL, cp__lte=MOUVEMENT_MAXIMAL),
                name="mouvement_plausible",
                violation_error_message="Un mouvement ne dépasse pas 100 000 000 €.",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="porter_au_compteur",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                func="""
                UPDATE financements_enveloppe
                   SET ae_ouvertes = ae_ouvertes + NEW.ae, cp_ouverts = cp_ouverts + NEW.cp
                 WHERE id = NEW.enveloppe_id;
                RETURN NEW;
                """,
            ),
            *ajout_seul(),
        )

    def __str__(self) -> str:
        return f"{self.get_nature_display()} du {self.date_acte:%d/%m/%Y}"
