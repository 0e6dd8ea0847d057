"""The letter that notifies a decision, the convention to sign, the certificate of a payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from financements.actes import entete_d_acte, figer_acte, signataire
from financements.situations import FINIES
from reseau.nombres import aujourdhui, montrer_date, montrer_montant
from reseau.socle.lettres import montant_en_lettres

if TYPE_CHECKING:
    from financements.models import Allocation, Demande, Paiement
    from reseau.models import DocumentFige
    from reseau.socle.etats import Contexte


def figer_convention(decision: Allocation) -> DocumentFige:
    """Freeze the convention to sign: two copies are printed, signed, then scanned."""
    seuil = decision.demande.campagne.seuil_convention
    contexte = entete_d_acte(decision.demande) | {"seuil": montrer_montant(seuil)}
    return figer_acte(decision.demande, "convention", "Convention", contexte)


def figer_conventions_dues(decision: Allocation) -> None:
    """Freeze what is now to sign: for this decision, and for those of the same body made before.

    The threshold is yearly and per managing body: one more commitment may pass it for all of them.
    """
    ecole = decision.demande.ecole
    voisines = type(decision).objects.filter(demande__campagne=decision.demande.campagne_id)
    if ecole.gestionnaire_id:
        voisines = voisines.filter(demande__ecole__gestionnaire=ecole.gestionnaire_id)
    else:
        voisines = voisines.filter(demande__ecole=ecole)
    sans_acte = voisines.exclude(actes__nature="convention").select_related("demande__ecole")
    for autre in sans_acte.exclude(demande__etat__in=FINIES).order_by("pk"):
        if autre.convention_manque():
            figer_convention(autre)


def figer_notification(demande: Demande, contexte: Contexte) -> DocumentFige:
    """Freeze the letter, with the schedule and the number of the commitment."""
    decision = demande.allocation
    lettre = entete_d_acte(decision.demande) | signataire(demande, contexte, "notifier")
    lettre |= {
        "numero_ej": demande.numero_ej,
        "le": montrer_date(aujourdhui()),
        "tranches": echeancier_imprime(decision),
    }
    return figer_acte(demande, "notification", "Notification de la décision", lettre)


def echeancier_imprime(decision: Allocation) -> list[dict[str, str]]:
    """Return the schedule as texts: what, from when, how much."""
    return [
        {
            "quoi": tranche.get_nature_display(),
            "quand": "après le service fait"
            if tranche.service_fait
            else f"à partir du {montrer_date(tranche.prevue_le)}",
            "montant": montrer_montant(tranche.montant),
        }
        for tranche in decision.tranches.order_by("rang")
    ]


def figer_certificat(demande: Demande, paiement: Paiement) -> DocumentFige:
    """Freeze the certificate of a payment; the IBAN is shown by its end only."""
    iban = demande.ecole.coordonnees_bancaires.filter(au__isnull=True).order_by("-du").first()
    contexte = entete_d_acte(demande) | {
        "tranche": str(paiement.tranche.get_nature_display()) if paiement.tranche else "",
        "montant_paye": montrer_montant(paiement.montant),
        "paye_en_lettres": montant_en_lettres(paiement.montant),
        "paye_le": montrer_date(paiement.paye_le),
        "numero_ej": paiement.numero_ej,
        "numero_dp": paiement.numero_dp,
        "iban": f"…{iban.iban[-4:]}" if iban else "",
        "liquidateur": paiement.saisi_par.get_full_name(),
    }
    return figer_acte(demande, "certificat", "Certificat de paiement", contexte)
