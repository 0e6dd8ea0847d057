"""Guards of the money that goes out: each yields one French sentence per refusal, and writes nothing."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from financements.avenants import a_accorde
from reseau.nombres import PARIS, aujourdhui, montrer_date, montrer_montant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from financements.models import Demande, Enveloppe, Tranche
    from reseau.socle.etats import Contexte


# A person's name: letters, with what joins them.
_NOM = re.compile(r"[^\W\d_][^\W\d_'’.\- ]*(?:[ '’.\-]+[^\W\d_][^\W\d_'’.\- ]*)*\.?")


def jour_de_paiement(contexte: Contexte) -> date:
    """Return the day typed, or today while nothing is typed yet."""
    jour = contexte.donnees.get("paye_le")
    return jour if isinstance(jour, date) else aujourdhui()


def prochaine_tranche(demande: Demande) -> Tranche | None:
    """Return the first part of the schedule that is not paid."""
    payees = {paiement.tranche_id for paiement in demande.allocation.paiements.all()}
    return next((t for t in demande.allocation.tranches.all() if t.pk not in payees), None)


def enveloppe_de_l_annee(demande: Demande, jour: date) -> Enveloppe | None:
    """Return the envelope whose CP pay on that day: the one of the decision, or its heir of that year."""
    enveloppe = demande.enveloppe
    if enveloppe is None or enveloppe.exercice == jour.year:
        return enveloppe
    suites = type(enveloppe)._default_manager.filter(
        service_id=enveloppe.service_id,
        programme=enveloppe.programme,
        action=enveloppe.action,
        exercice=jour.year,
    )
    return suites.first()


def decision_produite(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A letter goes with the decision: its document is there."""
    actes = demande.actes.filter(nature="decision", document__etat="produit")
    if demande.allocation.origine != "reprise" and not actes.exists():
        yield "Le PDF de la décision n'est pas encore produit : réessayez dans un instant."


def ej_libre(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Chorus knows a file by its number: two files never share one. Whose it is stays unsaid."""
    autres = type(demande)._default_manager.exclude(pk=demande.pk).exclude(etat="retiree")
    if autres.filter(numero_ej=contexte.donnees.get("numero_ej") or "?").exists():
        yield "Ce numéro d'engagement juridique est celui d'un autre dossier : relisez-le dans Chorus."


def service_identifie(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A notified decision is published with the two SIRETs (décret 2017-779)."""
    if not demande.region.service.siret:
        yield f"Il manque le SIRET de la {demande.region.service} : l'administrateur le saisit."


def convention_si_obligatoire(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Above the yearly threshold of the managing body, the convention is signed first."""
    if demande.allocation.convention_manque():
        seuil = montrer_montant(demande.campagne.seuil_convention)
        yield (
            f"L'organisme gestionnaire de l'école reçoit plus de {seuil} cette année : "
            "il faut d'abord la convention signée."
        )


def convention_vraisemblable(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Two persons, by their names, sign what was decided before."""
    donnees = contexte.donnees
    for champ, cote in (("signataire_ecole", "l'école"), ("signataire_etat", "l'État")):
        if (nom := donnees.get(champ)) not in {None, "?"} and not _NOM.fullmatch(str(nom).strip()):
            yield f"Écrivez le nom de la personne qui signe pour {cote}."
    decidee = _decidee_le(demande)
    jours = [donnees.get(champ) for champ in ("signee_ecole_le", "signee_etat_le")]
    if any(isinstance(jour, date) and jour < decidee for jour in jours):
        yield f"La décision est du {montrer_date(decidee)} : la convention est signée ce jour-là ou après."


def convention_manquante(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A convention is recorded late only when the threshold was passed late."""
    if not demande.allocation.convention_manque():
        yield "Ce dossier ne manque pas de convention."


def autre_que_l_ordonnateur(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Who granted, the decision or one of its amendments, does not pay."""
    if a_accorde(demande.allocation, contexte.utilisateur):
        yield "Vous avez accordé cette demande ou son avenant : une autre personne doit liquider."


def ecole_en_activite(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """What is paid in advance is for months to come; a closed school gets the balance of its report."""
    if (fermee_le := demande.ecole.fermee_le) and fermee_le <= aujourdhui():
        yield (
            f"L'école est fermée depuis le {montrer_date(fermee_le)} : rien ne se verse d'avance. "
            "Résiliez la décision, ou attendez son bilan pour le solde."
        )


def pas_deja_enregistre(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """The same form sent twice is one payment."""
    cle = contexte.donnees.get("cle")
    if cle not in {None, "?"} and demande.allocation.paiements.filter(cle=cle).exists():
        yield "Ce paiement est déjà enregistré."


def tranche_affichee(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """A page confirms the part that it showed: two pages left open never pay two parts."""
    montree, tranche = contexte.donnees.get("tranche"), prochaine_tranche(demande)
    if montree in {None, "?"} or tranche is None or any(pas_deja_enregistre(demande, contexte)):
        return
    if tranche.pk != montree:
        yield "La tranche que montrait cette page est déjà payée : revenez au dossier pour lire la suivante."


def tranche_due(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Parts are paid in their order, each from its day on."""
    tranche = prochaine_tranche(demande)
    jour = jour_de_paiement(contexte)
    if tranche is None:
        yield "Tout l'échéancier est payé."
    elif tranche.service_fait:
        yield f"« {tranche} » se paie après le service fait."
    elif tranche.prevue_le > jour:
        yield f"« {tranche} » se paie à partir du {montrer_date(tranche.prevue_le)}."
    if jour > aujourdhui():
        yield "La date du paiement est dans le futur."
    if jour < (decidee := _decidee_le(demande)):
        yield f"La décision est du {montrer_date(decidee)} : on ne paie pas avant ce jour."


def _decidee_le(demande: Demande) -> date:
    """The Paris day of the decision."""
    return demande.allocation.accordee_le.astimezone(PARIS).date()


def iban_confirme(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """A changed IBAN is confirmed by a second person before money goes there."""
    connus = list(demande.ecole.coordonnees_bancaires.order_by("-du", "-id"))
    if not connus or connus[0].au is not None:
        yield "Il manque l'IBAN de l'école."
    elif len(connus) > 1 and connus[0].confirme_par_id is None:
        le = montrer_date(connus[0].du)
        yield f"L'IBAN de l'école a changé le {le} : une seconde personne doit le confirmer."


def cp_suffisants(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Read before the write; the envelope's CHECK decides."""
    tranche, jour = prochaine_tranche(demande), jour_de_paiement(contexte)
    enveloppe = enveloppe_de_l_annee(demande, jour)
    if enveloppe is None:
        yield f"Aucune enveloppe de {jour.year} ne peut payer ce dossier."
    elif tranche is not None and enveloppe.cp_disponibles < tranche.montant:
        yield cp_insuffisants(enveloppe.cp_disponibles, tranche.montant)


def cp_insuffisants(reste: Decimal, montant: Decimal) -> str:
    """The sentence of the payment too many."""
    return (
        f"L'enveloppe n'a plus que {montrer_montant(reste)} de crédits de paiement, "
        f"et la tranche en prend {montrer_montant(montant)}."
    )
