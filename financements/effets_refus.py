"""Effects of a refusal, of a filing without follow-up and of a termination, each with its letter."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from financements.actes import entete_d_acte, figer_acte
from financements.comptage import liberer, liberer_la_suite
from financements.natures import MotifRefus
from reseau.nombres import aujourdhui, montrer_date, montrer_montant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from financements.models import Allocation, Demande
    from reseau.socle.etats import Contexte


def refuser(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Say no: the letter gives the reason and the ways to appeal."""
    return _fermer(demande, contexte, "refus", "Décision de refus")


def classer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Close a file that cannot go on; the letter says why."""
    return _fermer(demande, contexte, "classement", "Classement sans suite")


def _fermer(demande: Demande, contexte: Contexte, nature: str, titre: str) -> Mapping[str, Any]:
    liberer(demande)
    raison = MotifRefus(contexte.donnees["raison"])
    demande.motif = _motif(contexte)
    demande.renvoi = ""
    demande.echeance_le = None
    acte = entete_d_acte(demande) | {
        "titre": titre,
        "refus": nature == "refus",
        "le": montrer_date(aujourdhui()),
        "raison": raison.label,
        "motif": demande.motif,
        "demande": montrer_montant(demande.montant_demande),
        "personne": contexte.utilisateur.get_full_name(),
    }
    document = figer_acte(demande, nature, titre, acte)
    return {"raison": raison.value, "document": str(document.pk)}


def resilier(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """End a decision: what is not paid is given back to the envelope, the schedule stops where it is."""
    demande.motif = _motif(contexte)
    liberer_la_suite(demande)
    decision: Allocation = demande.allocation
    paye = decision.paiements.aggregate(total=Sum("montant"))["total"] or Decimal(0)
    engage = decision.engagements.aggregate(total=Sum("montant"))["total"] or Decimal(0)
    decision.tranches.filter(paiements=None).delete()
    enveloppe = demande.enveloppe
    if engage > paye and enveloppe is not None:
        decision.engagements.create(
            enveloppe=enveloppe,
            nature="desengagement",
            montant=paye - engage,
            saisi_par=contexte.utilisateur,
        )
    acte = entete_d_acte(demande) | {
        "le": montrer_date(aujourdhui()),
        "entendue_le": montrer_date(contexte.donnees["entendue_le"]),
        "motif": demande.motif,
        "paye": montrer_montant(paye),
        "rendu": montrer_montant(engage - paye),
        "personne": contexte.utilisateur.get_full_name(),
    }
    document = figer_acte(demande, "resiliation", "Décision de résiliation", acte)
    return {"desengage": str(engage - paye), "document": str(document.pk)}


def _motif(contexte: Contexte) -> str:
    return str(contexte.donnees["motif"]).strip()
