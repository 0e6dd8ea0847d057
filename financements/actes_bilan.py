"""The papers of the end of a file: receipt of a report, certificate, order, letter of balance, last sheet."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from financements.actes import entete_d_acte, figer_acte, montrer_taux, signataire
from financements.avenants import net_paye
from financements.bilans import accorde, bilan_de, calcule, deja_engage, totaux
from financements.situations import Etat
from reseau.nombres import INSECABLE, aujourdhui, montrer_date, montrer_instant, montrer_montant
from reseau.socle.lettres import montant_en_lettres

if TYPE_CHECKING:
    from datetime import date

    from financements.models import Bilan, Demande, LigneRealisee
    from reseau.models import DocumentFige
    from reseau.socle.etats import Contexte


def _entete(demande: Demande) -> dict[str, Any]:
    return entete_d_acte(demande) | {
        "le": montrer_date(aujourdhui()),
        "accorde": montrer_montant(accorde(demande.allocation)),
    }


def figer_recu(demande: Demande, bilan: Bilan) -> DocumentFige:
    """Freeze the receipt: it repeats all that was handed in, so that nobody can say it was something else."""
    sommes = totaux(bilan)
    contexte = _entete(demande) | {
        "depose_le": montrer_instant(bilan.depose_le) if bilan.depose_le else "",
        "deposant": bilan.depose_par.get_full_name() if bilan.depose_par else "",
        "du": montrer_date(bilan.du),
        "au": montrer_date(bilan.au),
        "lignes": [ligne_realisee(ligne) for ligne in _lignes(bilan)],
        "commentaire": bilan.commentaire,
        "reponse": bilan.reponse,
        "postes": [
            {
                "libelle": str(poste),
                "cote": poste.cote.label,
                "prevu": montrer_montant(poste.prevu),
                "realise": montrer_montant(poste.realise),
            }
            for poste in bilan.postes.order_by("rang")
            if poste.prevu or poste.realise
        ],
        "charges": montrer_montant(sommes.charges),
        "produits": montrer_montant(sommes.produits),
        "resultat": montrer_montant(sommes.resultat),
    }
    return figer_acte(demande, "recu_bilan", "Accusé de réception du bilan", contexte)


def _lignes(bilan: Bilan) -> Any:
    return bilan.lignes.select_related("titre").order_by("titre", "annee")


def ligne_realisee(ligne: LigneRealisee) -> dict[str, str]:
    """Return a line as texts: agreed, enrolled, realised, retained, with its formula."""
    return {
        "diplome": str(ligne.titre),
        "annee": str(ligne.annee),
        "convenu": montrer_mois(ligne.mois_convenus, ligne.majores_convenus),
        "inscrit": "non rapproché" if ligne.mois_inscrits is None else str(ligne.mois_inscrits),
        "realise": montrer_mois(ligne.mois_realises, ligne.majores_realises),
        "retenu": montrer_mois(ligne.mois_retenus, ligne.majores_retenus),
        "formule": formule_retenue(ligne),
        "montant": montrer_montant(ligne.montant) if ligne.montant is not None else "—",
        "motif_ecole": ligne.motif_ecole,
        "motif_service": ligne.motif_service,
    }


def formule_retenue(ligne: LigneRealisee) -> str:
    """Print "351 mois-élèves × 550,00 €, 133 avec supplément × 30,00 €"."""
    if ligne.mois_retenus is None:
        return ""
    texte = f"{ligne.mois_retenus}{INSECABLE}mois-élèves × {montrer_taux(ligne.unitaire)}"
    if ligne.majores_retenus:
        supplement = f"{ligne.majores_retenus}{INSECABLE}avec supplément"
        texte += f", {supplement} × {montrer_taux(ligne.majoration)}"
    return texte


def montrer_mois(mois: int | None, majores: int | None) -> str:
    """Print learner-months: "351, dont 133 avec supplément"."""
    if mois is None:
        return "—"
    return f"{mois}, dont {majores} avec supplément" if majores else str(mois)


def figer_service_fait(demande: Demande, bilan: Bilan, rendu: Decimal) -> DocumentFige:
    """Freeze the certificate: what was done, the final amount, what leaves the commitment."""
    montant_final, paye = demande.montant_final or Decimal(0), net_paye(demande.allocation)
    bilan.refresh_from_db()
    ecart = montant_final - paye
    contexte = _entete(demande) | {
        "lignes": [ligne_realisee(ligne) for ligne in _lignes(bilan)],
        "calcule": montrer_montant(calcule(bilan)),
        "final": montrer_montant(montant_final),
        "final_en_lettres": montant_en_lettres(montant_final),
        "paye": montrer_montant(paye),
        "rendu": montrer_montant(rendu),
        "solde": montrer_montant(ecart) if ecart > 0 else "",
        "trop": montrer_montant(-ecart) if ecart < 0 else "",
        "certificateur": bilan.certifie_par.get_full_name() if bilan.certifie_par else "",
    }
    return figer_acte(demande, "service_fait", "Certificat de service fait", contexte)


def figer_ordre(demande: Demande, trop: Decimal, contexte: Contexte) -> DocumentFige:
    """Freeze the order to give back (CRPA L242-2: the conditions of the grant were not kept)."""
    campagne = demande.campagne
    delai = campagne.delai_reversement
    ordre = _sommes(demande) | signataire(demande, contexte, "reclamer")
    ordre |= {
        "rendre_avant": montrer_date(aujourdhui() + timedelta(delai)) if delai else "",
        "rendre_a": campagne.beneficiaire_reversement,
        "trop": montrer_montant(trop),
        "trop_en_lettres": montant_en_lettres(trop),
        "resiliee": demande.etat == Etat.RESILIEE,
    }
    return figer_acte(demande, "ordre", "Ordre de reversement", ordre)


def figer_solde(demande: Demande, contexte: Contexte, verbe: str) -> DocumentFige:
    """Freeze the letter that says that all is paid, or given back; ``verbe``: what its author may do."""
    lettre = _sommes(demande) | signataire(demande, contexte, verbe)
    return figer_acte(demande, "solde", "Lettre de solde", lettre)


def figer_cloture(demande: Demande, conserver: date, contexte: Contexte) -> DocumentFige:
    """Freeze the closing sheet: the whole account, the papers, until when they are kept."""
    bilan = bilan_de(demande)
    fiche = _sommes(demande) | signataire(demande, contexte, "clore")
    fiche |= {
        "engage": montrer_montant(deja_engage(demande)),
        "conserver": montrer_date(conserver),
        "numero_ej": demande.numero_ej,
        "certificateur": bilan.certifie_par.get_full_name() if bilan and bilan.certifie_par else "",
        "actes": [f"{acte.get_nature_display()} n° {acte.rang}" for acte in demande.actes.order_by("id")],
    }
    return figer_acte(demande, "cloture", "Fiche de clôture", fiche)


def _sommes(demande: Demande) -> dict[str, Any]:
    """What the last letters print: final amount, paid, given back, waived."""
    decision = demande.allocation
    parts = dict(decision.reversements.order_by().values_list("nature").annotate(total=Sum("montant")))
    rendu, remis = parts.get("recouvrement", Decimal(0)), parts.get("remise", Decimal(0))
    return _entete(demande) | {
        "final": montrer_montant(demande.montant_final or Decimal(0)),
        "final_en_lettres": montant_en_lettres(demande.montant_final or Decimal(0)),
        "paye": montrer_montant(net_paye(decision) + rendu),
        "net": montrer_montant(net_paye(decision)),
        "rendu": montrer_montant(rendu) if rendu else "",
        "remis": montrer_montant(remis) if remis else "",
        "raison_remise": demande.motif if remis else "",
        "paiements": [
            {
                "quoi": p.tranche.get_nature_display() if p.tranche else "Paiement",
                "le": montrer_date(p.paye_le),
                "montant": montrer_montant(p.montant),
            }
            for p in decision.paiements.select_related("tranche").order_by("paye_le", "id")
        ],
    }
