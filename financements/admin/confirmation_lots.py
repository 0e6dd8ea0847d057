"""The confirmation of many files: the school, the amount, and what the envelope would have left."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from financements.tableau import envisage
from reseau.admin.en_lot import Montre, Total
from reseau.nombres import montrer_montant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from financements.models import Demande, Enveloppe

# What these commit, or prepare to: the envelope is looked at.
_ENGAGENT: Final = frozenset({"proposer", "viser", "accorder"})


def montrer_le_lot(demandes: Sequence[Demande], possibles: Sequence[Demande], nom: str) -> Montre:
    """Return the columns of a lot, and what the files that can change add up to."""
    return Montre(
        colonnes=("École", "Montant"),
        cellules={d.pk: (d.ecole.nom, montrer_montant(envisage(d))) for d in demandes},
        totaux=_totaux(possibles, nom) if possibles else (),
    )


def _totaux(demandes: Sequence[Demande], nom: str) -> tuple[Total, ...]:
    mot = "1 dossier" if len(demandes) == 1 else f"{len(demandes)} dossiers"
    somme = sum((envisage(demande) for demande in demandes), Decimal(0))
    total = Total(f"Total, {mot}", montrer_montant(somme))
    return (total, *_restes(demandes)) if nom in _ENGAGENT else (total,)


def _restes(demandes: Sequence[Demande]) -> list[Total]:
    """What each envelope has, and would have left if all of these were granted."""
    enveloppes: dict[Enveloppe, Decimal] = {}
    for demande in demandes:
        if demande.enveloppe is not None:
            deja = enveloppes.get(demande.enveloppe, Decimal(0))
            enveloppes[demande.enveloppe] = deja + envisage(demande)
    lignes = []
    for enveloppe, pris in enveloppes.items():
        libres, reste = enveloppe.ae_disponibles, enveloppe.ae_disponibles - pris
        mot = "Disponible après accord de tout"
        lignes += [
            Total(f"Disponible aujourd'hui, {enveloppe}", montrer_montant(libres)),
            Total(f"{mot} : dépasse l'enveloppe" if reste < 0 else mot, montrer_montant(reste), reste < 0),
        ]
    return lignes
