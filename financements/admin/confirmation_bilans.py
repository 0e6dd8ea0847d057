"""Before and after, on the confirmation pages of the end of a file."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from financements.actes_bilan import montrer_mois
from financements.avenants import net_paye
from financements.bilans import (
    a_reclamer,
    accorde,
    bilan_de,
    calcule,
    deja_engage,
    final,
    reste_a_rendre,
    solde,
    totaux,
)
from financements.natures import PhaseBilan
from financements.regles import ajouter_jours_ouvres
from reseau.nombres import aujourdhui, montrer_date, montrer_montant

if TYPE_CHECKING:
    from collections.abc import Callable

    from financements.models import Bilan, Demande

type Lignes = list[tuple[str, str, str]]
_PDF = "PDF figé, téléchargeable depuis le dossier"


def _preparation(demande: Demande) -> Lignes:
    deja = bilan_de(demande) is not None
    return [
        (
            "Bilan",
            "préparé" if deja else "—",
            "les inscriptions sont relues, ce que vous avez écrit reste"
            if deja
            else "rempli avec ce qui est convenu, les inscriptions et les ventes de l'atelier",
        )
    ]


def _depot(demande: Demande) -> Lignes:
    """The figures that are certified, as they are saved."""
    bilan = bilan_de(demande)
    if bilan is None:
        return []
    sommes = totaux(bilan)
    return [
        *_mois_realises(bilan),
        ("Charges", *_prevu_realise(sommes.charges_prevues, sommes.charges)),
        ("Produits", *_prevu_realise(sommes.produits_prevus, sommes.produits)),
        ("Résultat : produits moins charges", "—", montrer_montant(sommes.resultat)),
        ("Bilan", "modifiable", "ne change plus"),
        ("Accusé de réception", "—", _PDF),
    ]


def _mois_realises(bilan: Bilan) -> Lignes:
    lignes = bilan.lignes.select_related("titre").order_by("titre", "annee")
    return [
        (
            f"Mois-élèves, {ligne}",
            f"convenu : {montrer_mois(ligne.mois_convenus, ligne.majores_convenus)}",
            f"réalisé : {montrer_mois(ligne.mois_realises, ligne.majores_realises)}",
        )
        for ligne in lignes
    ]


def _prevu_realise(prevu: Decimal, realise: Decimal) -> tuple[str, str]:
    return f"prévu : {montrer_montant(prevu)}", f"réalisé : {montrer_montant(realise)}"


def _correction(demande: Demande) -> Lignes:
    bilan, campagne = bilan_de(demande), demande.campagne
    if bilan is None:
        return []
    suite = bilan.phase == PhaseBilan.AMIABLE
    apres = PhaseBilan.CONTRADICTOIRE if suite else PhaseBilan.AMIABLE
    delai = campagne.delai_contradictoire if suite else campagne.delai_amiable
    return [
        ("Phase", bilan.get_phase_display(), apres.label),
        ("Réponse de l'école attendue", "—", montrer_date(ajouter_jours_ouvres(aujourdhui(), delai))),
        *((str(ligne), "déposée", ligne.a_corriger) for ligne in bilan.lignes.exclude(a_corriger="")),
        *((("Compte rendu financier", "déposé", bilan.a_corriger),) if bilan.a_corriger else ()),
    ]


def _certificat(demande: Demande) -> Lignes:
    bilan, decision = bilan_de(demande), demande.allocation
    if bilan is None:
        return []
    montant, engage, paye = final(demande), deja_engage(demande), net_paye(decision)
    reste = max(montant, paye)
    libre = demande.enveloppe.ae_disponibles if demande.enveloppe else Decimal(0)
    ecart = montant - paye
    suite = f"solde à payer : {montrer_montant(ecart)}"
    if ecart < 0:
        suite = f"à rendre : {montrer_montant(-ecart)}"
    return [
        ("Calculé", "—", montrer_montant(calcule(bilan))),
        ("Montant final", f"accordé : {montrer_montant(accorde(decision))}", montrer_montant(montant)),
        ("Engagé", montrer_montant(engage), montrer_montant(reste)),
        (
            "Disponible dans l'enveloppe",
            montrer_montant(libre),
            montrer_montant(libre + engage - reste),
        ),
        ("Versé à l'école", montrer_montant(paye), suite),
        ("Certificat de service fait", "—", _PDF),
    ]


def _solde(demande: Demande) -> Lignes:
    paye, reste = net_paye(demande.allocation), max(solde(demande), Decimal(0))
    return [
        ("Payé (solde)", montrer_montant(paye), montrer_montant(paye + reste)),
        ("Reste à payer", montrer_montant(reste), montrer_montant(Decimal(0))),
        ("Lettre de solde", "—", _PDF),
    ]


def _ordre(demande: Demande) -> Lignes:
    trop = a_reclamer(demande)
    return [
        ("À rendre par l'école", "—", montrer_montant(trop)),
        ("Engagé", montrer_montant(deja_engage(demande)), "inchangé jusqu'à ce que la somme soit rendue"),
        ("Ordre de reversement", "—", _PDF),
    ]


def _remise(demande: Demande) -> Lignes:
    return [
        ("Trop-versé", montrer_montant(a_reclamer(demande)), "abandonné"),
        ("Lettre de solde", "—", _PDF),
    ]


def _recouvrement(demande: Demande) -> Lignes:
    reste, engage = reste_a_rendre(demande), deja_engage(demande)
    return [
        ("Reste à rendre", montrer_montant(reste), montrer_montant(Decimal(0))),
        ("Engagé", montrer_montant(engage), montrer_montant(engage - reste)),
        ("Lettre de solde", "—", _PDF),
    ]


def _partie(demande: Demande) -> Lignes:
    return [("Reste à rendre", montrer_montant(reste_a_rendre(demande)), "moins la somme rendue")]


def _cloture(demande: Demande) -> Lignes:
    return [
        ("Montant final", montrer_montant(final(demande)), montrer_montant(final(demande))),
        ("Dossier", "ouvert", "ne change plus"),
        ("Fiche de clôture", "—", _PDF),
    ]


LIGNES_DES_BILANS: dict[str, Callable[[Demande], Lignes]] = {
    "preparer_bilan": _preparation,
    "deposer_bilan": _depot,
    "redeposer_bilan": _depot,
    "corriger_bilan": _correction,
    "contredire_bilan": _correction,
    "certifier": _certificat,
    "solder": _solde,
    "reclamer": _ordre,
    "renoncer": _remise,
    "recouvrer": _recouvrement,
    "recouvrer_en_partie": _partie,
    "clore": _cloture,
    "reclamer_resiliation": _ordre,
    "renoncer_resiliation": _remise,
    "recouvrer_resiliation": _partie,
}
