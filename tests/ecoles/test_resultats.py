"""Results: each clause of their constraints, what families read, and what stays hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from ecoles.models import Resultat
from ecoles.resultats import en_mots, montrables, resultats_de
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.ecoles.annuaire import ecole, poser_le_pays
from tests.monde import Cote, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from ecoles.models import Ecole

METALLIER, MENUISIER, AGENCEUR = "50025439", "50023447", "40023405"
DEVENIR = {"en_emploi": 6, "en_formation": 4, "en_recherche": 1, "inconnus": 1}
PAGE = "/admin/ecoles/resultat/"


@pytest.fixture
def forge(db: None) -> Ecole:
    poser_le_pays()
    return ecole("La Forge", titres=(METALLIER, MENUISIER))


def declarer(ou: Ecole, **valeurs: Any) -> Resultat:
    defauts = {"annee": 2025, "effectif": 12, "source": "Relevé du jury"}
    defauts |= (
        {"indicateur": "examen", "recus": 9} if "en_emploi" not in valeurs else {"indicateur": "devenir"}
    )
    return Resultat.objects.create(ecole=ou, **(defauts | valeurs))


@pytest.mark.parametrize(
    ("valeurs", "contrainte"),
    [
        ({"effectif": 0, "recus": 0}, "resultat_de_quelqu_un"),
        ({"annee": 1999}, "resultat_annee"),
        ({"recus": None}, "resultat_examen"),
        ({"recus": 13}, "resultat_examen"),
        ({"en_emploi": 1, "indicateur": "examen", "recus": 9}, "resultat_examen"),
        (DEVENIR | {"recus": 1}, "resultat_devenir"),
        (DEVENIR | {"inconnus": None}, "resultat_devenir"),
        (DEVENIR | {"inconnus": 2}, "resultat_devenir"),
        (DEVENIR | {"effectif": 11}, "resultat_devenir"),
    ],
)
def test_un_resultat_impossible_est_refuse(forge: Ecole, valeurs: dict[str, Any], contrainte: str) -> None:
    with pytest.raises(IntegrityError, match=contrainte), transaction.atomic():
        declarer(forge, **valeurs)


def test_un_resultat_ne_se_declare_qu_une_fois(forge: Ecole) -> None:
    declarer(forge)
    declarer(forge, titre_id=METALLIER)
    declarer(forge, annee=2024)
    for doublon in ({}, {"titre_id": METALLIER}):
        with pytest.raises(IntegrityError, match="resultat_unique"), transaction.atomic():
            declarer(forge, **doublon)


def test_une_cohorte_se_dit_en_personnes(forge: Ecole) -> None:
    assert en_mots(declarer(forge)) == "12\xa0jeunes présentés en 2025\xa0: 9 reçus."
    devenir = (
        "12\xa0jeunes sortis en 2025\xa0: 6 en emploi, 4 en formation, 1 cherche, 1 dont on ne sait rien."
    )
    assert en_mots(declarer(forge, **DEVENIR)) == devenir
    seul = Resultat(indicateur="examen", annee=2025, effectif=1, recus=1)
    assert en_mots(seul) == "1\xa0jeune présenté en 2025\xa0: 1 reçu."


def test_moins_de_cinq_ne_se_montre_pas_ni_par_difference(forge: Ecole) -> None:
    grand = declarer(forge, titre_id=METALLIER, effectif=9, recus=7)
    petit = declarer(forge, titre_id=MENUISIER, effectif=3, recus=1)
    assert montrables([grand, petit]) == {grand}
    total = declarer(forge, effectif=12, recus=8)
    assert montrables([grand, petit, total]) == {total}


def test_ce_qui_manque_au_total_est_une_part_comme_une_autre(forge: Ecole) -> None:
    grand = declarer(forge, titre_id=METALLIER, effectif=9, recus=7)
    total = declarer(forge, effectif=12, recus=8)  # three others, whom nobody declared
    assert montrables([grand, total]) == {total}
    large = declarer(forge, annee=2024, effectif=20, recus=8)
    avant = declarer(forge, annee=2024, titre_id=METALLIER, effectif=9, recus=7)
    assert montrables([avant, large]) == {avant, large}


def test_un_petit_total_ne_se_montre_pas(forge: Ecole) -> None:
    assert montrables([declarer(forge, effectif=4, recus=4)]) == set()


def test_la_page_dit_la_derniere_annee_avec_sa_source(client: Client, forge: Ecole) -> None:
    declarer(forge, annee=2024, effectif=30, recus=11)
    declarer(forge, declare_le=aujourdhui())
    declarer(forge, **DEVENIR, source="Enquête de l'école")
    page = client.get("/ecole/la-forge/").content.decode()
    assert "12\xa0jeunes présentés en 2025" in page
    assert "30\xa0jeunes" not in page
    assert "Source : Relevé du jury." in page
    assert "Source : Enquête de l&#x27;école." in page
    assert "Déclaré par l’école le" in page


def test_la_page_ne_laisse_rien_voir_d_un_petit_nombre(client: Client, forge: Ecole) -> None:
    declarer(forge, effectif=3, recus=2)
    page = client.get("/ecole/la-forge/").content.decode()
    assert "3\xa0jeunes présentés" not in page
    assert "moins de 5 jeunes n’est pas montré" in page


def test_lire_les_resultats_coute_une_requete(
    forge: Ecole, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for annee in range(2015, 2026):
        declarer(forge, annee=annee, titre_id=METALLIER)
        declarer(forge, annee=annee, titre_id=MENUISIER, **DEVENIR)
    with django_assert_num_queries(1):
        assert len(resultats_de(forge)) == 2


@pytest.fixture
def monde(db: None) -> tuple[Cote, Cote]:
    ici, la_bas, _nationaux = poser_le_monde()
    return ici, la_bas


ENVOI = {
    "indicateur": "examen",
    "annee": "2024",
    "titre": "",
    "effectif": "12",
    "recus": "9",
    "source": "Relevé du jury",
    "declare_le": "01/09/2026",
}


def test_la_direction_declare_pour_son_ecole(client: Client, monde: tuple[Cote, Cote]) -> None:
    client.force_login(monde[0].personnes[Role.DIRECTION])
    envoi = ENVOI | {"ecole": str(monde[1].ecole.pk)}
    assert client.post(f"{PAGE}add/", envoi).status_code == 302
    assert Resultat.objects.get(annee=2024).ecole == monde[0].ecole


@pytest.mark.parametrize(
    ("faute", "phrase"),
    [
        ({"annee": "2099"}, "Cette année n&#x27;est pas encore venue."),
        ({"declare_le": "01/01/2099"}, "Cette date est dans le futur."),
        ({"recus": ""}, "Indiquez un nombre, 0 s&#x27;il n&#x27;y a personne."),
        ({"recus": "13"}, "pas plus que de présentés"),
        ({"inconnus": "2"}, "laissez vide"),
        ({"effectif": "-1"}, "supérieure ou égale à 0"),
        ({"titre": "99999999"}, "Sélectionnez un choix valide"),
    ],
)
def test_une_faute_a_sa_phrase(
    client: Client, monde: tuple[Cote, Cote], faute: dict[str, str], phrase: str
) -> None:
    client.force_login(monde[0].personnes[Role.DIRECTION])
    reponse = client.post(f"{PAGE}add/", ENVOI | faute)
    assert reponse.status_code == 200
    assert phrase in reponse.content.decode()
    assert not Resultat.objects.filter(ecole=monde[0].ecole).exclude(annee=2025).exists()


def test_une_autre_ecole_n_existe_pas(client: Client, monde: tuple[Cote, Cote]) -> None:
    autre = declarer(monde[1].ecole, annee=2023)
    client.force_login(monde[0].personnes[Role.DIRECTION])
    for adresse in (f"{PAGE}{autre.pk}/change/", f"{PAGE}{autre.pk}/history/"):
        assert client.get(adresse).status_code == 404
    assert "2023" not in client.get(PAGE).content.decode()
    client.force_login(monde[0].personnes[Role.MAITRE])
    assert client.post(f"{PAGE}add/", ENVOI).status_code == 403
