"""Effects of a deposit and of the beginning of the review: photograph, receipt, control sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from financements import effets
from financements.actes import entete_d_acte, figer_acte, ligne_demandee
from financements.budgets import budget_imprime
from financements.comptage import compter, liberer, retenir
from financements.corrections import clore, clore_sans_reponse, demander
from financements.courriels import demander_des_corrections, dire_le_silence
from financements.depots import photographier
from financements.natures import Resultat
from financements.notes import figer_note
from financements.recevabilite import verdicts
from reseau.nombres import maintenant, montrer_date, montrer_instant, montrer_montant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from financements.models import Demande
    from reseau.socle.etats import Contexte


def deposer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Freeze what is handed in, and give a receipt."""
    return _recevoir(demande, contexte, effets.noter_depot(demande, contexte))


def completer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """The same for a file that comes back complete; the named items are closed with their answers."""
    clore(demande, contexte)
    return _recevoir(demande, contexte, effets.noter_complement(demande, contexte))


def demander_complement(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Name the items that unlock, and write to the school."""
    donnees = effets.noter_demande_de_complement(demande, contexte)
    points = demander(demande, contexte)
    demander_des_corrections(demande, points)
    return {**donnees, "cibles": [point.cible for point in points]}


def constater_silence(demande: Demande, _contexte: Contexte) -> Mapping[str, Any]:
    """A silence is not a deposit: no receipt, no photograph; what was not answered is named, and written.

    Lines may have changed since the deposit: who stands behind them is counted again.
    """
    restees = clore_sans_reponse(demande)
    dire_le_silence(demande, restees)
    compter(demande)
    return {**effets.noter_silence(demande), "cibles": [correction.cible for correction in restees]}


def proposer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Retain the learners, then freeze the amount and the note that two persons will read."""
    retenir(demande)
    donnees = effets.noter_proposition(demande, contexte)
    return {**donnees, "note": str(figer_note(demande, contexte).pk)}


def renvoyer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """What is reviewed again retains nobody yet."""
    liberer(demande)
    return effets.noter_renvoi(demande, contexte)


def retirer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """What is withdrawn counts nobody."""
    liberer(demande)
    return effets.noter_retrait(demande, contexte)


def _recevoir(demande: Demande, contexte: Contexte, donnees: Mapping[str, Any]) -> Mapping[str, Any]:
    compter(demande)
    photographier(demande, contexte.utilisateur)
    lignes = demande.lignes.select_related("titre").order_by("titre", "annee")
    pieces = demande.pieces.select_related("fichier").order_by("nature", "id")
    recu = entete_d_acte(demande) | {
        "recu_le": montrer_instant(maintenant()),
        "personne": contexte.utilisateur.get_full_name(),
        "voie": demande.get_voie_display(),
        "demande": montrer_montant(demande.montant_demande),
        "reponse_avant": montrer_date(demande.echeance_le) if demande.echeance_le else "",
        "lignes": [ligne_demandee(ligne) for ligne in lignes],
        "total": {
            "effectif": str(sum(ligne.effectif_demande for ligne in lignes)),
            "supplements": str(sum(ligne.majorations_demandees for ligne in lignes)),
        },
        "budget": budget_imprime(demande),
        "remplace": _recu_precedent(demande),
        "pieces": [f"{p.get_nature_display()} ({p.fichier.nom_origine})" for p in pieces],
    }
    document = figer_acte(demande, "recu", "Accusé de réception", recu)
    return {**donnees, "recu": str(document.pk)}


def _recu_precedent(demande: Demande) -> str:
    """When the receipt that a new one replaces was given; nothing for a first one."""
    acte = demande.actes.filter(nature="recu").select_related("document").order_by("-rang").first()
    return montrer_instant(acte.document.cree_le) if acte else ""


def instruire(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Write what every rule said, freeze the control sheet, then open the review."""
    lus = verdicts(demande)
    derogations = dict(demande.controles.order_by("id").values_list("regle", "derogation"))
    for verdict in lus:
        demande.controles.update_or_create(
            regle=verdict.regle.code,
            defaults={
                "bloquante": verdict.regle.bloquante,
                "resultat": verdict.resultat,
                "constat": " ".join(verdict.constats),
                "controle_le": maintenant(),
            },
        )
    fiche = entete_d_acte(demande) | {
        "controle_le": montrer_instant(maintenant()),
        "personne": contexte.utilisateur.get_full_name(),
        "regles": [
            {
                "phrase": v.regle.phrase,
                "source": v.regle.source,
                "resultat": Resultat(v.resultat).label,
                "constats": " ".join(v.constats),
                "derogation": derogations.get(v.regle.code, ""),
            }
            for v in lus
        ],
    }
    document = figer_acte(demande, "controle", "Fiche de contrôle", fiche)
    return {**effets.retenir_par_defaut(demande, contexte), "controle": str(document.pk)}
