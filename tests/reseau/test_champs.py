"""Identifiers: what is forgiven, what is refused, and with which sentence."""

from __future__ import annotations

from decimal import Decimal
from uuid import RFC_4122

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db.migrations.writer import MigrationWriter
from hypothesis import given
from hypothesis import strategies as st

from commandes.models import Client, LigneCommande
from ecoles.models import CoordonneesBancaires, Ecole
from reseau.champs import (
    ChampCodePostal,
    ChampIban,
    ChampMontant,
    ChampRna,
    ChampSiren,
    ChampSiret,
    ChampTaux,
    ChampTelephone,
    ChampUai,
    departement_de_uai,
    montrer_telephone,
    propre,
    uuid7,
)

CHAMPS = (
    ChampCodePostal, ChampIban, ChampMontant, ChampRna, ChampSiren,
    ChampSiret, ChampTaux, ChampTelephone, ChampUai,
)  # fmt: skip


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
        ("9900003250001\u0661", "que des chiffres"),
        ("99000032500011 ?", "que des chiffres"),
    ],
)
def test_un_siret_faux_a_sa_phrase(saisie: str, phrase: str) -> None:
    with pytest.raises(ValidationError, match=phrase):
        _lire(Client, "siret", saisie)


@pytest.mark.parametrize("siret", ["35600000049837", "35600000000048"])
def test_la_poste_a_sa_propre_somme(siret: str) -> None:
    assert _lire(Client, "siret", siret) == siret


@pytest.mark.parametrize("siret", ["35600000049838", "35600000000055"])
def test_la_poste_n_a_pas_tous_les_siret(siret: str) -> None:
    with pytest.raises(ValidationError, match="un chiffre est faux"):
        _lire(Client, "siret", siret)


def test_un_formulaire_sans_modele_verifie_aussi() -> None:
    champ = ChampSiret().formfield()
    assert champ.clean(" 990 000 325 00011 ") == "99000032500011"
    assert "maxlength" not in champ.widget.attrs
    with pytest.raises(ValidationError, match="celui-ci en a 13"):
        champ.clean("9900003250001")
    with pytest.raises(ValidationError, match="obligatoire"):
        champ.clean(" - ")


def test_un_identifiant_vide_reste_vide_ou_nul() -> None:
    assert ChampUai(blank=True).formfield().clean(" - ") == ""
    assert ChampUai(blank=True, null=True).formfield().clean(" - ") is None


def test_un_formulaire_de_modele_dit_la_phrase_une_fois_a_sa_place() -> None:
    formulaire = forms.modelform_factory(Client, fields=["siret"])({"siret": "9900003250001"})
    assert formulaire.errors == {"siret": ["Un SIRET a 14 chiffres, celui-ci en a 13."]}


@given(st.integers(min_value=0, max_value=13))
def test_un_chiffre_change_et_le_siret_tombe(rang: int) -> None:
    juste = "99000032500011"
    faux = juste[:rang] + str((int(juste[rang]) + 1) % 10) + juste[rang + 1 :]
    with pytest.raises(ValidationError):
        _lire(Client, "siret", faux)


@pytest.mark.parametrize("uai", ["0134435A", "0134470N", "0134435a", "6200001G", "7200009X"])
def test_un_uai_juste_passe(uai: str) -> None:
    assert _lire(Ecole, "uai", uai) == uai.upper()


def test_un_uai_faux_dit_la_lettre_attendue() -> None:
    with pytest.raises(ValidationError, match="la lettre serait A"):
        _lire(Ecole, "uai", "0134435B")


@pytest.mark.parametrize("uai", ["013443A", "0134435", "013443A5", "٠١٣٤٤٣٥A", "0134435AA"])
def test_un_uai_mal_forme_est_refuse(uai: str) -> None:
    with pytest.raises(ValidationError, match="sept chiffres et une lettre"):
        _lire(Ecole, "uai", uai)


@pytest.mark.parametrize(
    ("uai", "departement"),
    [("0134435A", "13"), ("0010001W", "01"), ("6200001G", "2A"), ("7200009X", "2B"), ("9740001A", "974")],
)
def test_un_uai_dit_son_departement(uai: str, departement: str) -> None:
    assert departement_de_uai(uai) == departement


@pytest.mark.parametrize("rna", ["W131000123", "w13 1000123", "W2A1000123", "W9R1000123"])
def test_un_rna_juste_passe(rna: str) -> None:
    assert ChampRna().clean(rna, None) == rna.replace(" ", "").upper()


@pytest.mark.parametrize("rna", ["131000123", "W13100012", "W1310001234", "X131000123", "W13100012A"])
def test_un_rna_faux_a_sa_phrase(rna: str) -> None:
    with pytest.raises(ValidationError, match="commence par W"):
        ChampRna().clean(rna, None)


def test_un_code_postal_garde_son_zero() -> None:
    assert ChampCodePostal().clean("01 000", None) == "01000"
    with pytest.raises(ValidationError, match="Un code postal a 5 chiffres, celui-ci en a 4"):
        ChampCodePostal().clean("1000", None)


def test_un_siren_faux_est_refuse() -> None:
    assert ChampSiren().clean("990 000 325", None) == "990000325"
    with pytest.raises(ValidationError, match="un chiffre est faux"):
        ChampSiren().clean("990000326", None)


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
    assert montrer_telephone("0199001234") == "01\u00a099\u00a000\u00a012\u00a034"


def test_un_telephone_d_outre_mer_se_ramene_aussi() -> None:
    assert _lire(Ecole, "telephone", "+262 639 98 12 34") == "0639981234"


@pytest.mark.parametrize(
    "saisie",
    [
        "199001234",
        "01990012345",
        "00 99 00 12 34",
        "bonjour",
        "+41 22 900 12 34",
        "+33 19900123",
        "019900123\u0664",
    ],
)
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


def test_un_montant_vide_est_vide_et_un_negatif_passe() -> None:
    champ = ChampMontant(blank=True, null=True).formfield()
    assert champ.clean(" \u00a0") is None
    assert champ.clean("-1 234,50 €") == Decimal("-1234.50")


@pytest.mark.parametrize(
    ("champ", "saisie", "phrase"),
    [
        (ChampMontant(), "12,505", "2 chiffres après la virgule"),
        (ChampTaux(), "1,00001", "4 chiffres après la virgule"),
        (ChampMontant(), "9" * 13, "12 chiffres avant la virgule"),
        (ChampMontant(), "9" * 60, "trop long"),
        (ChampMontant(), "12 50", "n'est pas clair"),
        (ChampMontant(), "", "obligatoire"),
    ],
)
def test_un_montant_refuse_a_sa_phrase(champ: ChampMontant, saisie: str, phrase: str) -> None:
    with pytest.raises(ValidationError, match=phrase):
        champ.formfield().clean(saisie)


def test_un_prix_retape_n_est_pas_un_changement() -> None:
    champ = LigneCommande._meta.get_field("prix_unitaire").formfield()
    assert not champ.has_changed(Decimal("1234.5000"), "1\u202f234,5")


@pytest.mark.parametrize("classe", CHAMPS)
def test_une_migration_ne_depend_pas_de_la_taille(classe: type) -> None:
    texte, imports = MigrationWriter.serialize(classe("un nom", blank=True))
    assert texte == f"reseau.champs.{classe.__name__}(blank=True, verbose_name='un nom')"
    assert imports == {"import reseau.champs"}
    copie = classe("un nom").clone()
    assert (copie.max_length, getattr(copie, "decimal_places", None)) == (
        classe().max_length, getattr(classe(), "decimal_places", None),
    )  # fmt: skip


def test_un_prix_enregistre_se_montre_avec_une_virgule() -> None:
    champ = LigneCommande._meta.get_field("prix_unitaire").formfield()
    assert champ.prepare_value(Decimal("9.9750")) == "9,9750"


def test_les_cles_suivent_la_norme_et_ne_se_repetent_pas() -> None:
    cles = [uuid7() for _ in range(1000)]
    assert {(cle.version, cle.variant) for cle in cles} == {(7, RFC_4122)}
    assert len(set(cles)) == 1000


def test_les_cles_croissent_dans_la_milliseconde(monkeypatch: pytest.MonkeyPatch) -> None:
    instants = iter(range(1_790_000_000_000_000_000, 1_790_000_000_002_000_000, 1000))
    monkeypatch.setattr("reseau.champs.time.time_ns", lambda: next(instants))
    cles = [uuid7() for _ in range(2000)]
    assert cles == sorted(cles)
    assert cles[0].int >> 80 == 1_790_000_000_000


def test_un_texte_propre_est_compose_et_sans_controle() -> None:
    assert propre("\u00a0E\u0301cole\x00 de production \n") == "École de production"
    assert propre("E\u200b\u0301cole") == "École"


@given(st.text())
def test_un_texte_propre_le_reste(texte: str) -> None:
    assert propre(propre(texte)) == propre(texte)
