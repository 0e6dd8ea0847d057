"""Who is there at once: the rule alone."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ecoles.regles_places import ensembles, paliers, sommet

JOUR = date(2026, 9, 1)
periodes = st.lists(
    st.tuples(st.integers(-30, 60), st.none() | st.integers(0, 60)).map(
        lambda p: (JOUR + timedelta(p[0]), None if p[1] is None else JOUR + timedelta(p[0] + p[1]))
    ),
    max_size=8,
)


def _presents(toutes: list[tuple[date, date | None]], jour: date) -> int:
    return sum(du <= jour and (au is None or au >= jour) for du, au in toutes)


@given(periodes, st.integers(0, 40), st.none() | st.integers(0, 40))
def test_le_sommet_est_celui_du_jour_le_plus_charge(
    toutes: list[tuple[date, date | None]], depuis: int, duree: int | None
) -> None:
    du = JOUR + timedelta(depuis)
    dernier = 200 if duree is None else duree
    fin = None if duree is None else du + timedelta(duree)
    jours = [du + timedelta(n) for n in range(dernier + 1)]
    assert sommet(toutes, du, fin) == max(_presents(toutes, jour) for jour in jours)


@given(periodes, st.integers(0, 100))
def test_un_palier_dit_le_sommet_de_la_suite(toutes: list[tuple[date, date | None]], depuis: int) -> None:
    jour = JOUR + timedelta(depuis)
    dit = [nombre for du, nombre in paliers(toutes, JOUR) if du <= jour][-1]
    assert dit == sommet(toutes, jour)


def test_un_diplome_partage_se_compte_avec_les_deux_parcours() -> None:
    partages = {"cap": frozenset({"a", "b"}), "bac": frozenset({"b"}), "seul": frozenset({"c"})}
    noms = {"a": "A", "b": "B", "c": "C"}
    trouves = {e.noms: (e.titres, e.places) for e in ensembles(partages, {"a": 1, "b": 2, "c": None}, noms)}
    assert trouves == {"A ou B": ({"cap", "bac"}, 3), "B": ({"bac"}, 2)}
