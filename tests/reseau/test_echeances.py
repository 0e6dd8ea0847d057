"""Reminders: 90 days before, 30 days before, once each, in Paris days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from reseau.champs import uuid7
from reseau.models import RappelEcheance
from reseau.nombres import aujourdhui
from reseau.socle.echeances import Echeance, palier_du, poser_les_rappels
from tests.bases import en_parallele

FIN = date(2027, 3, 12)


@pytest.mark.parametrize(
    ("reste", "palier"), [(91, None), (90, 90), (31, 90), (30, 30), (1, 30), (0, 30), (-1, None)]
)
def test_quatre_vingt_dix_puis_trente_jours_avant(reste: int, palier: int | None) -> None:
    assert palier_du(FIN, FIN - timedelta(days=reste)) == palier


@pytest.mark.django_db
def test_chaque_rappel_une_seule_fois_meme_en_passant_chaque_nuit() -> None:
    echeance = Echeance("avisaptitude", uuid7(), FIN)
    nuits = [FIN - timedelta(days=n) for n in range(120, -30, -1)]
    rappels = [nuit for nuit in nuits for _ in range(2) if poser_les_rappels([echeance], nuit)[0]]
    assert rappels == [FIN - timedelta(days=90), FIN - timedelta(days=30)]


@pytest.mark.django_db
@given(st.sets(st.integers(-10, 120), min_size=1))
def test_des_nuits_manquees_se_rattrapent_sans_doublon(nuits: set[int]) -> None:
    echeance = Echeance("label", uuid7(), FIN)
    rappels = [n for n in sorted(nuits, reverse=True) if poser_les_rappels([echeance], FIN - timedelta(n))[0]]
    assert len(rappels) == any(30 < n <= 90 for n in nuits) + any(0 <= n <= 30 for n in nuits)


@pytest.mark.django_db
def test_un_papier_renouvele_se_rappelle_a_sa_nouvelle_date() -> None:
    objet, jour = uuid7(), FIN - timedelta(days=20)
    assert poser_les_rappels([Echeance("label", objet, FIN)], jour)[0]
    apres = FIN + timedelta(days=365)
    assert not poser_les_rappels([Echeance("label", objet, apres)], jour)[0]
    assert poser_les_rappels([Echeance("label", objet, apres)], apres - timedelta(days=90))[0]


@pytest.mark.django_db
def test_seuls_les_nouveaux_sont_rendus() -> None:
    jour = FIN - timedelta(days=15)
    premier, second = Echeance("label", uuid7(), FIN), Echeance("agrement", uuid7(), FIN)
    assert poser_les_rappels([premier], jour)[0] == [premier]
    nouveaux, cle = poser_les_rappels([premier, second], jour)
    assert nouveaux == [second]
    assert RappelEcheance.objects.get(pk=cle).objet == second.objet
    assert poser_les_rappels([], jour) == ([], None)


@pytest.mark.usefixtures("base_jetable")
def test_deux_nuits_a_la_fois_ne_rappellent_qu_une_fois() -> None:
    echeances, jour = [Echeance("label", uuid7(), FIN) for _ in range(20)], FIN - timedelta(days=10)
    rendus = en_parallele(*[lambda: len(poser_les_rappels(echeances, jour)[0])] * 4)
    assert sum(rendus) == 20


def test_la_nuit_est_celle_de_paris() -> None:
    with time_machine.travel(datetime(2026, 12, 11, 23, 30, tzinfo=UTC)):
        assert palier_du(FIN, aujourdhui()) == 90  # already 12 December in Paris: 90 days
        assert palier_du(FIN, datetime.now(UTC).date()) is None
