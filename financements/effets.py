"""Effects of the state table: what a transition writes, inside its transaction, after the guards.

Each returns the ids and codes that the journal keeps; free texts stay on the request.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import IntegrityError, transaction

from financements import actes
from financements.actes_versements import figer_conventions_dues
from financements.gardes import reste_insuffisant
from financements.regles import ajouter_jours_ouvres, ajouter_mois
from reseau.nombres import PARIS, aujourdhui, maintenant
from reseau.socle.etats import TransitionRefusee

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from financements.models import Allocation, Demande
    from reseau.socle.etats import Contexte

# Two months of silence are a rejection: CRPA L231-4, 1°.
MOIS_DE_SILENCE = 2


def _motif(contexte: Contexte) -> str:
    return str(contexte.donnees["motif"]).strip()


def noter_depot(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Date and author of the deposit; the delay of an answer starts on the day it was received."""
    demande.deposee_le = maintenant()
    demande.deposee_par = contexte.utilisateur
    recue_le = demande.recue_par_courriel_le or demande.deposee_le.astimezone(PARIS).date()
    demande.echeance_le = ajouter_mois(recue_le, MOIS_DE_SILENCE)
    return {"montant_demande": str(demande.montant_demande), "voie": demande.voie}


def noter_complement(demande: Demande, _contexte: Contexte) -> Mapping[str, Any]:
    """An answer ends the suspension, at the latest on the last day that the school was given."""
    _reprendre_le_delai(demande, min(aujourdhui(), demande.echeance_le or aujourdhui()))
    return {"montant_demande": str(demande.montant_demande)}


def noter_demande_de_complement(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """What is missing, until when the school may send it, and how many days the service had left."""
    demande.motif = _motif(contexte)
    jour = aujourdhui()
    reste = ((demande.echeance_le or jour) - jour).days
    demande.echeance_le = ajouter_jours_ouvres(jour, demande.campagne.delai_complement)
    return {"echeance": demande.echeance_le.isoformat(), "reste": max(reste, 0)}


def noter_silence(demande: Demande) -> Mapping[str, Any]:
    """Nothing came: the suspension ended with the last day that the school was given."""
    limite = demande.echeance_le or aujourdhui()
    echeance = _reprendre_le_delai(demande, limite)
    return {"attendu": limite.isoformat(), "echeance": echeance.isoformat()}


def _reprendre_le_delai(demande: Demande, depuis: date) -> date:
    """The delay of an answer stopped while the school had its own: what was left of it runs again.

    Asking for what is missing only suspends a refusal by silence, for the delay given (CRPA L114-5).
    """
    dernier = demande.journal.filter(evenement="demander_complement").order_by("-rang").first()
    echeance = depuis + timedelta(days=dernier.donnees.get("reste", 0) if dernier else 0)
    demande.motif, demande.echeance_le = "", echeance
    return echeance


def noter_retrait(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Nothing is awaited any more."""
    demande.motif = _motif(contexte)
    demande.echeance_le = None
    return {}


def retenir_par_defaut(demande: Demande, _contexte: Contexte) -> Mapping[str, Any]:
    """Start from what was asked, at the rates of the day, on the envelope when there is only one."""
    for ligne in demande.lignes.all():
        if ligne.effectif_retenu is None:
            ligne.effectif_retenu = ligne.effectif_demande
            ligne.nb_majorations = ligne.majorations_demandees
        ligne.save()
    enveloppes = apps.get_model("financements", "Enveloppe").objects.filter(
        service_id=demande.region_id, exercice=demande.campagne.exercice
    )
    if demande.enveloppe_id is None and len(choix := enveloppes.order_by("action")[:2]) == 1:
        demande.enveloppe = choix[0]
    return {}


def noter_proposition(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Freeze the amount that the next two persons will read."""
    demande.montant_propose = demande.montant_retenu
    demande.instruite_par = contexte.utilisateur
    demande.proposee_le = maintenant()
    demande.visee_par = None
    demande.visee_le = None
    return {"montant": str(demande.montant_propose), "enveloppe": str(demande.enveloppe_id)}


def noter_visa(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Who checked, and when."""
    demande.visee_par = contexte.utilisateur
    demande.visee_le = maintenant()
    return {"montant": str(demande.montant_propose)}


def noter_renvoi(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Later visas become invalid; the comment stays inside the service, until the next one."""
    demande.renvoi = _motif(contexte)
    demande.visee_par = None
    demande.visee_le = None
    demande.montant_propose = None
    return {}


def engager(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Write the decision and its ledger line; the document is prepared with them, rendered after.

    Raises :class:`TransitionRefusee` when the envelope's CHECK refuses the euro too many.
    """
    decision: Allocation = apps.get_model("financements", "Allocation").objects.create(
        demande=demande,
        region_id=demande.region_id,
        montant=demande.montant_propose,
        instruite_par=demande.instruite_par,
        visee_par=demande.visee_par,
        accordee_par=contexte.utilisateur,
        accordee_le=maintenant(),
    )
    _porter_au_registre(decision, contexte)
    demande.echeance_le = None
    document = actes.figer_decision(decision)
    figer_conventions_dues(decision)
    return {"montant": str(decision.montant), "allocation": str(decision.pk), "document": str(document.pk)}


def _porter_au_registre(decision: Allocation, contexte: Contexte) -> None:
    """Write the ledger line; the envelope's counter follows, under its CHECK."""
    enveloppe = decision.demande.enveloppe
    if enveloppe is None:
        raise TransitionRefusee(["Choisissez l'enveloppe."])
    try:
        with transaction.atomic():
            decision.engagements.create(
                enveloppe=enveloppe,
                nature="initial",
                montant=decision.montant,
                saisi_par=contexte.utilisateur,
            )
    except IntegrityError as erreur:
        if "enveloppe_ae_suffisantes" not in str(erreur):
            raise
        enveloppe.refresh_from_db()
        refus = reste_insuffisant(decision.demande, enveloppe.ae_disponibles)
        raise TransitionRefusee([refus]) from erreur
