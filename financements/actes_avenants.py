"""The numbered act of an amendment: what changes, the new total, the schedule that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from financements.actes import entete_d_acte, figer_acte, montrer_taux
from financements.actes_versements import echeancier_imprime
from financements.avenants import engage
from reseau.nombres import INSECABLE, PARIS, montrer_date, montrer_ecart, montrer_montant
from reseau.socle.lettres import montant_en_lettres

if TYPE_CHECKING:
    from financements.models import Avenant, LigneAvenant
    from reseau.models import DocumentFige


def figer_avenant(avenant: Avenant) -> DocumentFige:
    """Freeze the act, once the ledger and the schedule are written."""
    decision = avenant.allocation
    apres = engage(decision)
    accorde_le = avenant.accorde_le
    contexte = entete_d_acte(decision.demande) | {
        "rang": str(avenant.rang),
        "le": montrer_date(accorde_le.astimezone(PARIS).date()) if accorde_le else "",
        "motif": avenant.motif,
        "avant": montrer_montant(apres - avenant.montant),
        "variation": montrer_ecart(avenant.montant),
        "apres": montrer_montant(apres),
        "apres_en_lettres": montant_en_lettres(apres),
        "lignes": [ligne_imprimee(ligne) for ligne in avenant.lignes.select_related("titre")],
        "tranches": echeancier_imprime(decision),
        "personnes": _personnes(avenant),
    }
    return figer_acte(decision.demande, "avenant", f"Avenant n° {avenant.rang},", contexte)


def _personnes(avenant: Avenant) -> list[dict[str, str]]:
    """The three persons, in the order in which they acted."""
    trois = (
        ("Instruction", avenant.propose_par),
        ("Visa", avenant.vise_par),
        ("Décision", avenant.accorde_par),
    )
    return [
        {"etape": etape, "nom": personne.get_full_name() if personne else ""} for etape, personne in trois
    ]


def ligne_imprimee(ligne: LigneAvenant) -> dict[str, str]:
    """Return a line as texts: "+12 mois-élèves × 550,00 € + 4 avec supplément × 30,00 €"."""
    formule = f"{_signe(ligne.mois)}{INSECABLE}mois-élèves × {montrer_taux(ligne.unitaire)}"
    if ligne.mois_majores:
        supplement = f"{_signe(ligne.mois_majores)}{INSECABLE}avec supplément"
        formule += f", {supplement} × {montrer_taux(ligne.majoration)}"
    return {
        "diplome": str(ligne.titre),
        "annee": str(ligne.annee),
        "formule": formule,
        "montant": montrer_ecart(ligne.montant),
    }


def _signe(nombre: int) -> str:
    return f"{nombre:+d}".replace("-", "\u2212")
