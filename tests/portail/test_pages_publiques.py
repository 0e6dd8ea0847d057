"""Reading pages: no cookie, cacheable, 304 without a query, and legal pages that stand alone."""

from __future__ import annotations

import gzip
import re
import time
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.conf import settings
from django.core.cache import caches

from tests.ecoles.annuaire import ecole, plusieurs_ecoles, poser_le_pays

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import Settings

LEGALES = ("/accessibilite/", "/mentions-legales/", "/donnees-personnelles/")
LECTURE = ("/", "/ecoles/", "/ecoles/?lieu=lyon", "/ecoles/region/corse/", "/plan-du-site/", *LEGALES)


@pytest.fixture(autouse=True)
def pays(db: None) -> None:
    poser_le_pays()
    ecole("La Forge", titres=("50025439",))


@pytest.mark.parametrize("adresse", [*LECTURE, "/ecole/la-forge/"])
def test_une_page_de_lecture_ne_pose_aucun_cookie_et_se_garde(client: Client, adresse: str) -> None:
    reponse = client.get(adresse)
    assert reponse.status_code == 200
    assert not reponse.cookies
    assert reponse["Cache-Control"] == "public, s-maxage=300"
    assert "Cookie" not in reponse.get("Vary", "")
    page = reponse.content.decode()
    assert page.count("<h1") == 1
    assert '<html lang="fr">' in page
    assert 'rel="canonical" href="http://testserver/' in page


@pytest.mark.parametrize("adresse", [*LECTURE, "/ecole/la-forge/"])
def test_la_seconde_visite_repond_304_sans_requete(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, adresse: str
) -> None:
    empreinte = client.get(adresse)["ETag"]
    with django_assert_num_queries(0):
        reponse = client.get(adresse, headers={"If-None-Match": empreinte})
    assert reponse.status_code == 304
    assert reponse["ETag"] == empreinte


def test_une_page_changee_n_est_pas_un_304(client: Client) -> None:
    empreinte = client.get("/ecoles/")["ETag"]
    ecole("La Lime")
    caches["memoire"].clear()  # what a minute does
    reponse = client.get("/ecoles/", headers={"If-None-Match": empreinte})
    assert reponse.status_code == 200
    assert ">La Lime<" in reponse.content.decode()


def test_pendant_une_minute_la_page_est_rendue_une_fois(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    premiere = client.get("/ecoles/")
    ecole("La Lime")
    with django_assert_num_queries(0):
        seconde = client.get("/ecoles/")
    assert seconde.content == premiere.content
    with time_machine.travel(time.time() + 61):
        assert ">La Lime<" in client.get("/ecoles/").content.decode()


def test_qui_a_une_session_lit_la_page_telle_qu_elle_est(client: Client) -> None:
    client.get("/ecoles/")
    ecole("La Lime")
    client.cookies[settings.SESSION_COOKIE_NAME] = "une-session"
    assert ">La Lime<" in client.get("/ecoles/").content.decode()


def test_une_page_absente_ne_se_garde_pas(client: Client) -> None:
    assert client.get("/ecole/la-lime/").status_code == 404
    ecole("La Lime")
    assert client.get("/ecole/la-lime/").status_code == 200


def test_chaque_lecteur_recoit_ce_qu_il_sait_lire(client: Client) -> None:
    plusieurs_ecoles(20)
    compressee = client.get("/ecoles/", headers={"Accept-Encoding": "gzip"})
    entiere = client.get("/ecoles/")
    assert compressee["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in entiere
    assert gzip.decompress(compressee.content) == entiere.content


def test_une_page_publique_ne_s_ecrit_pas(client: Client) -> None:
    assert [client.post(adresse).status_code for adresse in LECTURE] == [405] * len(LECTURE)


def test_le_texte_part_compresse(client: Client) -> None:
    plusieurs_ecoles(20)
    reponse = client.get("/ecoles/?lieu=lyon", headers={"Accept-Encoding": "gzip"})
    assert reponse["Content-Encoding"] == "gzip"
    assert len(reponse.content) <= 15_000


@pytest.mark.parametrize("nombre", [1, 60])
def test_l_accueil_coute_trois_requetes(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, nombre: int
) -> None:
    plusieurs_ecoles(nombre)
    with django_assert_num_queries(3):
        page = client.get("/").content.decode()
    assert f"{nombre + 1}\xa0écoles" in page


def test_l_accueil_lie_chaque_region_deux_fois(client: Client) -> None:
    page = client.get("/").content.decode()
    assert page.count('href="/ecoles/region/auvergne-rhone-alpes/"') == 2
    assert "Auvergne-Rhône-Alpes : 1\xa0école" in page


def test_une_page_inconnue_est_en_francais(client: Client) -> None:
    reponse = client.get("/n-existe-pas/")
    assert reponse.status_code == 404
    assert "Cette page n’existe pas" in reponse.content.decode()


def test_la_page_de_panne_se_rend_sans_base_ni_contexte(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    from django.template.loader import get_template

    with django_assert_num_queries(0):
        page = get_template("500.html").render()
    assert "Le portail a rencontré une panne" in page


def test_l_accessibilite_ne_se_dit_pas_conforme(client: Client) -> None:
    assert "<h1>Accessibilité : non conforme</h1>" in client.get("/accessibilite/").content.decode()


def test_les_licences_des_donnees_sont_citees(client: Client) -> None:
    page = client.get("/mentions-legales/").content.decode()
    assert all(mot in page for mot in ("GeoNames", "CC BY 4.0", "Victor Cazanave", "Licence Ouverte"))


def test_les_robots_lisent_le_vrai_site_et_rien_de_la_demonstration(
    client: Client, settings: Settings
) -> None:
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()
    plan = client.get("/sitemap.xml").content.decode()
    assert "<loc>http://testserver/ecole/la-forge/</loc>" in plan
    assert "<loc>http://testserver/ecoles/region/corse/</loc>" in plan
    settings.DEMONSTRATION = True
    assert "Disallow: /\n" in client.get("/robots.txt").content.decode()
    assert "<loc>" not in client.get("/sitemap.xml").content.decode()


def test_tous_les_liens_du_plan_repondent(client: Client) -> None:
    page = client.get("/plan-du-site/").content.decode().split("<main")[1].split("</main>")[0]
    liens = set(re.findall(r'href="(/[^"]*)"', page)) - {"/admin/"}
    assert {client.get(lien).status_code for lien in liens} == {200}
