"""Two workers on one action: every file is crossed once, by one of them."""

from __future__ import annotations

import pytest

from financements.etats import MACHINE, Etat
from financements.models import Demande
from reseau.roles import Role
from reseau.socle.actions import avancement, avancer, demander
from tests.bases import en_parallele
from tests.financements.test_course_enveloppe import tout_se_tient
from tests.usines_financements import territoire

pytestmark = pytest.mark.course


def test_deux_ouvriers_sur_le_meme_lot(base_jetable: str) -> None:
    lieu = territoire()
    demandes = [lieu.demande(Etat.DEPOSEE) for _ in range(8)]
    cles = [demande.pk for demande in demandes]
    lot = demander("financements.demande", "instruire", cles, lieu.agents[Role.INSTRUCTEUR])
    nombres = en_parallele(*[lambda: avancer(lot, Demande, MACHINE)] * 2)
    assert sum(nombre for nombre in nombres if isinstance(nombre, int)) == 8
    assert avancement(lot).faites == 8
    assert [demande.journal.filter(evenement="instruire").count() for demande in demandes] == [1] * 8
    tout_se_tient()
