"""The dates and folded texts of an import, read in SQL, are those that the pages read in Python."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reseau.nombres import SaisieInvalide, lire_date
from reseau.requetes import plier
from reseau.socle.controles import date_lue, plie

pytestmark = pytest.mark.django_db
COMME_UNE_DATE = st.from_regex(r"\A[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}\Z") | st.from_regex(
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"
)
SANS_REMISE_A_ZERO = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _en_sql(expression: str, texte: str) -> object:
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT {expression} FROM (SELECT %s::text AS x) AS t", [texte])
        return curseur.fetchone()[0]


def _en_python(texte: str) -> date | None:
    try:
        return lire_date(texte)
    except SaisieInvalide:
        return None


@SANS_REMISE_A_ZERO
@given(COMME_UNE_DATE | st.dates(date(1801, 1, 1), date(2199, 12, 31)).map(lambda j: f"{j:%d/%m/%Y}"))
def test_une_date_se_lit_pareil_en_sql_et_en_python(texte: str) -> None:
    attendue = _en_python(texte)
    if attendue is not None and attendue.year > 2200:
        attendue = None  # an import knows no date so far away
    assert _en_sql(date_lue("x").replace("%", "%%"), texte) == attendue


@pytest.mark.parametrize(
    "texte", ["29/02/2024", "29/02/2023", "31/04/2026", "00/01/2026", "1/1/26", "01/02-2026"]
)
def test_les_jours_qui_n_existent_pas(texte: str) -> None:
    assert _en_sql(date_lue("x"), texte) == _en_python(texte)


@SANS_REMISE_A_ZERO
@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=40))
def test_un_texte_se_plie_pareil_par_la_fonction_et_en_ligne(texte: str) -> None:
    assert _en_sql(plie("x"), texte) == _en_sql("edp_plier(x)", texte)
    if texte.isascii():
        assert _en_sql(plie("x"), texte) == plier(texte)
