"""Amounts in words: the traps of French numbers, one a line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reseau.socle.lettres import entier_en_lettres, montant_en_lettres


@pytest.mark.parametrize(
    ("montant", "lettres"),
    [
        ("202200", "deux cent deux mille deux cents euros"),
        ("1190400", "un million cent quatre-vingt-dix mille quatre cents euros"),
        ("0", "zéro euro"),
        ("0.01", "un centime d'euro"),
        ("0.80", "quatre-vingts centimes d'euro"),
        ("1", "un euro"),
        ("1.01", "un euro et un centime"),
        ("2.02", "deux euros et deux centimes"),
        ("21", "vingt et un euros"),
        ("61", "soixante et un euros"),
        ("70", "soixante-dix euros"),
        ("71", "soixante et onze euros"),
        ("72", "soixante-douze euros"),
        ("79", "soixante-dix-neuf euros"),
        ("80", "quatre-vingts euros"),
        ("81", "quatre-vingt-un euros"),
        ("90", "quatre-vingt-dix euros"),
        ("91", "quatre-vingt-onze euros"),
        ("99", "quatre-vingt-dix-neuf euros"),
        ("100", "cent euros"),
        ("101", "cent un euros"),
        ("180", "cent quatre-vingts euros"),
        ("200", "deux cents euros"),
        ("201", "deux cent un euros"),
        ("1000", "mille euros"),
        ("1001", "mille un euros"),
        ("2000", "deux mille euros"),
        ("80000", "quatre-vingt mille euros"),
        ("200000", "deux cent mille euros"),
        ("280280", "deux cent quatre-vingt mille deux cent quatre-vingts euros"),
        ("1000000", "un million d'euros"),
        ("2000000", "deux millions d'euros"),
        ("1000001", "un million un euros"),
        ("80000000", "quatre-vingts millions d'euros"),
        ("200000000", "deux cents millions d'euros"),
        ("1000000000", "un milliard d'euros"),
        ("1001000000", "un milliard un million d'euros"),
        ("54904.80", "cinquante-quatre mille neuf cent quatre euros et quatre-vingts centimes"),
        ("-15922.39", "moins quinze mille neuf cent vingt-deux euros et trente-neuf centimes"),
        ("7.525", "sept euros et cinquante-trois centimes"),
    ],
)
def test_un_montant_s_ecrit_en_lettres(montant: str, lettres: str) -> None:
    assert montant_en_lettres(Decimal(montant)) == lettres


def test_deux_nombres_ne_s_ecrivent_jamais_pareil() -> None:
    ecrits = {entier_en_lettres(n) for n in (*range(100_000), *range(10**6, 10**8, 99_991))}
    assert len(ecrits) == 100_000 + len(range(10**6, 10**8, 99_991))


@pytest.mark.parametrize("montant", ["NaN", "Infinity", "1000000000000"])
def test_ce_qui_n_est_pas_un_montant_est_refuse(montant: str) -> None:
    with pytest.raises(ValueError, match="nombre|grand"):
        montant_en_lettres(Decimal(montant))
