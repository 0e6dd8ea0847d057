"""The communes of each employment basin: found by their code, nothing created, nothing guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from reseau.models import Commune
from reseau.roles import Role
from reseau.socle.attente import lire_le_lot
from reseau.socle.lots import accepter, annuler, deposer
from tests.classeurs import csv
from tests.ecoles.imports import ligne, textes, verdicts
from tests.monde import poser_le_monde

if TYPE_CHECKING:
    from django.test import Client

    from reseau.models import LotImport

pytestmark = pytest.mark.django_db
ENTETE = ("CODGEO", "LIBGEO", "ZE2020", "LIBZE2020")
PORTE = "/admin/reseau/commune/importer/"
INCONNUE = "Le portail ne connaît pas de commune de code"
ESSAI = ("42218", "Saint-Étienne", "9901", "Bassin d'essai")


def _lire(*lignes: tuple[str, ...]) -> LotImport:
    octets = csv(ENTETE, *lignes)
    lot = deposer("bassins", ContentFile(octets, name="zones.csv"), {}, par=None, territoire=None)
    lire_le_lot(lot)
    assert lot.etat == "a_verifier", lot.refus
    return lot


def _bassin(code: str = "42218") -> tuple[str, str]:
    return Commune.objects.values_list("code_bassin", "nom_bassin").get(pk=code)


def test_une_commune_recoit_son_bassin_et_le_rend() -> None:
    lot = _lire(ESSAI)
    assert ligne(lot, 2).differences == [
        {"champ": "code_bassin", "avant": "", "apres": "9901"},
        {"champ": "bassin", "avant": "", "apres": "Bassin d'essai"},
    ]
    accepter(lot, None)
    assert _bassin() == ("9901", "Bassin d'essai")
    assert verdicts(_lire(ESSAI)) == ["inchangee"]
    annuler(lot, None)
    assert _bassin() == ("", "")


def test_le_zero_qu_un_tableur_a_mange_est_rendu() -> None:
    accepter(_lire(("1004", "Ambérieu-en-Bugey", "9902", "Plaine")), None)
    assert _bassin("01004") == ("9902", "Plaine")


@pytest.mark.parametrize(
    ("cellules", "verdict", "phrase"),
    [
        (
            ("6912", "", "1", "A"),
            "inchangee",
            "Le portail ne connaît pas de commune de code 06912 : ligne laissée.",
        ),
        (("Lyon", "", "1", "A"), "a_corriger", "« Lyon » n'est pas un code de commune, par exemple 69123."),
        (("42218", "", "12345678901", "A"), "a_corriger", "Ce code dépasse 10 caractères."),
        (("42218", "", "1", "A" * 81), "a_corriger", "Ce nom dépasse 80 caractères."),
    ],
)
def test_une_cellule_a_sa_phrase(cellules: tuple[str, ...], verdict: str, phrase: str) -> None:
    lot = _lire(cellules)
    assert (verdicts(lot), textes(lot, 2)) == ([verdict], [phrase])


def test_un_bassin_n_a_qu_un_nom_et_une_commune_une_ligne() -> None:
    lot = _lire(ESSAI, ("69123", "Lyon", "9901", "Autre nom"))
    assert verdicts(lot) == ["a_corriger", "a_corriger"]
    assert textes(lot, 3) == ["Le bassin 9901 a plusieurs noms dans ce fichier : Autre nom, Bassin d'essai."]
    assert verdicts(_lire(ESSAI, ESSAI)) == ["modifier", "doublon"]


def test_la_base_veut_le_code_et_le_nom() -> None:
    for valeurs in ({"code_bassin": "1"}, {"nom_bassin": "A"}):
        with pytest.raises(IntegrityError, match="commune_bassin_nomme"), transaction.atomic():
            Commune.objects.filter(pk="42218").update(**valeurs)


def test_seul_l_administrateur_importe_des_bassins(client: Client) -> None:
    ici, _, nationaux = poser_le_monde()
    for role in (Role.DIRECTION, Role.INSTRUCTEUR):
        client.force_login(ici.personnes[role])
        assert client.get(PORTE).status_code == 403
    client.force_login(nationaux[Role.ADMINISTRATEUR])
    assert "Importer" in client.get("/admin/reseau/commune/?q=saint etienne").content.decode()
    fichier = ContentFile(csv(ENTETE, ESSAI), name="zones.csv")
    page = client.post(PORTE, {"fichier": fichier}, follow=True)
    assert "1 à modifier" in page.content.decode()
