"""A year of funding in a region, in twenty-one steps, from the first euro notified to the closed accounts.

Everything is done through the pages, each by the person whose duty it is, on the day that the story says.
Names are fictional; rates are parameters of the story.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import time_machine

from tests.recits import annee_comptes as comptes
from tests.recits import annee_engagements as engagements
from tests.recits import annee_execution as execution
from tests.recits.distribution import distribuer, instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.recits.distribution import Distribution

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Iterator[Distribution]:
    with time_machine.travel(instant(date(2026, 1, 5)), tick=True) as horloge:
        yield distribuer(horloge)


def test_une_annee_de_financement(cast: Distribution) -> None:
    engagements.etape_1_les_credits(cast)
    engagements.etape_2_la_campagne(cast)
    engagements.etape_3_la_demande(cast)
    engagements.etape_4_la_recevabilite(cast)
    engagements.etape_5_la_proposition(cast)
    engagements.etapes_6_et_7_trois_personnes(cast)
    engagements.etape_8_neuf_ecoles(cast)
    execution.etape_9_les_conventions(cast)
    execution.etape_10_l_avance(cast)
    execution.etape_11_les_derniers_euros(cast)
    execution.etape_12_l_avenant(cast)
    execution.etape_13_le_degel(cast)
    execution.etape_14_l_acompte(cast)
    execution.etape_15_la_fin_de_l_annee(cast)
    comptes.etape_16_les_bilans_attendus(cast)
    comptes.etape_17_le_bilan_de_dr(cast)
    comptes.etape_18_le_service_fait(cast)
    comptes.etape_19_le_solde(cast)
    comptes.etape_20_le_reversement_de_b(cast)
    comptes.etape_21_les_comptes_clos(cast)
