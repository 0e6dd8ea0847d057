"""The letter that notifies a decision, the convention to sign, the certificate of a payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from financements.actes import entete_d_acte, figer_acte
from reseau.nombres import aujourdhui, montrer_date, montrer_montant

if TYPE_CHECKING:
    from financements.models import Allocation, Demande, Paiement
    from reseau.models import DocumentFige


def figer_convention(decision: Allocation) -> DocumentFige:
    """Freeze the convention to sign: two copies are printed, signed, then scanned."""
    seuil = decision.demande.campagne.seuil_convention
    contexte = entete_d_acte(decision.demande) | {"seuil": montrer_montant(seuil)}
    return figer_acte(decision.demande, "convention", "Convention", contexte)


def figer_notification(demande: Demande) -> DocumentFige:
    """Freeze the letter, with the schedule and the number of the commitment."""
    decision = demande.allocation
    contexte = entete_d_acte(decision.demande) | {
        "numero_ej": demande.numero_ej,
        "le": montrer_date(aujourdhui()),
        "tranches": [
            {
                "quoi": tranche.get_nature_display(),
                "quand": "après le service fait"
                if tranche.service_fait
                else f"à partir du {montrer_date(tranche.prevue_le)}",
                "montant": montrer_montant(tranche.montant),
            }
            for tranche in decision.tranches.order_by("rang")
        ],
    }
    return figer_acte(demande, "notification", "Notification de la décision", contexte)


def figer_certificat(demande: Demande, paiement: Paiement) -> DocumentFige:
    """Freeze the certificate of a payment; the IBAN is shown by its end only."""
    iban = demande.ecole.coordonnees_bancaires.filter(au__isnull=True).order_by("-du").first()
    contexte = entete_d_acte(demande) | {
        "tranche": str(paiement.tranche.get_nature_display()) if paiement.tranche else "",
        "montant_paye": montrer_montant(paiement.montant),
        "paye_le": montrer_date(paiement.paye_le),
        "numero_ej": paiement.numero_ej,
        "numero_dp": paiement.numero_dp,
        "iban": f"…{iban.iban[-4:]}" if iban else "",
        "liquidateur": paiement.saisi_par.get_full_name(),
    }
    return figer_acte(demande, "certificat", "Certificat de paiement", contexte)
