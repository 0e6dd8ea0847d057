"""Life of a request for funding: one enum, one table, two labels a state.

Guards and effects reach everything through the request itself; amounts and refusals are computed
in ``financements.regles``.
"""

from __future__ import annotations

from django.db import models

from financements import gardes
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

# Row numbers are those of the state table of the design.
TRANSITIONS: tuple[Transition, ...] = (
    Transition(  # 2
        "deposer",
        (Etat.BROUILLON,),
        Etat.DEPOSEE,
        "deposer",
        "Déposer la demande",
        gardes=(gardes.campagne_ouverte, gardes.effectif_demande, gardes.identifiants, gardes.certifie),
        effet=gardes.noter_depot,
        champs=("certifie",),
    ),
    Transition(  # 1b: the officer holds the rights of the row, the scan is the proof
        "deposer_sur_scan",
        (Etat.BROUILLON,),
        Etat.DEPOSEE,
        "saisir",
        "Enregistrer la demande reçue",
        gardes=(gardes.effectif_demande, gardes.scan_present),
        effet=gardes.noter_depot,
    ),
    Transition(  # 3
        "demander_complement",
        (Etat.DEPOSEE,),
        Etat.A_COMPLETER,
        "instruire",
        "Demander un complément",
        gardes=(gardes.motif_ecrit,),
        effet=gardes.noter_motif,
        champs=("motif",),
    ),
    Transition(  # 4
        "completer",
        (Etat.A_COMPLETER,),
        Etat.DEPOSEE,
        "deposer",
        "Renvoyer la demande complétée",
        gardes=(gardes.effectif_demande, gardes.identifiants, gardes.certifie),
        champs=("certifie",),
    ),
    Transition(  # 5
        "instruire",
        (Etat.DEPOSEE,),
        Etat.EN_INSTRUCTION,
        "instruire",
        "Prendre en instruction",
        effet=gardes.retenir_par_defaut,
    ),
    Transition(  # 6
        "proposer",
        (Etat.EN_INSTRUCTION,),
        Etat.PROPOSEE,
        "proposer",
        "Proposer ce montant",
        gardes=(gardes.enveloppe_choisie, gardes.ecarts_motives, gardes.montant_positif),
        effet=gardes.noter_proposition,
    ),
    Transition(  # 7
        "viser",
        (Etat.PROPOSEE,),
        Etat.VISEE,
        "viser",
        "Viser la proposition",
        gardes=(gardes.autre_que_l_instructeur, gardes.montant_inchange),
        effet=gardes.noter_visa,
    ),
    Transition(  # 8
        "accorder",
        (Etat.VISEE,),
        Etat.ACCORDEE,
        "accorder",
        "Accorder",
        gardes=(gardes.troisieme_personne, gardes.montant_inchange, gardes.enveloppe_suffisante),
        effet=gardes.engager,
        verrou=gardes.verrouiller_enveloppe,
    ),
    Transition(  # 10
        "renvoyer",
        (Etat.PROPOSEE, Etat.VISEE),
        Etat.EN_INSTRUCTION,
        "renvoyer",
        "Renvoyer en instruction",
        gardes=(gardes.motif_ecrit,),
        effet=gardes.noter_renvoi,
        champs=("motif",),
    ),
    Transition(  # 22
        "retirer",
        (Etat.BROUILLON, Etat.DEPOSEE, Etat.A_COMPLETER, Etat.EN_INSTRUCTION, Etat.PROPOSEE),
        Etat.RETIREE,
        "retirer",
        "Retirer la demande",
        gardes=(gardes.motif_ecrit,),
        effet=gardes.noter_motif,
        champs=("motif",),
    ),
)

MACHINE = Machine(TRANSITIONS, chaine=lambda demande: f"demande:{demande.region_id}")
