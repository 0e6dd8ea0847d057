"""Guards of the last steps: balance, recovery, closing. One French sentence per refusal, no write."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from financements.bilans import a_reclamer, reste_a_rendre, solde
from financements.donnees_ouvertes import publiee
from financements.gardes_versements import (
    autre_que_l_ordonnateur,
    convention_si_obligatoire,
    cp_suffisants,
    iban_confirme,
)
from reseau.nombres import aujourdhui, montrer_montant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from financements.models import Demande
    from reseau.socle.etats import Contexte, Garde


def rien_de_trop(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A balance is paid, or nothing is; what was paid too much is claimed."""
    trop = -solde(demande)
    if trop > 0:
        yield f"{montrer_montant(trop)} ont été versés en trop : c'est un reversement."


def s_il_faut_payer(garde: Garde) -> Garde:
    """Return a guard that is asked only when a balance is left to pay."""

    def solde_a_payer(demande: Demande, contexte: Contexte) -> Iterable[str]:
        if solde(demande) > 0:
            yield from garde(demande, contexte)

    return solde_a_payer


def jour_passe(_demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Nothing is recorded that has not happened."""
    for nom in ("paye_le", "rendu_le"):
        jour = contexte.donnees.get(nom)
        if isinstance(jour, date) and jour > aujourdhui():
            yield "Cette date est dans le futur."


PAIEMENT_DU_SOLDE: tuple[Garde, ...] = (
    s_il_faut_payer(autre_que_l_ordonnateur),
    s_il_faut_payer(iban_confirme),
    s_il_faut_payer(convention_si_obligatoire),
    s_il_faut_payer(cp_suffisants),
    jour_passe,
)


def trop_verse(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """There is something to claim, which was not claimed yet."""
    if a_reclamer(demande) <= 0:
        yield "L'école n'a pas reçu plus que le montant final : il n'y a rien à réclamer."


def sous_le_seuil(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Only a small sum is waived; the threshold is the campaign's."""
    seuil = demande.campagne.seuil_reversement
    if a_reclamer(demande) >= seuil:
        yield f"On ne renonce qu'à une somme inférieure à {montrer_montant(seuil)}."


def au_dessus_du_seuil(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Below the threshold nothing is claimed."""
    seuil = demande.campagne.seuil_reversement
    if 0 < a_reclamer(demande) < seuil:
        yield f"Sous {montrer_montant(seuil)}, la somme n'est pas réclamée : renoncez-y, avec la raison."


def moins_que_le_reste(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """A part of what is due, and not all of it: all of it ends the file."""
    montant, reste = contexte.donnees.get("montant_rendu"), reste_a_rendre(demande)
    if isinstance(montant, Decimal) and not 0 < montant < reste:
        yield f"Une partie est plus que zéro et moins que {montrer_montant(reste)}."


def au_plus_le_reste(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """What comes back was claimed: all of it, or a part."""
    montant, reste = contexte.donnees.get("montant_rendu"), reste_a_rendre(demande)
    if reste <= 0:
        yield "Aucune somme n'est à rendre sur ce dossier."
    elif isinstance(montant, Decimal) and not 0 < montant <= reste:
        yield f"La somme rendue est plus que zéro, et au plus {montrer_montant(reste)}."


def donnees_publiees(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """The essential data of the grant are public before its file is closed (décret 2017-779)."""
    if not publiee(demande.allocation):
        yield "La décision n'est pas dans les données ouvertes : il manque un SIRET (école ou service)."


def actes_produits(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Nothing is open: each paper of the file was printed, but for the one frozen in this same step."""
    attendus = demande.actes.exclude(document__etat="produit")
    if contexte.enchaine_depuis is not None:
        attendus = attendus.filter(document__cree_le__lt=contexte.enchaine_depuis)
    if attendus.exists():
        yield "Un acte du dossier n'est pas encore produit en PDF : réessayez dans un instant."


def conservation_dite(_demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Until when the file is kept, a day to come."""
    jour = contexte.donnees.get("conserver_jusqu_au")
    if jour != "?" and not (isinstance(jour, date) and jour > aujourdhui()):
        yield "Dites jusqu'à quand le dossier est conservé : un jour à venir."
