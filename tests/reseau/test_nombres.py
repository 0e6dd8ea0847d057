"""Numbers, dates and durations: what is read, what is refused, what is printed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
import time_machine
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from reseau.nombres import (
    SaisieInvalide,
    arrondi_centime,
    aujourdhui,
    exercice_de,
    lire_booleen,
    lire_date,
    lire_decimal,
    lire_entier,
    lire_montant,
    montrer_date,
    montrer_duree,
    montrer_instant,
    montrer_montant,
    montrer_pourcentage,
)

MONTANTS = st.decimals(min_value=-(10**11), max_value=10**11, places=2)


@pytest.mark.parametrize(
    ("brut", "arrondi"),
    [("7.525", "7.53"), ("-7.505", "-7.51"), ("71925.288", "71925.29"), ("0.005", "0.01"), ("2", "2.00")],
)
def test_l_arrondi_va_au_centime_le_plus_loin_de_zero(brut: str, arrondi: str) -> None:
    assert arrondi_centime(Decimal(brut)) == Decimal(arrondi)


def test_la_fonderie_du_plateau_a_131_mois() -> None:
    assert arrondi_centime(131 * Decimal("549.048")) == Decimal("71925.29")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=5))
def test_l_arrondi_est_celui_de_decimal(nombre: Decimal) -> None:
    assert arrondi_centime(nombre) == nombre.quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.django_db
@pytest.mark.parametrize("brut", ["7.525", "-7.505", "71925.288", "0.005", "-0.005", "2.675"])
def test_l_arrondi_est_celui_de_la_base(brut: str) -> None:
    with connection.cursor() as curseur:
        curseur.execute("SELECT round(%s::numeric, 2)", [brut])
        assert curseur.fetchone()[0] == arrondi_centime(Decimal(brut))


def test_un_flottant_n_est_pas_un_montant() -> None:
    with pytest.raises(TypeError):
        arrondi_centime(12.5)  # type: ignore[arg-type]


@pytest.mark.parametrize("brut", ["NaN", "Infinity", "-Infinity"])
def test_un_non_nombre_ne_s_arrondit_pas(brut: str) -> None:
    with pytest.raises(ValueError, match="pas un nombre"):
        arrondi_centime(Decimal(brut))


@pytest.mark.parametrize(
    ("saisie", "lu"),
    [
        ("12,50", "12.50"),
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56\u00a0€", "1234.56"),
        ("1\u202f234\u202f567,8 EUR", "1234567.8"),
        ("1.234,56", "1234.56"),
        ("1.234.567", "1234567"),
        ("12.5", "12.5"),
        ("-7,5", "-7.5"),
        ("\u22127,5", "-7.5"),
        (12.5, "12.5"),
        (3, "3"),
    ],
)
def test_un_nombre_francais_se_lit(saisie: object, lu: str) -> None:
    assert lire_decimal(saisie) == Decimal(lu)


@pytest.mark.parametrize(
    "saisie",
    [
        "NaN",
        "nan",
        "Infinity",
        "-inf",
        "1e5",
        "1E5",
        "12,5,3",
        "12,5.3",
        "",
        "  ",
        "douze",
        "1_000",
        "0x1F",
        "١٢",
        True,
        float("nan"),
        float("inf"),
    ],
)
def test_ce_qui_n_est_pas_un_nombre_est_refuse(saisie: object) -> None:
    with pytest.raises(SaisieInvalide):
        lire_decimal(saisie)


def test_un_point_ambigu_est_refuse_avec_les_deux_lectures() -> None:
    with pytest.raises(SaisieInvalide, match="1234 ou 1,234"):
        lire_decimal("1.234")


def test_un_montant_a_deux_decimales() -> None:
    with pytest.raises(SaisieInvalide, match="deux décimales"):
        lire_montant("12,505")


def test_un_entier_n_est_jamais_coupe() -> None:
    assert lire_entier("12,0") == 12
    with pytest.raises(SaisieInvalide, match="entier"):
        lire_entier("12,5")


@pytest.mark.parametrize(
    ("saisie", "jour"),
    [
        ("01/09/2024", date(2024, 9, 1)),
        ("1-9-2024", date(2024, 9, 1)),
        ("2024-09-01", date(2024, 9, 1)),
        ("1er septembre 2024", date(2024, 9, 1)),
        ("1 sept. 2024", date(2024, 9, 1)),
        ("29\u00a0février\u00a02024", date(2024, 2, 29)),
        (datetime(2024, 9, 1, 8, 0, tzinfo=UTC), date(2024, 9, 1)),
        (date(2024, 9, 1), date(2024, 9, 1)),
    ],
)
def test_une_date_francaise_se_lit(saisie: object, jour: date) -> None:
    assert lire_date(saisie) == jour


@pytest.mark.parametrize(
    "saisie", ["31/02/2024", "29/02/2023", "13/13/2024", "01/09/24", "", "demain", "1 brumaire 2024"]
)
def test_une_date_douteuse_est_refusee(saisie: str) -> None:
    with pytest.raises(SaisieInvalide):
        lire_date(saisie)


@pytest.mark.parametrize(
    ("saisie", "lu"), [("oui", True), ("Non", False), ("x", True), ("0", False), (True, True)]
)
def test_oui_et_non_se_lisent(saisie: object, lu: bool) -> None:
    assert lire_booleen(saisie) is lu


@pytest.mark.parametrize("saisie", ["", "peut-être", "yes", 2])
def test_rien_d_autre_que_oui_et_non(saisie: object) -> None:
    with pytest.raises(SaisieInvalide):
        lire_booleen(saisie)


@given(MONTANTS)
def test_un_montant_montre_se_relit(montant: Decimal) -> None:
    assert lire_montant(montrer_montant(montant)) == montant


def test_ce_qui_se_montre_est_francais() -> None:
    assert montrer_montant(Decimal("1113619.68")) == "1\u202f113\u202f619,68\u00a0€"
    assert montrer_duree(1485) == "24\u00a0h\u00a045"
    assert montrer_date(date(2024, 9, 1)) == "1er\u00a0septembre 2024"
    assert montrer_pourcentage(Decimal("0.36")) == "36,0\u00a0%"


def test_le_jour_est_celui_de_paris() -> None:
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):
        assert aujourdhui() == date(2027, 1, 1)


def test_l_exercice_est_l_annee_de_paris() -> None:
    assert exercice_de(datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)) == 2026
    assert exercice_de(datetime(2026, 12, 31, 23, 0, tzinfo=UTC)) == 2027


def test_un_instant_se_montre_a_l_heure_de_paris() -> None:
    assert montrer_instant(datetime(2026, 7, 1, 10, 5, tzinfo=UTC)).endswith("à 12\u00a0h\u00a005")
