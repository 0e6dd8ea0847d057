"""Amendments (row 15): rows 6 to 8 again, while the file stays in execution."""

from __future__ import annotations

from typing import Final

from financements import effets_avenants, gardes, gardes_avenants
from financements.natures import EtapeAvenant
from financements.situations import Etat
from reseau.socle.etats import Transition

_SUR_PLACE: Final = ((Etat.EN_EXECUTION,), Etat.EN_EXECUTION)

AVENANTS: Final[tuple[Transition, ...]] = (
    Transition(
        "proposer_avenant",
        *_SUR_PLACE,
        "proposer",
        "Proposer l'avenant",
        gardes=(
            gardes_avenants.a_l_etape(EtapeAvenant.PREPARE),
            gardes_avenants.avenant_ecrit,
            gardes_avenants.mois_convenus,
            gardes_avenants.pas_sous_le_verse,
        ),
        effet=effets_avenants.proposer,
    ),
    Transition(
        "viser_avenant",
        *_SUR_PLACE,
        "viser",
        "Viser l'avenant",
        gardes=(
            gardes_avenants.a_l_etape(EtapeAvenant.PROPOSE),
            gardes_avenants.autre_que_qui_propose,
            gardes_avenants.pas_sous_le_verse,
        ),
        effet=effets_avenants.viser,
    ),
    Transition(
        "accorder_avenant",
        *_SUR_PLACE,
        "accorder",
        "Accorder l'avenant",
        gardes=(
            gardes_avenants.a_l_etape(EtapeAvenant.VISE),
            gardes_avenants.troisieme_personne,
            gardes_avenants.pas_qui_a_liquide,
            gardes_avenants.pas_sous_le_verse,
            gardes_avenants.hausse_dans_l_exercice,
            gardes_avenants.enveloppe_suffisante,
        ),
        effet=effets_avenants.accorder,
        verrou=gardes.verrouiller_enveloppe,
    ),
    Transition(
        "renvoyer_avenant",
        *_SUR_PLACE,
        "renvoyer",
        "Renvoyer l'avenant",
        gardes=(
            gardes_avenants.a_l_etape(EtapeAvenant.PROPOSE, EtapeAvenant.VISE),
            gardes.motif_ecrit,
        ),
        effet=effets_avenants.renvoyer,
        champs=("motif",),
    ),
    Transition(
        "abandonner_avenant",
        *_SUR_PLACE,
        "proposer",
        "Abandonner l'avenant",
        gardes=(
            gardes_avenants.a_l_etape(EtapeAvenant.PREPARE, EtapeAvenant.PROPOSE, EtapeAvenant.VISE),
            gardes.motif_ecrit,
        ),
        effet=effets_avenants.abandonner,
        champs=("motif",),
    ),
)
