"""A learner who has become nobody is nobody's key in funding either; her months stay paid once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine

from ecoles.models import Apprenant
from financements.comptage import comptes
from financements.models import ApprenantCompte
from tests.ecoles.test_effacement import purger
from tests.financements.test_comptage import JOUR, demande_de, inscrire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from financements.models import Demande
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db
PAS = ("deposer", "instruire", "proposer", "viser", "accorder")


@pytest.fixture(autouse=True)
def novembre() -> Iterator[None]:
    """The same day for every test: months are counted."""
    with time_machine.travel(JOUR, tick=True):
        yield


@pytest.fixture
def accordee(lieu: Territoire) -> Demande:
    """Two learners behind a grant; Inès left long ago and has no name any more, Sam is still there."""
    ecole = lieu.ecole()
    partie = inscrire(ecole)
    inscrire(ecole, "Sam")
    demande = demande_de(lieu, ecole, 2, *PAS)
    Apprenant.objects.filter(pk=partie.pk).update(anonyme_le=JOUR.date())
    return demande


def _mois(demande: Demande) -> list[tuple[object, ...]]:
    """What is counted, of whom the State may still say nothing but a number."""
    return list(comptes(demande).values_list("pk", "personne", "periode", "retenu"))


def test_un_jeune_sans_nom_n_est_plus_designe_et_ses_mois_restent(accordee: Demande) -> None:
    avant = _mois(accordee)
    assert "élèves comptés dont le jeune est parti : 1 à effacer" in purger()
    assert comptes(accordee).filter(apprenant__isnull=True).count() == 0
    assert "élèves comptés dont le jeune est parti : 1 effacé" in purger("--effacer")
    assert set(comptes(accordee).values_list("apprenant__prenom", flat=True)) == {"Sam", None}
    assert _mois(accordee) == avant
    assert ApprenantCompte.objects.filter(retenu=True).count() == 2
    assert "élèves comptés dont le jeune est parti : 0 effacé" in purger("--effacer")
