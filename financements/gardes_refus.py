"""Guards of a refusal, of a filing without follow-up and of a termination: one French sentence a refusal."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from financements.avenants import net_paye
from financements.gardes import a_instruit
from financements.natures import MotifRefus
from reseau.nombres import montrer_montant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from financements.models import Demande
    from reseau.socle.etats import Contexte


def pas_son_instruction(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """Who reviewed a file does not close it alone."""
    if a_instruit(demande, contexte):
        yield "Vous avez instruit ce dossier : une autre personne doit décider."


def raison_choisie(_demande: Demande, contexte: Contexte) -> Iterable[str]:
    """A refusal has a reason of the list (the screen's "Motif"); its text says more."""
    raison = contexte.donnees.get("raison")
    if raison != "?" and raison not in MotifRefus.values:
        yield "Choisissez le motif."


def explication_ecrite(_demande: Demande, contexte: Contexte) -> Iterable[str]:
    """The sentence uses the word of the field: a reason of a list and its explanation stand side by side."""
    if not str(contexte.donnees.get("motif", "")).strip():
        yield "Écrivez l'explication."


def ecole_entendue(_demande: Demande, contexte: Contexte) -> Iterable[str]:
    """A decision that takes back is preceded by the school's observations (CRPA L121-1, L122-1)."""
    if not contexte.donnees.get("entendue_le"):
        yield "Indiquez quel jour l'école a pu présenter ses observations."


def acquis_au_plus_le_verse(demande: Demande, contexte: Contexte) -> Iterable[str]:
    """What the school keeps was paid to it; the rest will be claimed back."""
    acquis, verse = contexte.donnees.get("montant_acquis"), net_paye(demande.allocation)
    if isinstance(acquis, Decimal) and not 0 <= acquis <= verse:
        yield f"L'école garde au plus ce qui lui a été versé : {montrer_montant(verse)}."
