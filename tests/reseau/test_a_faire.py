"""Rubrics of the home page: which cell carries the weight of an alert, and how many lines there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from reseau.models import Region
from reseau.socle.a_faire import Ligne, Rubrique, premieres_et_total

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("ligne", "attendues"),
    [
        (Ligne("/", ("a", "b", "c")), [False, False, False]),
        (Ligne("/", ("a", "b", "c"), alerte=True), [False, False, True]),
        (Ligne("/", ("a", "b", "c"), alerte=True, alerte_sur=1), [False, True, False]),
    ],
)
def test_une_alerte_pese_sur_la_cellule_qui_la_dit(ligne: Ligne, attendues: list[bool]) -> None:
    rubrique = Rubrique("Titre", ("A", "B", "C"), (ligne,), vide="Rien.")
    assert [alerte for _, _, alerte in rubrique.rangs[0][1]] == attendues


@pytest.mark.django_db
def test_les_premieres_lignes_et_leur_nombre_en_une_question(
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    regions = Region.objects.order_by("nom")
    with django_assert_num_queries(1):
        premieres, total = premieres_et_total(regions, 3)
    assert premieres == list(regions[:3])
    assert total == regions.count() > 3
    assert premieres_et_total(regions.none(), 3) == ([], 0)
