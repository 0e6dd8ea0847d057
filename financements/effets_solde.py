"""Effects of the last steps: balance paid, sum claimed and given back, file closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from financements import actes_bilan
from financements.bilans import a_reclamer, bilan_de, reste_a_rendre, solde
from financements.effets_bilan import desengager
from financements.effets_versements import payer
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from financements.models import Demande
    from reseau.socle.etats import Contexte


def solder(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Pay exactly what is left, or nothing when nothing is; the letter says that all is done."""
    notes: Mapping[str, Any] = payer(demande, contexte) if solde(demande) > 0 else {}
    lettre = actes_bilan.figer_solde(demande, contexte, "liquider")
    return {**notes, "lettre": str(lettre.pk)}


def reclamer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Claim what was paid beyond the final amount: the order gives the reason and the ways to appeal."""
    trop = a_reclamer(demande)
    _noter(demande, "ordre", trop, aujourdhui(), contexte)
    document = actes_bilan.figer_ordre(demande, trop, contexte)
    return {"montant": str(trop), "document": str(document.pk)}


def renoncer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Waive a small sum: it stays paid, and the ledger says why."""
    trop, motif = a_reclamer(demande), str(contexte.donnees["motif"]).strip()
    demande.motif = motif
    _noter(demande, "ordre", trop, aujourdhui(), contexte)
    _noter(demande, "remise", trop, aujourdhui(), contexte, motif)
    lettre = actes_bilan.figer_solde(demande, contexte, "reclamer")
    return {"montant": str(trop), "lettre": str(lettre.pk)}


def recouvrer(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Record that all the rest came back."""
    notes = _rendre(demande, reste_a_rendre(demande), contexte)
    lettre = actes_bilan.figer_solde(demande, contexte, "reclamer")
    return {**notes, "lettre": str(lettre.pk)}


def recouvrer_en_partie(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Record that a part came back; parts add up."""
    return _rendre(demande, contexte.donnees["montant_rendu"], contexte)


def _rendre(demande: Demande, montant: Decimal, contexte: Contexte) -> Mapping[str, Any]:
    """What came back is no longer committed: only then does the envelope get it."""
    _noter(demande, "recouvrement", montant, contexte.donnees["rendu_le"], contexte)
    desengager(demande, montant, contexte)
    return {"montant": str(montant)}


def _noter(  # noqa: PLR0913, PLR0917 - a line of the ledger has these parts
    demande: Demande, nature: str, montant: Decimal, jour: date, contexte: Contexte, motif: str = ""
) -> None:
    demande.allocation.reversements.create(
        nature=nature, montant=montant, date_acte=jour, motif=motif, saisi_par=contexte.utilisateur
    )


def clore(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
    """Nothing more happens to this file; the sheet says what it was, and until when it is kept."""
    jour: date = contexte.donnees["conserver_jusqu_au"]
    bilan = bilan_de(demande)
    if bilan is not None:
        bilan.conserver_jusqu_au = jour
        bilan.save()
    document = actes_bilan.figer_cloture(demande, jour, contexte)
    return {"conserver": jour.isoformat(), "document": str(document.pk)}
