"""Effects of a refusal, of a filing without follow-up and of a termination, each with its letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from financements.actes import entete_d_acte, figer_acte
from financements.avenants import engage, net_paye
from financements.comptage import liberer, liberer_la_suite
from financements.effets_bilan import desengager
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
    acte = entete_d_acte(demande) | {
        "le": montrer_date(aujourdhui()),
        "entendue_le": montrer_date(contexte.donnees["entendue_le"]),
        "motif": demande.motif,
        "paye": montrer_montant(paye),
        "rendu": montrer_montant(deja - paye),
        "acquis": montrer_montant(demande.montant_final),
        "trop": montrer_montant(paye - demande.montant_final) if paye > demande.montant_final else "",
        "personne": contexte.utilisateur.get_full_name(),
    }
    document = figer_acte(demande, "resiliation", "Décision de résiliation", acte)
    return {"desengage": str(deja - paye), "acquis": str(demande.montant_final), "document": str(document.pk)}


def _motif(contexte: Contexte) -> str:
    return str(contexte.donnees["motif"]).strip()
