"""Life of a request for funding: one table of moves over the states of ``financements.situations``."""

from __future__ import annotations

from typing import Final

from financements.delegations import delegation_de
from financements.situations import (
    A_ECRIRE,
    ACCORDEES,
    AVANT_DEPOT,
    EN_COURS,
    INSTRUITES,
    LIBELLES_ECOLE,
    SANS_FINANCEMENT,
    Etat,
)
from financements.transitions_avenants import AVENANTS
from financements.transitions_bilan import BILAN
from financements.transitions_depot import DEPOT
from financements.transitions_execution import EXECUTION
from financements.transitions_instruction import INSTRUCTION
from financements.transitions_sorties import SORTIES
from reseau.socle.etats import Machine, Transition

__all__ = [
    "ACCORDEES",
    "AVANT_DEPOT",
    "A_ECRIRE",
    "EN_COURS",
    "EVENEMENTS",
    "INSTRUITES",
    "LIBELLES_ECOLE",
    "MACHINE",
    "SANS_FINANCEMENT",
    "TRANSITIONS",
    "Etat",
]

# Row numbers are those of the state table of the design. The first open row of a state is its main action.
TRANSITIONS: tuple[Transition, ...] = (*DEPOT, *INSTRUCTION, *EXECUTION, *BILAN, *AVENANTS, *SORTIES)

# Words of the journal: what was done, where a button says what to do.
EVENEMENTS: Final = {
    "creer": "Demande créée",
    "joindre": "Pièce jointe",
    "rattacher_scan": "Acte signé, numérisé, rattaché",
    "ecarter": "Pièce retirée",
    "chiffrer": "Budget prévisionnel enregistré",
    "aviser": "Avis enregistré",
    "deroger": "Contrôle de recevabilité enregistré",
    "retenir": "Effectifs retenus enregistrés",
    "deposer": "Demande déposée",
    "deposer_sur_scan": "Demande reçue enregistrée",
    "confirmer": "Demande confirmée par l'école",
    "completer": "Demande complétée",
    "completer_sur_scan": "Complément reçu enregistré",
    "constater_silence": "Absence de réponse constatée",
    "instruire": "Prise en instruction",
    "demander_complement": "Complément demandé",
    "proposer": "Montant proposé",
    "viser": "Proposition visée",
    "accorder": "Demande accordée",
    "renvoyer": "Renvoi en instruction",
    "conventionner": "Convention signée enregistrée",
    "conventionner_notifiee": "Convention signée enregistrée",
    "conventionner_en_cours": "Convention signée enregistrée",
    "conventionner_service_fait": "Convention signée enregistrée",
    "notifier": "Décision notifiée",
    "payer": "Paiement enregistré",
    "preparer_avenant": "Avenant préparé",
    "proposer_avenant": "Avenant proposé",
    "viser_avenant": "Avenant visé",
    "accorder_avenant": "Avenant accordé",
    "renvoyer_avenant": "Avenant renvoyé",
    "abandonner_avenant": "Avenant abandonné",
    "preparer_bilan": "Bilan préparé",
    "deposer_bilan": "Bilan déposé",
    "corriger_bilan": "Correction du bilan demandée",
    "contredire_bilan": "Phase contradictoire ouverte",
    "figer_bilan": "Bilan figé",
    "redeposer_bilan": "Bilan corrigé renvoyé",
    "certifier": "Service fait certifié",
    "solder": "Dossier soldé",
    "reclamer": "Reversement demandé",
    "renoncer": "Trop-versé abandonné",
    "recouvrer": "Somme rendue, dossier soldé",
    "recouvrer_en_partie": "Partie rendue enregistrée",
    "clore": "Dossier clos",
    "refuser": "Demande refusée",
    "classer": "Demande classée sans suite",
    "resilier": "Décision résiliée",
    "reclamer_resiliation": "Reversement demandé",
    "renoncer_resiliation": "Trop-versé abandonné",
    "recouvrer_resiliation": "Somme rendue enregistrée",
    "retirer": "Demande retirée",
    "reprendre": "Dossier repris d'avant l'outil",
    "annuler_reprise": "Reprise annulée, lignes contraires écrites",
}

MACHINE = Machine(
    TRANSITIONS,
    chaine=lambda demande: f"demande:{demande.region_id}",
    evenements=EVENEMENTS,
    delegation=delegation_de,
)
