"""From the hand-in to the decision: three persons, one amount."""

from __future__ import annotations

from typing import Final

from financements import comptage, corrections, effets, effets_depot, gardes, gardes_depot
from financements.situations import Etat
from reseau.socle.etats import Transition

INSTRUCTION: Final[tuple[Transition, ...]] = (
    Transition(  # 5
        "instruire",
        (Etat.DEPOSEE,),
        Etat.EN_INSTRUCTION,
        "instruire",
        "Prendre en instruction",
        gardes=(gardes_depot.recevable,),
        effet=effets_depot.instruire,
    ),
    Transition(  # 3
        "demander_complement",
        (Etat.DEPOSEE,),
        Etat.A_COMPLETER,
        "instruire",
        "Demander un complément",
        gardes=(corrections.au_moins_une, gardes.motif_ecrit),
        effet=effets_depot.demander_complement,
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
            gardes_depot.plafonds_motives,
            comptage.eleves_libres,
            gardes_depot.pieces_sures,
            gardes.bareme_en_vigueur,
            gardes.montant_positif,
        ),
        effet=effets_depot.proposer,
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
        effet=effets_depot.renvoyer,
        champs=("motif",),
    ),
)
