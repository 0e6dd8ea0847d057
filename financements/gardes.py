"""Guards and effects of the state table. A guard yields sentences; an effect writes and returns codes.

They reach every row through the request itself: this module knows no model, so that models may know
the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.apps import apps

from reseau.nombres import aujourdhui, maintenant, montrer_montant

if TYPE_CHECKING:
    from financements.models import Demande
    from reseau.socle.etats import Contexte


def campagne_ouverte(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A school hands in while the campaign is open, days included, Paris time."""
    campagne = demande.campagne
    if not campagne.ouverte_du <= aujourdhui() <= campagne.ouverte_au:
        yield f"La campagne {campagne.exercice} n'est pas ouverte aujourd'hui."


def effectif_demande(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """At least one learner."""
    if not demande.lignes.filter(effectif_demande__gt=0).exists():
        yield "Ajoutez au moins une ligne avec un jeune."


def identifiants(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """The State pays a SIRET and an IBAN."""
    if not demande.ecole.siret:
        yield "Il manque le SIRET de l'école."
    if not demande.ecole.coordonnees_bancaires.filter(au__isnull=True).exists():
        yield "Il manque l'IBAN de l'école."


def certifie(_demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Who hands in certifies."""
    if not contexte.donnees.get("certifie"):
        yield "Cochez la case « Je certifie que ces informations sont exactes »."


def scan_present(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """An officer enters a request for a school only with the signed paper in the file."""
    if not demande.pieces.filter(nature="scan").exists():
        yield "Joignez la demande signée, numérisée."
    if demande.recue_par_courriel_le is None:
        yield "Indiquez quel jour la demande est arrivée."


def motif_ecrit(_demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Sending a file back, or away, is explained."""
    if not str(contexte.donnees.get("motif", "")).strip():
        yield "Écrivez la raison."


def enveloppe_choisie(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A proposal names its envelope: of the region of the request, and of its year."""
    enveloppe = demande.enveloppe
    if enveloppe is None:
        yield "Choisissez l'enveloppe."
    elif (enveloppe.service_id, enveloppe.exercice) != (demande.region_id, demande.campagne.exercice):
        yield "L'enveloppe n'est pas celle de la région et de l'exercice de la demande."


def ecarts_motives(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Each line is decided, and what differs from the request says why."""
    for ligne in demande.lignes.select_related("titre"):
        if ligne.effectif_retenu is None:
            yield f"{ligne} : indiquez l'effectif retenu."
        elif ligne.effectif_retenu != ligne.effectif_demande and not ligne.motif:
            yield f"{ligne} : écrivez la raison de l'écart avec la demande."


def montant_positif(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A proposal of nothing is a refusal, which is another decision."""
    if demande.montant_retenu <= 0:
        yield "Le montant retenu est nul : il n'y a rien à proposer."


def autre_que_l_instructeur(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Nobody visas her own proposal."""
    if demande.instruite_par_id == contexte.utilisateur.pk:
        yield "Vous avez proposé ce montant : une autre personne doit le viser."


def troisieme_personne(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Three persons: instruct, visa, grant."""
    if contexte.utilisateur.pk in (demande.instruite_par_id, demande.visee_par_id):
        yield "Vous êtes déjà intervenu sur ce dossier : une troisième personne doit accorder."


def montant_inchange(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """What is visaed and granted is what was proposed."""
    if demande.montant_propose != demande.montant_retenu:
        yield "Le montant a changé depuis la proposition : renvoyez le dossier en instruction."


def enveloppe_suffisante(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Asked under the envelope's lock; the database's own CHECK stands behind."""
    enveloppe = demande.enveloppe
    if enveloppe is None or demande.montant_propose is None:
        yield "Le dossier n'a pas de montant proposé sur une enveloppe."
    elif enveloppe.ae_disponibles < demande.montant_propose:
        reste = montrer_montant(enveloppe.ae_disponibles)
        yield f"L'enveloppe ne dispose plus que de {reste} (un autre accord a pu être enregistré)."


def verrouiller_enveloppe(demande: Demande) -> None:
    """Lock the envelope after the request: always in this order."""
    if demande.enveloppe is not None:
        verrou = type(demande.enveloppe)._default_manager.select_for_update()
        demande.enveloppe = verrou.get(pk=demande.enveloppe_id)


def noter_depot(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Date and author of the deposit."""
    demande.deposee_le = maintenant()
    demande.deposee_par = contexte.utilisateur
    return {"montant_demande": str(demande.montant_demande)}


def noter_motif(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """The reason stays on the request: journals hold no free text."""
    demande.motif = str(contexte.donnees["motif"]).strip()
    return {}


def retenir_par_defaut(demande: Demande, _contexte: Contexte) -> Mapping[str, Any]:
    """Start from what was asked: the officer changes only what differs."""
    for ligne in demande.lignes.filter(effectif_retenu__isnull=True):
        ligne.effectif_retenu = ligne.effectif_demande
        ligne.nb_majorations = ligne.majorations_demandees
        ligne.save()
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
    """Later visas become invalid."""
    demande.motif = str(contexte.donnees["motif"]).strip()
    demande.visee_par = None
    demande.visee_le = None
    demande.montant_propose = None
    return {}


def engager(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Write the decision and its ledger line; the document is prepared with them, rendered after."""
    decision = apps.get_model("financements", "Allocation").objects.create(
        demande=demande,
        region_id=demande.region_id,
        montant=demande.montant_propose,
        instruite_par=demande.instruite_par,
        visee_par=demande.visee_par,
        accordee_par=contexte.utilisateur,
        accordee_le=maintenant(),
    )
    decision.engagements.create(
        enveloppe=demande.enveloppe,
        nature="initial",
        montant=demande.montant_propose,
        saisi_par=contexte.utilisateur,
    )
    return {"montant": str(demande.montant_propose), "allocation": str(decision.pk)}
