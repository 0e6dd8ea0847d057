"""A place is found as families write it, or the page says why not."""

from __future__ import annotations

import pytest

from ecoles.lieux import par_code, resoudre
from ecoles.toponymes import a_commune, de_commune, en_region
from tests.ecoles.annuaire import poser_une_ancienne_commune

pytestmark = pytest.mark.usefixtures("pays")


@pytest.mark.parametrize(
    ("ecrit", "code"),
    [
        ("Saint-Étienne", "42218"),
        ("st etienne", "42218"),
        ("  SAINT ETIENNE ", "42218"),
        ("42000", "42218"),
        ("42000 Saint-Étienne", "42218"),
        ("75011", "75111"),
        ("Paris 11e", "75111"),
        ("paris 11ème", "75111"),
        ("lyon 3", "69383"),
        ("Lyon CEDEX 03", "69123"),
        ("69331 Lyon cedex 03", "69123"),
        ("lyon 69", "69123"),
        ("97460", "97415"),
        ("2A", "2A004"),
        ("2a", "2A004"),
        ("69", "69123"),
        ("Havre", "76351"),
        ("l'abergement clemenciat", "01001"),
        ("Saint-Denis 93", "93066"),
        ("saint-denis (974)", "97411"),
        ("Saint-Denis (La Réunion)", "97411"),
        ("Saint-Denis, Réunion", "97411"),
        ("01400 L’Abergement-Clémenciat", "01001"),
    ],
)
def test_un_lieu_est_compris(ecrit: str, code: str) -> None:
    lieu = resoudre(ecrit).lieu
    assert lieu is not None
    assert lieu.code == code


def test_saint_denis_propose_le_93_et_le_974() -> None:
    resolution = resoudre("saint denis")
    assert resolution.lieu is None
    assert {"93066", "97411"} <= {code for code, _ in resolution.choix}
    assert resolution.titre == "Plusieurs communes s’appellent Saint-Denis. Laquelle est la vôtre ?"


def test_la_reunion_propose_le_departement_et_la_commune() -> None:
    assert [code for code, _ in resoudre("La Réunion").choix][:2] == ["97411", "47222"]


def test_un_code_postal_de_plusieurs_communes_le_dit() -> None:
    lieu = resoudre("01400").lieu
    assert lieu is not None
    assert "nous partons de Châtillon-sur-Chalaronne, la plus peuplée" in lieu.phrase


def test_un_zero_mange_par_un_tableur_est_rendu() -> None:
    lieu = resoudre("1400").lieu
    assert lieu is not None
    assert lieu.phrase.startswith("Nous avons lu le code postal 01400.")


@pytest.mark.parametrize(
    ("ecrit", "phrase"),
    [
        ("99999", "Aucune commune de France n’a le code postal 99999."),
        ("00000", "Aucune commune de France n’a le code postal 00000."),
        ("123", "Un code postal a cinq chiffres"),
        ("12345678", "Un code postal a cinq chiffres"),
        ("Xyzzyville", "Nous ne trouvons pas « Xyzzyville » en France."),
        ("🙂", "Écrivez le nom d’une ville"),
        ("'; DROP TABLE", "Nous ne trouvons pas"),
        ("99", "Le département 99 n’existe pas."),
        ("%", "Écrivez le nom d’une ville"),
        ("\x00", "Écrivez le nom d’une ville"),
    ],
)
def test_un_lieu_impossible_a_sa_phrase(ecrit: str, phrase: str) -> None:
    resolution = resoudre(ecrit)
    assert resolution.lieu is None
    assert resolution.erreur.startswith(phrase)


def test_un_code_cedex_seul_propose_les_villes_du_departement() -> None:
    resolution = resoudre("69331 cedex")
    assert "code CEDEX" in resolution.erreur
    assert resolution.choix[0][0] == "69123"


def test_une_faute_de_frappe_a_des_suggestions() -> None:
    assert "42218" in {code for code, _ in resoudre("sant etiene").choix}


def test_une_ancienne_commune_mene_a_la_nouvelle() -> None:
    poser_une_ancienne_commune()
    lieu = resoudre("rochetaillee fictive").lieu
    assert lieu is not None
    assert lieu.code == "42218"
    assert "fait aujourd’hui partie de Saint-Étienne" in lieu.phrase


def test_un_code_insee_inconnu_ou_tordu_ne_donne_rien() -> None:
    assert par_code("00000") is None
    assert par_code("'\x00;--") is None


def test_les_lieux_s_ecrivent_en_francais() -> None:
    assert [de_commune(n) for n in ("Lyon", "Ajaccio", "Le Havre", "Les Ulis", "La Rochelle")] == [
        "de Lyon",
        "d’Ajaccio",
        "du Havre",
        "des Ulis",
        "de La Rochelle",
    ]
    assert [a_commune(n) for n in ("Lyon", "Le Havre", "Les Ulis")] == ["à Lyon", "au Havre", "aux Ulis"]
    assert [en_region(n) for n in ("Corse", "Grand Est", "La Réunion")] == [
        "en Corse",
        "dans le Grand Est",
        "à La Réunion",
    ]
