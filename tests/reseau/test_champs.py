"""Identifiers: what is forgiven, what is refused, and with which sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from commandes.models import Client, LigneCommande
from ecoles.models import CoordonneesBancaires, Ecole
from reseau.champs import propre, uuid7


def _lire(modele: type, champ: str, saisie: str) -> str:
    lu: str = modele._meta.get_field(champ).clean(saisie, None)
    return lu


@pytest.mark.parametrize(
    "saisie", ["99000032500011", "990 000 325 00011", "990\u00a0000\u00a0325\u00a000011"]
)
def test_un_siret_se_tape_avec_des_espaces(saisie: str) -> None:
    assert _lire(Client, "siret", saisie) == "99000032500011"


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ("9900003250001", "Un SIRET a 14 chiffres, celui-ci en a 13."),
        ("99000032500012", "un chiffre est faux"),
        ("9900003250001A", "que des chiffres"),
    ],
)
def test_un_siret_faux_a_sa_phrase(saisie: str, phrase: str) -> None:
    with pytest.raises(ValidationError, match=phrase):
        _lire(Client, "siret", saisie)


def test_la_poste_a_sa_propre_somme() -> None:
    assert _lire(Client, "siret", "35600000049837") == "35600000049837"


@given(st.integers(min_value=0, max_value=13))
def test_un_chiffre_change_et_le_siret_tombe(rang: int) -> None:
    juste = "99000032500011"
    faux = juste[:rang] + str((int(juste[rang]) + 1) % 10) + juste[rang + 1 :]
    with pytest.raises(ValidationError):
        _lire(Client, "siret", faux)


@pytest.mark.parametrize("uai", ["0134435A", "0134470N", "0134435a"])
def test_un_uai_juste_passe(uai: str) -> None:
    assert _lire(Ecole, "uai", uai) == uai.upper()


def test_un_uai_faux_dit_la_lettre_attendue() -> None:
    with pytest.raises(ValidationError, match="la lettre serait A"):
        _lire(Ecole, "uai", "0134435B")


def test_un_iban_faux_est_refuse() -> None:
    assert (
        _lire(CoordonneesBancaires, "iban", "FR14 2004 1010 0505 0001 3M02 606")
        == "FR1420041010050500013M02606"
    )
    with pytest.raises(ValidationError, match="IBAN"):
        _lire(CoordonneesBancaires, "iban", "FR15 2004 1010 0505 0001 3M02 606")


@pytest.mark.parametrize(
    "saisie", ["01 99 00 12 34", "+33 1 99 00 12 34", "0033199001234", "+33 (0)1 99 00 12 34"]
)
def test_un_telephone_se_ramene_a_dix_chiffres(saisie: str) -> None:
    assert _lire(Ecole, "telephone", saisie) == "0199001234"


@pytest.mark.parametrize("saisie", ["199001234", "01990012345", "00 99 00 12 34", "bonjour"])
def test_un_telephone_impossible_est_refuse(saisie: str) -> None:
    with pytest.raises(ValidationError):
        _lire(Ecole, "telephone", saisie)


@pytest.mark.parametrize(("saisie", "lu"), [("9,9750", "9.975"), ("1\u202f234,5", "1234.5")])
def test_un_prix_se_tape_en_francais(saisie: str, lu: str) -> None:
    champ = LigneCommande._meta.get_field("prix_unitaire").formfield()
    assert champ.clean(saisie) == Decimal(lu)


@pytest.mark.parametrize("saisie", ["NaN", "1e5", "Infinity", "douze"])
def test_un_prix_qui_n_en_est_pas_un_a_sa_phrase(saisie: str) -> None:
    champ = LigneCommande._meta.get_field("prix_unitaire").formfield()
    with pytest.raises(ValidationError, match="pas un nombre"):
        champ.clean(saisie)


def test_un_prix_enregistre_se_montre_avec_une_virgule() -> None:
    champ = LigneCommande._meta.get_field("prix_unitaire").formfield()
    assert champ.prepare_value(Decimal("9.9750")) == "9,9750"


def test_les_cles_sont_de_version_7_et_croissent() -> None:
    cles = [uuid7() for _ in range(3)]
    assert {cle.version for cle in cles} == {7}
    assert sorted(cle.int >> 80 for cle in cles) == [cle.int >> 80 for cle in cles]


def test_un_texte_propre_est_compose_et_sans_controle() -> None:
    assert propre("\u00a0E\u0301cole\x00 de production \n") == "École de production"
