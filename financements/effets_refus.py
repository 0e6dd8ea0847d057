"""Effects of a refusal, of a filing without follow-up and of a termination, each with its letter."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from financements.actes import entete_d_acte, figer_acte, signataire
from financements.avenants import engage, net_paye
from financements.bilans import accorde
from financements.comptage import liberer, liberer_la_suite
from financements.effets_bilan import desengager
from financements.natures import MotifRefus
from reseau.nombres import aujourdhui, montrer_date, montrer_instant, montrer_montant
from reseau.socle.lettres import montant_en_lettres

if TYPE_CHECKING:
    from collections.abc import Mapping

    from financements.models import Allocation, Demande
    from reseau.models import DocumentFige
    from reseau.socle.etats import Contexte


def refuser(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Say no: the letter gives the reason and the ways to appeal."""
    return _fermer(demande, contexte, "refus", "Décision de refus", "accorder")


def classer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Close a file that cannot go on; the letter says why."""
    return _fermer(demande, contexte, "classement", "Classement sans suite", "viser")


def _fermer(demande: Demande, contexte: Contexte, nature: str, titre: str, verbe: str) -> Mapping[str, Any]:
    liberer(demande)
    raison = MotifRefus(contexte.donnees["raison"])
    demande.motif = _motif(contexte)
    demande.echeance_le = None
    acte = entete_d_acte(demande) | signataire(demande, contexte, verbe)
    acte |= {
        "titre": titre,
        "refus": nature == "refus",
        "le": montrer_date(aujourdhui()),
        "raison": raison.label,
        "motif": demande.motif,
        "demande": montrer_montant(demande.montant_demande),
        "deposee_le": montrer_instant(demande.deposee_le) if demande.deposee_le else "",
    }
    document = figer_acte(demande, nature, titre, acte)
    return {"raison": raison.value, "document": str(document.pk)}


def resilier(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """End a decision: what is not paid goes back to the envelope; of what is paid, the school keeps a part.

    The rest is claimed back afterwards: until it came, it stays committed.
    """
    demande.motif = _motif(contexte)
    liberer_la_suite(demande)
    decision: Allocation = demande.allocation
    paye, deja = net_paye(decision), engage(decision)
    acquis = contexte.donnees.get("montant_acquis")
    demande.montant_final = paye if acquis is None else acquis
    decision.tranches.filter(paiements=None).delete()
    desengager(demande, deja - paye, contexte)
    document = _figer_resiliation(demande, contexte, paye)
    return {"desengage": str(deja - paye), "acquis": str(demande.montant_final), "document": str(document.pk)}


def _figer_resiliation(demande: Demande, contexte: Contexte, paye: Decimal) -> DocumentFige:
    """Freeze the act: what was granted, amendments included, is what was paid and what will not be."""
    total, acquis = accorde(demande.allocation), demande.montant_final or Decimal(0)
    acte = entete_d_acte(demande) | signataire(demande, contexte, "accorder")
    acte |= {
        "le": montrer_date(aujourdhui()),
        "entendue_le": montrer_date(contexte.donnees["entendue_le"]),
        "motif": demande.motif,
        "accorde": montrer_montant(total),
        "accorde_en_lettres": montant_en_lettres(total),
        "avec_avenants": total != demande.allocation.montant,
        "paye": montrer_montant(paye),
        "rendu": montrer_montant(total - paye),
        "acquis": montrer_montant(acquis),
        "trop": montrer_montant(paye - acquis) if paye > acquis else "",
    }
    return figer_acte(demande, "resiliation", "Décision de résiliation", acte)


def _motif(contexte: Contexte) -> str:
    return str(contexte.donnees["motif"]).strip()
