"""The instruction note: what was asked, what is proposed and why, with the computation and the opinions."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from financements.actes import entete_d_acte, figer_acte, formule
from financements.comptage import rapprochement
from financements.confirmations import reste_a_confirmer
from financements.natures import Resultat
from reseau.nombres import aujourdhui, montrer_date, montrer_montant
from reseau.socle.lettres import montant_en_lettres

if TYPE_CHECKING:
    from financements.models import Demande, LigneEffectif
    from reseau.models import DocumentFige
    from reseau.socle.etats import Contexte


def figer_note(demande: Demande, contexte: Contexte) -> DocumentFige:
    """Freeze the note at the proposal, inside its transaction."""
    return figer_acte(demande, "note", "Note d'instruction", contenu_de_la_note(demande, contexte))


def contenu_de_la_note(demande: Demande, contexte: Contexte) -> dict[str, Any]:
    """Return every value that the note prints, as texts."""
    lignes = demande.lignes.select_related("titre").order_by("titre", "annee")
    enveloppe = demande.enveloppe
    disponible = enveloppe.ae_disponibles if enveloppe else Decimal(0)
    ecarts = demande.controles.filter(resultat=Resultat.ECART).order_by("id")
    if not reste_a_confirmer(demande):
        ecarts = ecarts.exclude(regle="confirmation")  # confirmed since the control
    return entete_d_acte(demande) | {
        "le": montrer_date(aujourdhui()),
        "personne": contexte.utilisateur.get_full_name(),
        "demande": montrer_montant(demande.montant_demande),
        "propose": montrer_montant(demande.montant_retenu),
        "en_lettres": montant_en_lettres(demande.montant_retenu),
        "disponible": montrer_montant(disponible),
        "apres": montrer_montant(disponible - demande.montant_retenu),
        "rapprochement": rapprochement(demande),
        "lignes": [_ligne(ligne) for ligne in lignes],
        "ecarts": [{"constat": e.constat, "derogation": e.derogation} for e in ecarts],
        "avis": avis_montres(demande),
    }


def _ligne(ligne: LigneEffectif) -> dict[str, str]:
    return {
        "diplome": str(ligne.titre),
        "annee": str(ligne.annee),
        "demande": str(ligne.effectif_demande),
        "retenu": str(ligne.effectif_retenu),
        "supplements_demandes": str(ligne.majorations_demandees),
        "supplements": str(ligne.nb_majorations),
        "formule": formule(ligne),
        "montant": montrer_montant(ligne.montant_retenu),
        "motif": ligne.motif,
    }


def avis_montres(demande: Demande) -> list[dict[str, str]]:
    """Return the opinions, oldest first, as texts."""
    return [
        {
            "qui": avis.get_organisme_display(),
            "sens": avis.get_sens_display(),
            "le": montrer_date(avis.rendu_le),
            "texte": avis.texte,
        }
        for avis in demande.avis.all()
    ]
