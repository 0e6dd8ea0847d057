"""Effects of the money that goes out: what a transition writes, inside its transaction, after the guards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import IntegrityError, transaction

from financements.actes_versements import figer_certificat, figer_notification
from financements.conventions import scan_de_la_convention
from financements.gardes_versements import (
    cp_insuffisants,
    enveloppe_de_l_annee,
    jour_de_paiement,
    prochaine_tranche,
)
from financements.regles import repartir
from reseau.nombres import aujourdhui
from reseau.socle.etats import TransitionRefusee
from reseau.socle.fichiers import FichierRefuse, deposer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from financements.models import Allocation, Demande, Paiement
    from reseau.socle.etats import Contexte


def noter_convention(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Keep who signed, when, and the scan of what they signed."""
    saisies = dict(contexte.donnees)
    fichier = _scan(demande, contexte, saisies.pop("scan", None))
    convention = demande.allocation.conventions.create(
        montant=demande.allocation.montant, scan=fichier, saisie_par=contexte.utilisateur, **saisies
    )
    _rattacher(demande, fichier, contexte)
    return {"convention": str(convention.pk)}


def _rattacher(demande: Demande, fichier: Any, contexte: Contexte) -> None:
    """The scan given here is that of the act in force: it is read there, and no pile asks for it again."""
    acte = demande.actes.filter(nature="convention").order_by("-rang").first()
    if acte is not None and scan_de_la_convention(demande) is None:
        scans = apps.get_model("financements", "ScanSigne")
        scans.objects.create(acte=acte, fichier=fichier, rattache_par=contexte.utilisateur)


def _scan(demande: Demande, contexte: Contexte, televerse: Any) -> Any:
    """What is uploaded now, else the scan that came back with the others for the version in force."""
    rattache = scan_de_la_convention(demande)
    if televerse is None and rattache is not None:
        return rattache.fichier
    if televerse is None:
        raise TransitionRefusee(["Joignez la convention signée, numérisée."])
    try:
        return deposer(televerse, contexte.utilisateur)
    except FichierRefuse as refuse:
        raise TransitionRefusee(refuse.refus) from refuse


def notifier(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """The number of the legal commitment, the schedule of the campaign, the letter."""
    demande.numero_ej = contexte.donnees["numero_ej"]
    _echelonner(demande)
    document = figer_notification(demande, contexte)
    return {"ej": demande.numero_ej, "document": str(document.pk)}


def _echelonner(demande: Demande) -> None:
    """Write the schedule on what is committed; without parameters, one part that may be paid at once."""
    decision: Allocation = demande.allocation
    prevues = list(demande.campagne.echeances.order_by("rang"))
    if not prevues:
        decision.tranches.create(rang=1, nature="solde", montant=decision.montant, prevue_le=aujourdhui())
        return
    montants = repartir(decision.montant, [echeance.part for echeance in prevues])
    for echeance, montant in zip(prevues, montants, strict=True):
        decision.tranches.create(
            rang=echeance.rang,
            nature=echeance.nature,
            montant=montant,
            prevue_le=echeance.prevue_le,
            service_fait=echeance.service_fait,
        )


def payer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Write the line of the ledger and its certificate.

    Raises :class:`TransitionRefusee` when the envelope's CHECK, or the key of the form, refuses.
    """
    jour = jour_de_paiement(contexte)
    tranche, enveloppe = prochaine_tranche(demande), enveloppe_de_l_annee(demande, jour)
    if tranche is None or enveloppe is None:
        raise TransitionRefusee(["Il n'y a rien à payer."])
    try:
        with transaction.atomic():
            paiement: Paiement = demande.allocation.paiements.create(
                cle=contexte.donnees["cle"],
                tranche=tranche,
                enveloppe=enveloppe,
                montant=tranche.montant,
                paye_le=jour,
                numero_ej=demande.numero_ej,
                numero_dp=contexte.donnees.get("numero_dp", ""),
                saisi_par=contexte.utilisateur,
            )
    except IntegrityError as erreur:
        raise TransitionRefusee([_refus(str(erreur), enveloppe.pk, tranche.montant)]) from erreur
    document = figer_certificat(demande, paiement)
    return {"paiement": str(paiement.pk), "montant": str(paiement.montant), "document": str(document.pk)}


def _refus(erreur: str, enveloppe: Any, montant: Decimal) -> str:
    if "enveloppe_cp_suffisants" in erreur:
        reste = apps.get_model("financements", "Enveloppe").objects.get(pk=enveloppe).cp_disponibles
        return cp_insuffisants(reste, montant)
    if "financements_paiement_cle" in erreur or "paiement_un_par_tranche" in erreur:
        return "Ce paiement est déjà enregistré."
    return erreur.splitlines()[0]
