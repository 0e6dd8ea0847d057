"""What the demonstration gives to do to who heads a school: a paper to confirm, a draft to finish."""

from __future__ import annotations

import pytest

from financements.etats import MACHINE, Etat
from financements.models import Demande
from reseau.models import Courriel
from reseau.nombres import aujourdhui
from reseau.socle.etats import Contexte
from tests.reseau.test_semer_demo import compte

pytestmark = pytest.mark.xdist_group("semis")


def test_une_demande_recue_sur_papier_attend_la_direction(demo_lue: str) -> None:
    direction = compte("direction")
    demandes = Demande.objects.visibles_par(direction, "deposer").filter(voie="service")
    (demande,) = demandes.filter(campagne__exercice=aujourdhui().year)
    assert demande.etat == Etat.DEPOSEE
    assert MACHINE.refus(demande, "confirmer", Contexte(direction, {"certifie": True})) == []
    assert Courriel.objects.filter(cle__startswith=f"confirmation:{demande.pk}:").exists()


def test_qui_arrive_lit_ce_qui_manque_a_sa_demande(demo_lue: str) -> None:
    direction = compte("direction.garage")
    demande = Demande.objects.visibles_par(direction, "deposer").get(etat=Etat.BROUILLON)
    refus = MACHINE.refus(demande, "deposer", Contexte(direction, {"certifie": True}))
    manquent = [phrase for phrase in refus if phrase.startswith("Il manque une pièce")]
    assert manquent == [f"Il manque une pièce : « {nom} »." for nom in ("Budget prévisionnel", "Statuts")]
