"""Two schools count the same learner at the same instant, on real connections: one is paid for her."""

from __future__ import annotations

import pytest
import time_machine

from financements.etats import MACHINE
from financements.models import ApprenantCompte
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.bases import en_parallele
from tests.financements.test_comptage import AVANT, JOUR, demande_de, inscrire_des_deux_cotes, motiver
from tests.usines_financements import territoire

pytestmark = pytest.mark.course


def test_le_meme_eleve_n_est_retenu_qu_une_fois(base_jetable: str) -> None:
    with time_machine.travel(JOUR, tick=True):
        lieu = territoire()
        une, autre = lieu.ecole(), lieu.ecole()
        inscrire_des_deux_cotes(une, autre)
        with time_machine.travel(AVANT, tick=True):
            premiere = demande_de(lieu, une, 1, "deposer")
        demandes = [premiere, demande_de(lieu, autre, 1, "deposer")]
        for demande in demandes:
            motiver(lieu, demande, "doubles")
        premiere, seconde = (lieu.avancer(demande, "instruire") for demande in demandes)
        agent = Contexte(lieu.agents[Role.INSTRUCTEUR])
        issues = en_parallele(
            lambda: MACHINE.franchir(premiere, "proposer", agent),
            lambda: MACHINE.franchir(seconde, "proposer", agent),
        )
    refus = [issue for issue in issues if isinstance(issue, TransitionRefusee)]
    assert len(refus) == 1
    assert "ailleurs" in str(refus[0])
    assert ApprenantCompte.objects.filter(retenu=True).count() == 1
