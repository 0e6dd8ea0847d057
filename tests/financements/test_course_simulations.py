"""A scenario applied while somebody else acts: once, whole, and never over a proposal."""

from __future__ import annotations

import pytest

from financements.etats import MACHINE, Etat
from financements.models import Demande
from financements.simulations_ecrites import SimulationRefusee, appliquer
from reseau.roles import Role
from reseau.socle.etats import Contexte
from tests.bases import en_parallele
from tests.financements.test_course_enveloppe import tout_se_tient
from tests.financements.test_simulations import changer, simulation
from tests.usines_financements import territoire

pytestmark = pytest.mark.course


def test_deux_personnes_appliquent_au_meme_instant(base_jetable: str) -> None:
    lieu = territoire()
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    essai = simulation(lieu)
    par = lieu.agents[Role.INSTRUCTEUR]
    issues = en_parallele(*[lambda: appliquer(essai, par)] * 2)
    assert len([issue for issue in issues if isinstance(issue, SimulationRefusee)]) == 1
    assert demande.journal.filter(evenement="retenir", donnees__simulation=str(essai.pk)).count() == 1
    tout_se_tient()


def test_une_simulation_et_une_proposition_au_meme_instant(base_jetable: str) -> None:
    """Whichever comes first, the amount proposed is the amount retained."""
    lieu = territoire()
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    appliquer(simulation(lieu, "Enveloppe"), lieu.agents[Role.INSTRUCTEUR])
    essai = simulation(lieu, motif="Part commune.")
    changer(essai, demande, 20, 5)
    par = lieu.agents[Role.INSTRUCTEUR]
    en_parallele(
        lambda: appliquer(essai, par),
        lambda: MACHINE.franchir(demande, "proposer", Contexte(par)),
    )
    finale = Demande.objects.get(pk=demande.pk)
    if finale.etat == Etat.PROPOSEE:
        assert finale.montant_propose == finale.montant_retenu
    tout_se_tient()
