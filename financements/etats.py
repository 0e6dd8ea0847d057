"""Life of a request for funding: one enum, one table, two labels a state."""

from __future__ import annotations

from typing import Final

from django.db import models

from financements import effets, effets_refus, effets_versements, gardes, gardes_refus, gardes_versements
from reseau.socle.etats import Machine, Transition


class Etat(models.TextChoices):
    """States of a request, in the officer's words; the school's are in :data:`LIBELLES_ECOLE`."""

    BROUILLON = "brouillon", "Brouillon"
    DEPOSEE = "deposee", "Déposée"
    A_COMPLETER = "a_completer", "À compléter"
    EN_INSTRUCTION = "en_instruction", "En instruction"
    PROPOSEE = "proposee", "Proposée"
    VISEE = "visee", "Visée"
    ACCORDEE = "accordee", "Accordée"
    CONVENTIONNEE = "conventionnee", "Conventionnée"
    NOTIFIEE = "notifiee", "Notifiée"
    EN_EXECUTION = "en_execution", "En exécution"
    BILAN_DEPOSE = "bilan_depose", "Bilan déposé"
    BILAN_A_CORRIGER = "bilan_a_corriger", "Bilan à corriger"
    SERVICE_FAIT = "service_fait", "Service fait"
    REVERSEMENT = "reversement_en_cours", "Reversement en cours"
    SOLDEE = "soldee", "Soldée"
    CLOSE = "close", "Close"
    REFUSEE = "refusee", "Refusée"
    SANS_SUITE = "sans_suite", "Classée sans suite"
    RETIREE = "retiree", "Retirée"
    RESILIEE = "resiliee", "Résiliée"


LIBELLES_ECOLE: dict[str, str] = {
    Etat.BROUILLON: "À finir par l'école",
    Etat.DEPOSEE: "Reçue par la DREETS",
    Etat.A_COMPLETER: "Des éléments manquent",
    Etat.EN_INSTRUCTION: "La DREETS étudie la demande",
    Etat.PROPOSEE: "La DREETS étudie la demande",
    Etat.VISEE: "La décision se prépare",
    Etat.ACCORDEE: "L'État a réservé l'argent",
    Etat.CONVENTIONNEE: "La convention est signée",
    Etat.NOTIFIEE: "La décision est envoyée",
    Etat.EN_EXECUTION: "L'État a commencé à verser",
    Etat.BILAN_DEPOSE: "Bilan reçu par la DREETS",
    Etat.BILAN_A_CORRIGER: "Bilan à corriger par l'école",
    Etat.SERVICE_FAIT: "La DREETS a vérifié le bilan",
    Etat.REVERSEMENT: "Une somme est à rendre",
    Etat.SOLDEE: "Tout est versé",
    Etat.CLOSE: "Dossier fermé",
    Etat.REFUSEE: "Refusée",
    Etat.SANS_SUITE: "Classée sans suite",
    Etat.RETIREE: "Retirée par l'école",
    Etat.RESILIEE: "Résiliée",
}

# States that a request may have without ever having been handed in.
AVANT_DEPOT: Final = (Etat.BROUILLON, Etat.RETIREE)
# The school's pen: asked numbers and pieces change in these states only.
A_ECRIRE: Final = (Etat.BROUILLON, Etat.A_COMPLETER)
# States in which a school may make another request for the same campaign.
SANS_FINANCEMENT: Final = (Etat.REFUSEE, Etat.SANS_SUITE, Etat.RETIREE)
# The decision was made: money is committed, or was.
ACCORDEES: Final = (
    Etat.ACCORDEE,
    Etat.CONVENTIONNEE,
    Etat.NOTIFIEE,
    Etat.EN_EXECUTION,
    Etat.BILAN_DEPOSE,
    Etat.BILAN_A_CORRIGER,
    Etat.SERVICE_FAIT,
    Etat.REVERSEMENT,
    Etat.SOLDEE,
    Etat.CLOSE,
    Etat.RESILIEE,
)
# Somebody still has to act before the decision.
EN_COURS: Final = (
    Etat.BROUILLON,
    Etat.DEPOSEE,
    Etat.A_COMPLETER,
    Etat.EN_INSTRUCTION,
    Etat.PROPOSEE,
    Etat.VISEE,
)

# The service has the file in hand, and has not decided.
INSTRUITES: Final = (Etat.EN_INSTRUCTION, Etat.PROPOSEE, Etat.VISEE)

# Row numbers are those of the state table of the design. The first open row of a state is its main action.
TRANSITIONS: tuple[Transition, ...] = (
    Transition(  # 2
        "deposer",
        (Etat.BROUILLON,),
        Etat.DEPOSEE,
        "deposer",
        "Déposer la demande",
        gardes=(
            gardes.saisie_par_l_ecole,
            gardes.campagne_ouverte,
            gardes.effectif_demande,
            gardes.identifiants,
            gardes.pieces_presentes,
            gardes.certifie,
        ),
        effet=effets.noter_depot,
        champs=("certifie",),
    ),
    Transition(  # 1b: the officer holds the rights of the row, the scan is the proof
        "deposer_sur_scan",
        (Etat.BROUILLON,),
        Etat.DEPOSEE,
        "saisir",
        "Enregistrer la demande reçue",
        gardes=(gardes.saisie_par_le_service, gardes.effectif_demande, gardes.scan_present),
        effet=effets.noter_depot,
    ),
    Transition(  # 4
        "completer",
        (Etat.A_COMPLETER,),
        Etat.DEPOSEE,
        "deposer",
        "Renvoyer la demande complétée",
        gardes=(gardes.effectif_demande, gardes.identifiants, gardes.pieces_presentes, gardes.certifie),
        effet=effets.noter_complement,
        champs=("certifie",),
    ),
    Transition(  # 4, for a school that answered on paper
        "completer_sur_scan",
        (Etat.A_COMPLETER,),
        Etat.DEPOSEE,
        "saisir",
        "Enregistrer le complément reçu",
        gardes=(gardes.saisie_par_le_service, gardes.effectif_demande, gardes.scan_present),
        effet=effets.noter_complement,
    ),
    Transition(  # 5
        "instruire",
        (Etat.DEPOSEE,),
        Etat.EN_INSTRUCTION,
        "instruire",
        "Prendre en instruction",
        effet=effets.retenir_par_defaut,
    ),
    Transition(  # 3
        "demander_complement",
        (Etat.DEPOSEE,),
        Etat.A_COMPLETER,
        "instruire",
        "Demander un complément",
        gardes=(gardes.motif_ecrit,),
        effet=effets.noter_demande_de_complement,
        champs=("motif",),
    ),
    Transition(  # 6
        "proposer",
        (Etat.EN_INSTRUCTION,),
        Etat.PROPOSEE,
        "proposer",
        "Proposer ce montant",
        gardes=(
            gardes.enveloppe_choisie,
            gardes.ecarts_motives,
            gardes.bareme_en_vigueur,
            gardes.montant_positif,
        ),
        effet=effets.noter_proposition,
    ),
    Transition(  # 7
        "viser",
        (Etat.PROPOSEE,),
        Etat.VISEE,
        "viser",
        "Viser la proposition",
        gardes=(gardes.autre_que_l_instructeur, gardes.montant_inchange),
        effet=effets.noter_visa,
    ),
    Transition(  # 8
        "accorder",
        (Etat.VISEE,),
        Etat.ACCORDEE,
        "accorder",
        "Accorder",
        gardes=(
            gardes.troisieme_personne,
            gardes.montant_inchange,
            gardes.exercice_ouvert,
            gardes.enveloppe_suffisante,
        ),
        effet=effets.engager,
        verrou=gardes.verrouiller_enveloppe,
    ),
    Transition(  # 10
        "renvoyer",
        (Etat.PROPOSEE, Etat.VISEE),
        Etat.EN_INSTRUCTION,
        "renvoyer",
        "Renvoyer en instruction",
        gardes=(gardes.motif_ecrit,),
        effet=effets.noter_renvoi,
        champs=("motif",),
    ),
    Transition(  # 9
        "refuser",
        INSTRUITES,
        Etat.REFUSEE,
        "accorder",
        "Refuser",
        gardes=(gardes_refus.pas_son_instruction, gardes_refus.raison_choisie, gardes.motif_ecrit),
        effet=effets_refus.refuser,
        champs=("raison", "motif"),
    ),
    Transition(  # 9
        "classer",
        INSTRUITES,
        Etat.SANS_SUITE,
        "viser",
        "Classer sans suite",
        gardes=(gardes_refus.pas_son_instruction, gardes_refus.raison_choisie, gardes.motif_ecrit),
        effet=effets_refus.classer,
        champs=("raison", "motif"),
    ),
    Transition(  # 11
        "conventionner",
        (Etat.ACCORDEE,),
        Etat.CONVENTIONNEE,
        "conventionner",
        "Enregistrer la convention signée",
        effet=effets_versements.noter_convention,
        champs=("signataire_ecole", "signee_ecole_le", "signataire_etat", "signee_etat_le", "scan"),
    ),
    Transition(  # 12
        "notifier",
        (Etat.ACCORDEE, Etat.CONVENTIONNEE),
        Etat.NOTIFIEE,
        "notifier",
        "Notifier la décision",
        gardes=(gardes_versements.decision_produite, gardes_versements.convention_si_obligatoire),
        effet=effets_versements.notifier,
        champs=("numero_ej",),
    ),
    Transition(  # 13 and 14: the first payment begins the execution
        "payer",
        (Etat.NOTIFIEE, Etat.EN_EXECUTION),
        Etat.EN_EXECUTION,
        "liquider",
        "Enregistrer un paiement",
        gardes=(
            gardes_versements.autre_que_l_ordonnateur,
            gardes_versements.pas_deja_enregistre,
            gardes_versements.tranche_due,
            gardes_versements.iban_confirme,
            gardes_versements.convention_si_obligatoire,
            gardes_versements.cp_suffisants,
        ),
        effet=effets_versements.payer,
        champs=("cle", "paye_le", "numero_dp"),
    ),
    Transition(  # 23
        "resilier",
        (Etat.ACCORDEE, Etat.CONVENTIONNEE, Etat.NOTIFIEE, Etat.EN_EXECUTION),
        Etat.RESILIEE,
        "accorder",
        "Résilier",
        gardes=(gardes_refus.ecole_entendue, gardes.motif_ecrit),
        effet=effets_refus.resilier,
        verrou=gardes.verrouiller_enveloppe,
        champs=("entendue_le", "motif"),
    ),
    Transition(  # 22
        "retirer",
        (Etat.BROUILLON, Etat.DEPOSEE, Etat.A_COMPLETER, Etat.EN_INSTRUCTION, Etat.PROPOSEE),
        Etat.RETIREE,
        "retirer",
        "Retirer la demande",
        gardes=(gardes.motif_ecrit,),
        effet=effets.noter_retrait,
        champs=("motif",),
    ),
)

# Words of the journal: what was done, where a button says what to do.
EVENEMENTS: Final = {
    "creer": "Demande créée",
    "joindre": "Pièce jointe",
    "ecarter": "Pièce retirée",
    "retenir": "Effectifs retenus enregistrés",
    "deposer": "Demande déposée",
    "deposer_sur_scan": "Demande reçue enregistrée",
    "completer": "Demande complétée",
    "completer_sur_scan": "Complément reçu enregistré",
    "instruire": "Prise en instruction",
    "demander_complement": "Complément demandé",
    "proposer": "Montant proposé",
    "viser": "Proposition visée",
    "accorder": "Demande accordée",
    "renvoyer": "Renvoi en instruction",
    "conventionner": "Convention signée enregistrée",
    "notifier": "Décision notifiée",
    "payer": "Paiement enregistré",
    "refuser": "Demande refusée",
    "classer": "Demande classée sans suite",
    "resilier": "Décision résiliée",
    "retirer": "Demande retirée",
}

MACHINE = Machine(TRANSITIONS, chaine=lambda demande: f"demande:{demande.region_id}", evenements=EVENEMENTS)
