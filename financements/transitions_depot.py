"""From the first line of a request to its hand-in, by the school or for it."""

from __future__ import annotations

from typing import Final

from financements import budgets, confirmations, corrections, effets_depot, gardes, gardes_depot
from financements.courriels import en_demandant_de_confirmer
from financements.situations import Etat
from reseau.socle.etats import Transition

DEPOT: Final[tuple[Transition, ...]] = (
    Transition(  # 2
        "deposer",
        (Etat.BROUILLON,),
        Etat.DEPOSEE,
        "deposer",
        "Déposer la demande",
        gardes=(
            gardes.saisie_par_l_ecole,
            gardes.campagne_ouverte,
            gardes.ecole_ouverte,
            gardes.effectif_demande,
            gardes.identifiants,
            gardes_depot.sur_la_liste,
            gardes.pieces_presentes,
            gardes_depot.compte_rendu_remis,
            budgets.budget_coherent,
            gardes.certifie,
        ),
        effet=effets_depot.deposer,
        champs=("certifie",),
    ),
    Transition(  # 1b: the officer holds the rights of the row, the scan is the proof
        "deposer_sur_scan",
        (Etat.BROUILLON,),
        Etat.DEPOSEE,
        "saisir",
        "Enregistrer la demande reçue",
        gardes=(
            gardes.saisie_par_le_service,
            gardes.ecole_ouverte,
            gardes.effectif_demande,
            gardes.scan_present,
            budgets.budget_coherent,
        ),
        effet=en_demandant_de_confirmer(effets_depot.deposer),
    ),
    Transition(  # 1b: "the school confirms later"; the state stays, the journal keeps who and when
        "confirmer",
        confirmations.A_RELIRE,
        "",
        "deposer",
        "Confirmer la demande reçue",
        gardes=(confirmations.a_confirmer, gardes.certifie),
        effet=confirmations.confirmer,
        champs=("certifie",),
    ),
    Transition(  # 4
        "completer",
        (Etat.A_COMPLETER,),
        Etat.DEPOSEE,
        "deposer",
        "Renvoyer la demande complétée",
        gardes=(
            gardes.effectif_demande,
            gardes.identifiants,
            gardes.pieces_presentes,
            budgets.budget_coherent,
            corrections.toutes_traitees,
            gardes.certifie,
        ),
        effet=effets_depot.completer,
        champs=("certifie",),
    ),
    Transition(  # 4, for a school that answered on paper
        "completer_sur_scan",
        (Etat.A_COMPLETER,),
        Etat.DEPOSEE,
        "saisir",
        "Enregistrer le complément reçu",
        gardes=(
            gardes.saisie_par_le_service,
            gardes.effectif_demande,
            gardes.scan_present,
            budgets.budget_coherent,
        ),
        effet=en_demandant_de_confirmer(effets_depot.completer),
    ),
    Transition(  # 4, for a school that never answers: the service takes the file up again as it stands
        "constater_silence",
        (Etat.A_COMPLETER,),
        Etat.DEPOSEE,
        "instruire",
        "Constater l'absence de réponse",
        gardes=(corrections.plus_rien_attendu,),
        effet=effets_depot.constater_silence,
    ),
)
