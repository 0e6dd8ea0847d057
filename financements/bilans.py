"""What a report is made of: months agreed and recorded, amounts computed, what is left to pay or give back.

No model is imported here: guards and effects of the state table call this module, and models know the table.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist

from ecoles.presences import mois_de_presence
from financements.avenants import Convenu, convenu, engage, net_paye
from financements.comptes import PAR_CODE, Cote
from financements.natures import Voie

if TYPE_CHECKING:
    from financements.models import Allocation, Bilan, Demande


def bilan_de(demande: Demande) -> Bilan | None:
    """Return the report of a file, or nothing before it was prepared."""
    try:
        return demande.allocation.bilan
    except ObjectDoesNotExist:
        return None


@dataclass(frozen=True, slots=True)
class Prevision:
    """A line to write about: what was agreed, what enrolments say (``None``: the school records none)."""

    convenu: Convenu
    inscrits: int | None


def previsions(decision: Allocation) -> dict[tuple[str, int], Prevision]:
    """Return the lines of a report by (title, year): all that was agreed, and all that enrolments show.

    A title that neither the decision nor the scale prices is left out: nothing could be paid for it.
    """
    demande = decision.demande
    campagne = demande.campagne
    accords = convenu(decision)
    presences = mois_de_presence(
        demande.ecole_id, campagne.debut_de_periode, campagne.fin_de_periode, campagne.mois
    )
    taux = campagne.baremes_en_vigueur()
    titres = {titre for titre, _ in accords}
    connus = demande.voie == Voie.REPRISE and bool(titres)  # one rate, taken over, for any title
    cles = {
        *accords,
        *(cle for cle in presences if connus or cle[0] in titres or cle[0] in taux or None in taux),
    }
    cles |= {(t, 1) for t in _prepares(demande) if t in taux or None in taux} if not cles else set()
    rien = Convenu(0, 0, Decimal(0), Decimal(0))
    return {
        cle: Prevision(accords.get(cle, rien), presences.get(cle, 0) if presences else None)
        for cle in sorted(cles)
    }


def _prepares(demande: Demande) -> list[str]:
    """The titles of the school of a file taken over without its headcount: the report starts from them."""
    if demande.voie != Voie.REPRISE:
        return []
    titres = demande.ecole.offres.order_by().values_list("parcours__etapes__titre_id", flat=True)
    return [titre for titre in titres.distinct() if titre]


def calcule(bilan: Bilan) -> Decimal:
    """Return the sum of the lines as they are retained, EUR."""
    return sum((ligne.montant or Decimal(0) for ligne in bilan.lignes.all()), Decimal(0))


def accorde(decision: Allocation) -> Decimal:
    """Return what was agreed, amendments included, whatever was disengaged since, EUR."""
    lignes = (e.montant for e in decision.engagements.all() if e.nature != "desengagement")
    return sum(lignes, Decimal(0))


def final(demande: Demande) -> Decimal:
    """Return the final amount: certified, else the smaller of what is computed and what was agreed."""
    if demande.montant_final is not None:
        return Decimal(demande.montant_final)
    bilan = bilan_de(demande)
    return min(calcule(bilan), accorde(demande.allocation)) if bilan else Decimal(0)


def solde(demande: Demande) -> Decimal:
    """Return what is left to pay (positive) or was paid too much (negative), EUR."""
    return final(demande) - net_paye(demande.allocation)


def a_reclamer(demande: Demande) -> Decimal:
    """Return what was paid too much and neither claimed nor waived yet, EUR."""
    remis = (une.montant for une in demande.allocation.reversements.all() if une.nature == "remise")
    return -solde(demande) - sum(remis, Decimal(0)) - reste_a_rendre(demande)


def reste_a_rendre(demande: Demande) -> Decimal:
    """Return what was claimed, and neither given back nor waived yet, EUR."""
    lignes = demande.allocation.reversements.all()
    return sum((une.montant if une.nature == "ordre" else -une.montant for une in lignes), Decimal(0))


def deja_engage(demande: Demande) -> Decimal:
    """Return what is committed today, EUR."""
    return engage(demande.allocation)


def empreinte_des_comptes(bilan: Bilan) -> str:
    """Return a print of the accounts as they are saved: it says whether they changed since."""
    valeurs = list(bilan.postes.order_by("rang").values_list("compte", "prevu", "realise"))
    return hashlib.sha256(repr(valeurs).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Totaux:
    """Sums of the "compte rendu financier", EUR."""

    charges_prevues: Decimal = Decimal(0)
    charges: Decimal = Decimal(0)
    produits_prevus: Decimal = Decimal(0)
    produits: Decimal = Decimal(0)

    @property
    def resultat(self) -> Decimal:
        """Income less expenses."""
        return self.produits - self.charges


def totaux(bilan: Bilan) -> Totaux:
    """Add up the report's accounts, by side."""
    sommes = dict.fromkeys(("charges_prevues", "charges", "produits_prevus", "produits"), Decimal(0))
    for code, prevu, realise in bilan.postes.values_list("compte", "prevu", "realise"):
        cote = PAR_CODE[code].cote
        sommes["charges_prevues" if cote is Cote.CHARGES else "produits_prevus"] += prevu
        sommes["charges" if cote is Cote.CHARGES else "produits"] += realise
    return Totaux(**sommes)
