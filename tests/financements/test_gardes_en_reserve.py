"""Guards whose rule the database holds too: nobody arrives there by the pages, their sentence is ready."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from financements import gardes
from financements.etats import Etat
from financements.models import Campagne
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte
from tests.financements.test_recevabilite import dit

if TYPE_CHECKING:
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db


@pytest.fixture
def contexte(lieu: Territoire) -> Contexte:
    return Contexte(lieu.agents[Role.ORDONNATEUR])


def test_l_enveloppe_est_celle_de_la_region_et_de_l_exercice(lieu: Territoire, contexte: Contexte) -> None:
    demande = lieu.demande(Etat.PROPOSEE)
    assert list(gardes.enveloppe_choisie(demande, contexte)) == []
    demande.campagne = Campagne(exercice=demande.campagne.exercice + 1)
    assert "n'est pas celle de la région" in next(iter(gardes.enveloppe_choisie(demande, contexte)))


def test_ce_qui_est_vise_est_ce_qui_etait_propose(lieu: Territoire, contexte: Contexte) -> None:
    demande = lieu.demande(Etat.PROPOSEE)
    assert list(gardes.montant_inchange(demande, contexte)) == []
    demande.montant_propose = demande.montant_retenu - Decimal("0.01")
    assert "a changé depuis la proposition" in next(iter(gardes.montant_inchange(demande, contexte)))


def test_sans_montant_propose_rien_ne_s_engage(lieu: Territoire, contexte: Contexte) -> None:
    demande = lieu.demande(Etat.VISEE)
    demande.montant_propose = None
    assert "n'a pas de montant proposé" in next(iter(gardes.enveloppe_suffisante(demande, contexte)))


def test_une_demande_qui_fait_passer_le_seuil_l_annonce(lieu: Territoire) -> None:
    demande = lieu.demande()
    demande.refresh_from_db()
    lieu.campagne.seuil_comptes = demande.montant_demande
    lieu.campagne.save()
    assert dit(demande, "comptes_a_venir") == []
    lieu.campagne.seuil_comptes -= Decimal("0.01")
    lieu.campagne.save()
    (phrase,) = dit(demande, "comptes_a_venir") or [""]
    assert f"les comptes de {aujourdhui().year} seront à certifier" in phrase
