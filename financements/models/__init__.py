"""Campaigns, envelopes, requests and decisions."""

from financements.models.campagnes import Bareme, Campagne
from financements.models.decisions import Acte, Allocation, Engagement
from financements.models.demandes import Demande, JournalDemande
from financements.models.enveloppes import Enveloppe, MouvementEnveloppe
from financements.models.lignes import LigneEffectif
from financements.models.pieces import Piece
from financements.natures import Origine

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
