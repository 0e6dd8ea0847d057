"""Numbers, dates and durations: what is read, what is refused, what is printed."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
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
    mois_paris,
    montrer_date,
    montrer_date_courte,
    montrer_duree,
    montrer_instant,
    montrer_montant,
    montrer_nombre,
    montrer_pourcentage,
)

if TYPE_CHECKING:
    from collections.abc import Callable

MONTANTS = st.decimals(min_value=-(10**11), max_value=10**11, places=2)


@pytest.mark.parametrize(
    ("brut", "arrondi"),
    [("7.525", "7.53"), ("-7.505", "-7.51"), ("71925.288", "71925.29"), ("0.005", "0.01"), ("2", "2.00")],
)
def test_l_arrondi_va_au_centime_le_plus_loin_de_zero(brut: str, arrondi: str) -> None:
    assert arrondi_centime(Decimal(brut)) == Decimal(arrondi)


def test_un_arrondi_nul_n_a_pas_de_signe() -> None:
    assert str(arrondi_centime(Decimal("-0.001"))) == "0.00"


def test_la_fonderie_du_plateau_a_131_mois() -> None:
    assert arrondi_centime(131 * Decimal("549.048")) == Decimal("71925.29")


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=5))
def test_l_arrondi_est_celui_de_decimal(nombre: Decimal) -> None:
    assert arrondi_centime(nombre) == nombre.quantize(Decimal("0.01"), ROUND_HALF_UP)


@pytest.mark.django_db
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(Decimal("7.525"))
@example(Decimal("-7.505"))
@example(Decimal("71925.288"))
@example(Decimal("-0.005"))
@example(Decimal("-0.001"))
@given(st.decimals(min_value=-(10**20), max_value=10**20, places=3))
def test_l_arrondi_est_celui_de_la_base(brut: Decimal) -> None:
    with connection.cursor() as curseur:
        curseur.execute("SELECT round(%s::numeric, 2)::text", [brut])
        assert curseur.fetchone()[0] == f"{arrondi_centime(brut):f}"


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
        ("0.123", "0.123"),
        ("1 234.567", "1234.567"),
        (" 131 EUR ", "131"),
        ("12,50 euros", "12.50"),
        ("-7,5", "-7.5"),
        ("\u22127,5", "-7.5"),
        ("- 1 234,5 €", "-1234.5"),
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (549.048, "549.048"),
        (99000032500011.0, "99000032500011"),
        (Decimal("9.9750"), "9.9750"),
        (3, "3"),
    ],
)
def test_un_nombre_francais_se_lit(saisie: object, lu: str) -> None:
    assert lire_decimal(saisie) == Decimal(lu)


REFUSES = (
    "NaN", "nan", "Infinity", "-inf", "1e5", "1E5", "1_000", "0x1F", "١٢", "douze",
    "", "  ", "€", ",5", "5,", "--5", "12€50", "12,5,3", "12,5.3", "1.23.456", "1,234.56",
    "12 50", "1 23,4", "12\n50", "1 2345",
    None, True, float("nan"), float("inf"), Decimal("sNaN"),
)  # fmt: skip


@pytest.mark.parametrize("saisie", REFUSES)
def test_ce_qui_n_est_pas_un_nombre_est_refuse(saisie: object) -> None:
    with pytest.raises(SaisieInvalide):
        lire_decimal(saisie)


def test_un_point_ambigu_est_refuse_avec_les_deux_lectures() -> None:
    with pytest.raises(SaisieInvalide, match="1234 ou 1,234"):
        lire_decimal("1.234")


def test_des_espaces_mal_places_ont_leur_phrase() -> None:
    with pytest.raises(SaisieInvalide, match="« 12 50 » n'est pas clair"):
        lire_decimal("12\u202f50")


@pytest.mark.parametrize("lire", [lire_decimal, lire_montant, lire_entier])
@pytest.mark.parametrize("saisie", ["9" * 16, "9" * 5000, 10**400, Decimal("1E+999999"), 1e300])
def test_un_nombre_demesure_est_refuse(lire: Callable[[object], object], saisie: object) -> None:
    with pytest.raises(SaisieInvalide, match=r"trop (grand|long)"):
        lire(saisie)


def test_un_nombre_demesure_ne_s_arrondit_pas() -> None:
    assert arrondi_centime(Decimal("9" * 25 + ".995")) == Decimal("1E+25")
    with pytest.raises(ValueError, match="trop grand"):
        arrondi_centime(Decimal("1E+25"))


@given(st.text() | st.binary() | st.floats() | st.integers() | st.decimals(allow_nan=True) | st.none())
def test_rien_de_ce_qui_se_tape_ne_casse_la_lecture(saisie: object) -> None:
    for lire in (lire_decimal, lire_montant, lire_entier, lire_date, lire_booleen):
        with suppress(SaisieInvalide):
            lire(saisie)


def test_des_decimales_sans_fin_sont_refusees() -> None:
    with pytest.raises(SaisieInvalide, match="trop long"):
        lire_decimal("0," + "1" * 60)


def test_une_phrase_ne_recopie_pas_une_page() -> None:
    with pytest.raises(SaisieInvalide) as refus:
        lire_date("a" * 5000)
    assert len(str(refus.value)) < 150


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
        ("1ER AOÛT 2024", date(2024, 8, 1)),
        ("1 aou\u0302t 2024", date(2024, 8, 1)),
        ("05.06.2024", date(2024, 6, 5)),
        (datetime(2024, 9, 1, 22, 30, tzinfo=UTC), date(2024, 9, 2)),
        (datetime(2024, 9, 1, 22, 30), date(2024, 9, 1)),  # noqa: DTZ001 (a cell of a spreadsheet)
        (datetime(2024, 9, 1, 8, 0, tzinfo=UTC), date(2024, 9, 1)),
        (date(2024, 9, 1), date(2024, 9, 1)),
    ],
)
def test_une_date_francaise_se_lit(saisie: object, jour: date) -> None:
    assert lire_date(saisie) == jour


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ("31/02/2024", "n'existe pas dans le calendrier"),
        ("29/02/2023", "n'existe pas dans le calendrier"),
        ("09/13/2024", "n'existe pas dans le calendrier"),
        ("01/09/24", "quatre chiffres"),
        ("01/09/0024", "quatre chiffres"),
        ("1er septembre 24", "quatre chiffres"),
        ("24-09-01", "quatre chiffres"),
        ("", "Indiquez une date"),
        (None, "Indiquez une date"),
        ("demain", "n'est pas une date"),
        ("1 brumaire 2024", "n'est pas une date"),
        ("2er septembre 2024", "n'est pas une date"),
        ("01/09-2024", "n'est pas une date"),
        (45536, "n'est pas une date"),
    ],
)
def test_une_date_douteuse_est_refusee(saisie: object, phrase: str) -> None:
    with pytest.raises(SaisieInvalide, match=phrase):
        lire_date(saisie)


@given(st.dates(min_value=date(1800, 1, 1)))
def test_une_date_montree_se_relit(jour: date) -> None:
    assert lire_date(montrer_date(jour)) == lire_date(montrer_date_courte(jour)) == jour


@pytest.mark.parametrize(
    ("saisie", "lu"),
    [("oui", True), ("Non", False), ("VRAI", True), (" x ", True), ("0", False), (True, True), (1.0, True)],
)
def test_oui_et_non_se_lisent(saisie: object, lu: bool) -> None:
    assert lire_booleen(saisie) is lu


@pytest.mark.parametrize("saisie", ["", None, "peut-être", "yes", 2])
def test_rien_d_autre_que_oui_et_non(saisie: object) -> None:
    with pytest.raises(SaisieInvalide, match="par oui ou par non"):
        lire_booleen(saisie)


@given(MONTANTS)
def test_un_montant_montre_se_relit(montant: Decimal) -> None:
    assert lire_montant(montrer_montant(montant)) == montant


def test_ce_qui_se_montre_est_francais() -> None:
    assert montrer_montant(Decimal("1113619.68")) == "1\u202f113\u202f619,68\u00a0€"
    assert montrer_nombre(Decimal("1E+3")) == "1\u202f000"
    assert montrer_duree(1485) == "24\u00a0h\u00a045"
    assert montrer_duree(-5) == "\u22120\u00a0h\u00a005"
    assert montrer_date(date(2024, 9, 1)) == "1er\u00a0septembre 2024"
    assert montrer_date_courte(date(2024, 9, 1)) == "01/09/2024"
    assert montrer_pourcentage(Decimal("0.36")) == "36,0\u00a0%"


def test_ce_qui_se_montre_s_arrondit_comme_l_argent() -> None:
    assert montrer_nombre(Decimal("2.345"), 2) == "2,35"
    assert montrer_nombre(Decimal("2.5"), 0) == "3"
    assert montrer_pourcentage(Decimal("0.1250"), 0) == "13\u00a0%"
    assert montrer_nombre(Decimal("-0.001"), 2) == "0,00"
    assert montrer_montant(Decimal("-0.001")) == "0,00\u00a0€"


def test_le_jour_est_celui_de_paris() -> None:
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):
        assert aujourdhui() == date(2027, 1, 1)


def test_l_exercice_est_l_annee_de_paris() -> None:
    assert exercice_de(datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)) == 2026
    assert exercice_de(datetime(2026, 12, 31, 23, 0, tzinfo=UTC)) == 2027


def test_le_mois_est_celui_de_paris() -> None:
    assert mois_paris(datetime(2026, 6, 30, 21, 59, tzinfo=UTC)) == (2026, 6)
    assert mois_paris(datetime(2026, 6, 30, 22, 0, tzinfo=UTC)) == (2026, 7)


@pytest.mark.parametrize("lire", [exercice_de, mois_paris, montrer_instant])
def test_un_instant_sans_fuseau_est_refuse(lire: Callable[[datetime], object]) -> None:
    with pytest.raises(ValueError, match="fuseau"):
        lire(datetime(2026, 12, 31, 23, 30))  # noqa: DTZ001 (what the guard refuses)


def test_un_instant_se_montre_a_l_heure_de_paris() -> None:
    assert montrer_instant(datetime(2026, 7, 1, 10, 5, tzinfo=UTC)).endswith("à 12\u00a0h\u00a005")
