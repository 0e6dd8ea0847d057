"""Every region has its page, also without any school."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoles.carte import carte_points, contours, projeter
from reseau.models import Region
from tests.ecoles.annuaire import ecole, plusieurs_ecoles

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.usefixtures("pays")


def test_chaque_region_a_sa_page(client: Client) -> None:
    for slug in Region.objects.values_list("slug", flat=True):
        assert client.get(f"/ecoles/region/{slug}/").status_code == 200


def test_une_region_sans_ecole_le_dit_et_donne_les_plus_proches(client: Client) -> None:
    ecole("La Forge", "69123")
    page = client.get("/ecoles/region/corse/").content.decode()
    assert "Il n’y a pas encore d’école de production en Corse." in page
    assert "Les écoles les plus proches d’Ajaccio" in page
    assert ">La Forge<" in page


def test_une_region_montre_ses_ecoles_et_non_celles_des_autres(client: Client) -> None:
    ecole("La Forge", "69123")
    ecole("Le Rabot", "76351")
    page = client.get("/ecoles/region/normandie/").content.decode()
    assert ">Le Rabot<" in page
    assert ">La Forge<" not in page


def test_une_region_inconnue_est_introuvable(client: Client) -> None:
    assert client.get("/ecoles/region/atlantide/").status_code == 404


def test_sans_aucune_ecole_la_page_tient(client: Client) -> None:
    assert "Aucune école n’est encore publiée" in client.get("/ecoles/region/corse/").content.decode()


@pytest.mark.parametrize("nombre", [14, 60])
def test_une_page_de_region_coute_trois_requetes(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, nombre: int
) -> None:
    plusieurs_ecoles(nombre)
    with django_assert_num_queries(3):
        client.get("/ecoles/region/normandie/")


def test_une_page_de_region_vide_coute_cinq_requetes(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ecole("La Forge", "69123")
    with django_assert_num_queries(5):
        client.get("/ecoles/region/corse/")


def test_la_carte_place_les_villes_ou_elles_sont() -> None:
    lyon, havre = projeter(45.75, 4.85), projeter(49.49, 0.11)
    assert lyon is not None
    assert havre is not None
    assert havre[0] < lyon[0]
    assert havre[1] < lyon[1]
    assert projeter(-20.88, 55.45) is None
    assert carte_points([(-20.88, 55.45)]) is None


def test_la_carte_ecrit_ses_nombres_avec_un_point() -> None:
    carte = carte_points([(45.75, 4.85)], (49.49, 0.11))
    assert carte is not None
    assert carte.depart is not None
    assert "," not in carte.cadre + carte.rayon + carte.points[0].x + carte.depart.y
    assert len(contours()) == 13
