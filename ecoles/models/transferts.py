"""A learner who changes school: one person, two records, one enrolment at every date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import F, Q

from ecoles.etats_transfert import EtatTransfert, MotifTransfert, paires_transfert
from ecoles.models.apprenants import Apprenant
from ecoles.models.ecoles import Ecole
from ecoles.requetes import RequeteParTransfert, RequeteTransferts
from reseau.champs import uuid7
from reseau.models import EntreeJournal
from reseau.models.protections import etat_par_la_porte, refus_de_vider
from reseau.nombres import montrer_date_courte

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class Transfert(models.Model):
    """A change of school. It holds keys only: names stay in the record of each school."""

    Etat = EtatTransfert

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(
        Ecole, models.PROTECT, related_name="departs", verbose_name="école quittée", editable=False
    )
    apprenant = models.ForeignKey(Apprenant, models.PROTECT, related_name="departs", verbose_name="jeune")
    vers = models.ForeignKey(Ecole, models.PROTECT, related_name="arrivees", verbose_name="nouvelle école")
    le = models.DateField(
        "premier jour dans la nouvelle école",
        help_text="L'inscription dans l'école quittée s'arrête la veille, quand la nouvelle école a accepté.",
    )
    etat = models.CharField(
        "état", max_length=7, choices=EtatTransfert, default=EtatTransfert.PROPOSE, editable=False
    )
    motif_refus = models.CharField(
        "raison du refus", max_length=7, choices=MotifTransfert, blank=True, editable=False
    )
    demande_le = models.DateTimeField("proposé le", auto_now_add=True)
    arrivee = models.OneToOneField(
        Apprenant, models.PROTECT, null=True, editable=False, related_name="transfert_d_arrivee"
    )

    objects = RequeteTransferts["Transfert"].as_manager()

    if TYPE_CHECKING:
        journal: RelatedManager[JournalTransfert]

    class Meta:
        verbose_name = "changement d'école"
        verbose_name_plural = "changements d'école"
        ordering = ("-demande_le", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("apprenant",),
                condition=Q(etat=EtatTransfert.PROPOSE),
                name="transfert_un_seul_propose",
                violation_error_message="Un changement d'école est déjà proposé pour ce jeune.",
            ),
            models.CheckConstraint(
                condition=~Q(vers=F("ecole")),
                name="transfert_vers_une_autre",
                violation_error_message="Choisissez une autre école que la vôtre.",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatTransfert.REFUSE) & ~Q(motif_refus="")
                | ~Q(etat=EtatTransfert.REFUSE) & Q(motif_refus=""),
                name="transfert_refus_motive",
                violation_error_message="Un refus a une raison.",
            ),
            models.CheckConstraint(
                condition=Q(etat=EtatTransfert.ACCEPTE, arrivee__isnull=False)
                | ~Q(etat=EtatTransfert.ACCEPTE) & Q(arrivee__isnull=True),
                name="transfert_accepte_a_son_arrivee",
                violation_error_message="Un changement accepté mène à un jeune de la nouvelle école.",
            ),
        )
        triggers = (
            pgtrigger.Trigger(
                name="transfert_a_sa_place",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                IF TG_OP = 'UPDATE' AND (NEW.ecole_id, NEW.apprenant_id, NEW.vers_id, NEW.le)
                   IS DISTINCT FROM (OLD.ecole_id, OLD.apprenant_id, OLD.vers_id, OLD.le) THEN
                    RAISE EXCEPTION 'Un changement d''école proposé ne change pas : annulez-le.'
                        USING ERRCODE = 'check_violation';
                END IF;
                IF NOT EXISTS (SELECT FROM ecoles_apprenant
                                WHERE id = NEW.apprenant_id AND ecole_id = NEW.ecole_id) THEN
                    RAISE EXCEPTION 'Ce jeune est celui d''une autre école.'
                        USING ERRCODE = 'check_violation';
                END IF;
                IF NEW.arrivee_id IS NOT NULL AND NOT EXISTS (
                    SELECT FROM ecoles_apprenant a JOIN ecoles_apprenant d ON d.personne = a.personne
                     WHERE a.id = NEW.arrivee_id AND a.ecole_id = NEW.vers_id
                       AND d.id = NEW.apprenant_id) THEN
                    RAISE EXCEPTION 'La même personne arrive dans la nouvelle école.'
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
            etat_par_la_porte({EtatTransfert.PROPOSE}, paires_transfert()),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return f"changement d'école au {montrer_date_courte(self.le)}"


class JournalTransfert(EntreeJournal):
    """What happened to a change of school: keys and codes."""

    transfert = models.ForeignKey(Transfert, models.PROTECT, related_name="journal")

    objects = RequeteParTransfert["JournalTransfert"].as_manager()

    class Meta(EntreeJournal.Meta):
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal"
