"""Effects of an amendment's steps: the chain of a decision again, then a signed line and a numbered act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from financements.actes_avenants import figer_avenant
from financements.actes_versements import figer_conventions_dues
from financements.avenants import avenant_ouvert, reechelonner
from financements.gardes_avenants import hausse_impossible
from financements.natures import EtapeAvenant
from reseau.nombres import maintenant, montrer_montant
from reseau.socle.etats import TransitionRefusee

if TYPE_CHECKING:
    from collections.abc import Mapping

    from financements.models import Avenant, Demande, Engagement
    from reseau.socle.etats import Contexte


def _celui_de(demande: Demande) -> Avenant:
    avenant = avenant_ouvert(demande)
    if avenant is None:
        raise TransitionRefusee(["Aucun avenant n'est en cours sur ce dossier."])
    return avenant


def _noter(avenant: Avenant) -> Mapping[str, Any]:
    return {"avenant": str(avenant.pk), "montant": str(avenant.montant)}


def proposer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Freeze what the next two persons will read."""
    avenant = _celui_de(demande)
    avenant.etape, avenant.renvoi = EtapeAvenant.PROPOSE, ""
    avenant.propose_par, avenant.propose_le = contexte.utilisateur, maintenant()
    avenant.save()
    return _noter(avenant)


def viser(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Who checked, and when."""
    avenant = _celui_de(demande)
    avenant.etape = EtapeAvenant.VISE
    avenant.vise_par, avenant.vise_le = contexte.utilisateur, maintenant()
    avenant.save()
    return _noter(avenant)


def accorder(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Write the signed line, make the schedule follow, freeze the act.

    Raises :class:`TransitionRefusee` when the envelope's CHECK refuses the euro too many.
    """
    avenant = _celui_de(demande)
    avenant.engagement = _engager(demande, avenant, contexte)
    avenant.etape = EtapeAvenant.ACCORDE
    avenant.accorde_par, avenant.accorde_le = contexte.utilisateur, maintenant()
    avenant.save()
    reechelonner(demande.allocation)
    figer_conventions_dues(demande.allocation)
    document = figer_avenant(avenant)
    return {**_noter(avenant), "document": str(document.pk)}


def _engager(demande: Demande, avenant: Avenant, contexte: Contexte) -> Engagement:
    enveloppe = demande.enveloppe
    if enveloppe is None:
        raise TransitionRefusee(["Choisissez l'enveloppe."])
    try:
        with transaction.atomic():
            ligne: Engagement = demande.allocation.engagements.create(
                enveloppe=enveloppe,
                nature="avenant",
                montant=avenant.montant,
                saisi_par=contexte.utilisateur,
            )
    except IntegrityError as erreur:
        if "enveloppe_ae_suffisantes" not in str(erreur):
            raise TransitionRefusee([str(erreur).splitlines()[0]]) from erreur
        enveloppe.refresh_from_db()
        reste = montrer_montant(enveloppe.ae_disponibles)
        raise TransitionRefusee([hausse_impossible(avenant, reste)]) from erreur
    return ligne


def renvoyer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Back to who prepares it; the visa falls."""
    avenant = _celui_de(demande)
    avenant.etape, avenant.renvoi = EtapeAvenant.PREPARE, str(contexte.donnees["motif"]).strip()
    avenant.propose_par = avenant.propose_le = avenant.vise_par = avenant.vise_le = None
    avenant.save()
    return {"avenant": str(avenant.pk)}


def abandonner(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Nothing changes in what was granted; the number stays taken."""
    avenant = _celui_de(demande)
    avenant.etape, avenant.renvoi = EtapeAvenant.ABANDONNE, str(contexte.donnees["motif"]).strip()
    avenant.save()
    return {"avenant": str(avenant.pk)}
