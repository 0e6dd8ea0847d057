"""No count below five is shown, nor given back by a subtraction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecoles.anonymat import SEUIL, a_montrer, total_montrable

EFFECTIFS = st.dictionaries(st.integers(0, 8), st.integers(0, 40), max_size=9)


@pytest.mark.parametrize(
    ("effectifs", "montres"),
    [
        ({}, set()),
        ({"a": 4}, set()),
        ({"a": 5}, {"a"}),
        ({"a": 12, "b": 9}, {"a", "b"}),
        ({"a": 12, "b": 3}, {"a"}),  # without a total, nothing gives b back
        ({"a": 12, "b": 0}, {"a"}),  # nobody is nobody
    ],
)
def test_sans_total_seuls_les_petits_nombres_se_cachent(effectifs: dict[str, int], montres: set[str]) -> None:
    assert a_montrer(effectifs, total_public=False) == montres


@pytest.mark.parametrize(
    ("effectifs", "montres"),
    [
        ({"a": 12, "b": 9, "c": 3}, {"a"}),  # 24 - 12 - 9 would give 3: the smallest shown goes too
        ({"a": 12, "b": 4, "c": 3}, {"a"}),  # 7 hidden people in two parts
        ({"a": 12, "b": 2, "c": 2}, set()),  # 4 hidden people: a goes too
        ({"a": 12, "b": 9}, {"a", "b"}),
    ],
)
def test_avec_le_total_une_soustraction_ne_rend_rien(effectifs: dict[str, int], montres: set[str]) -> None:
    assert a_montrer(effectifs, total_public=True) == montres


def test_le_total_se_cache_quand_il_donnerait_le_reste() -> None:
    assert total_montrable({"a": 12, "b": 9})
    assert total_montrable({"a": 12, "b": 9, "c": 3})
    assert not total_montrable({"a": 4})
    assert not total_montrable({"a": 3, "b": 1})
    assert total_montrable({"a": 3, "b": 3})


@given(EFFECTIFS)
def test_personne_ne_se_deduit(effectifs: dict[int, int]) -> None:
    montres = a_montrer(effectifs, total_public=True)
    caches = [n for cle, n in effectifs.items() if cle not in montres and n]
    assert all(effectifs[cle] >= SEUIL for cle in montres)
    if total_montrable(effectifs) and caches:
        # A reader knows the sum of what is hidden and the number of parts: neither says who.
        assert len(caches) >= 2
        assert sum(caches) >= SEUIL


@given(EFFECTIFS)
def test_ne_rien_cacher_pour_rien(effectifs: dict[int, int]) -> None:
    if all(n == 0 or n >= SEUIL for n in effectifs.values()):
        peuples = {cle for cle, n in effectifs.items() if n}
        assert a_montrer(effectifs, total_public=True) == peuples
