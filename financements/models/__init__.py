"""Campaigns, envelopes, requests and decisions."""

from financements.models.avenants import Avenant, LigneAvenant
from financements.models.bilans import Bilan, LigneRealisee, PosteCompteRendu
from financements.models.budgets import LigneBudget
from financements.models.campagnes import Bareme, Campagne, EcheancePrevue
from financements.models.chorus import ColonneChorus, Rapprochement
from financements.models.conventions import Convention
from financements.models.corrections import Correction
from financements.models.decisions import Acte, Allocation, Engagement
from financements.models.demandes import Demande, JournalDemande
from financements.models.enveloppes import Enveloppe, MouvementEnveloppe
from financements.models.lignes import LigneEffectif
from financements.models.numerisations import DepotScans, PageScan, ScanSigne
from financements.models.pieces import Piece
from financements.models.publies import EcolePubliee, ServicePublie
from financements.models.rapprochements import ApprenantCompte, Avis
from financements.models.recevabilite import ControleRecevabilite, DepotDemande
from financements.models.reprises import Reprise
from financements.models.simulations import LigneSimulee, Simulation
from financements.models.versements import Paiement, Reversement, Tranche
from financements.natures import Origine

__all__ = [
    "Acte",
    "Allocation",
    "ApprenantCompte",
    "Avenant",
    "Avis",
    "Bareme",
    "Bilan",
    "Campagne",
    "ColonneChorus",
    "ControleRecevabilite",
    "Convention",
    "Correction",
    "Demande",
    "DepotDemande",
    "DepotScans",
    "EcheancePrevue",
    "EcolePubliee",
    "Engagement",
    "Enveloppe",
    "JournalDemande",
    "LigneAvenant",
    "LigneBudget",
    "LigneEffectif",
    "LigneRealisee",
    "LigneSimulee",
    "MouvementEnveloppe",
    "Origine",
    "PageScan",
    "Paiement",
    "Piece",
    "PosteCompteRendu",
    "Rapprochement",
    "Reprise",
    "Reversement",
    "ScanSigne",
    "ServicePublie",
    "Simulation",
    "Tranche",
]
