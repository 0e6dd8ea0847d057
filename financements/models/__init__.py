"""Campaigns, envelopes, requests and decisions."""

from financements.models.campagnes import Bareme, Campagne
from financements.models.decisions import Acte, Allocation, Engagement, Origine
from financements.models.demandes import Demande, JournalDemande, LigneEffectif, Piece
from financements.models.enveloppes import Enveloppe, MouvementEnveloppe

__all__ = [
    "Acte",
    "Allocation",
    "Bareme",
    "Campagne",
    "Demande",
    "Engagement",
    "Enveloppe",
    "JournalDemande",
    "LigneEffectif",
    "MouvementEnveloppe",
    "Origine",
    "Piece",
]
