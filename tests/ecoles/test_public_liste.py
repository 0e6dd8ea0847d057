"""The list: always by distance, filters in the address, and never an empty page or an error."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from ecoles.models import Ecole
from tests.ecoles.annuaire import ecole, plusieurs_ecoles

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.usefixtures("pays")

METALLIER, MENUISIER, AGENCEUR = "50025439", "50023447", "40023405"


def noms(page: str) -> list[str]:
    return re.findall(r'<h3><a href="[^"]+">([^<]+)</a></h3>', page)


def lire(client: Client, adresse: str, statut: int = 200) -> str:
    reponse = client.get(adresse)
    assert reponse.status_code == statut
    return reponse.content.decode()


@pytest.fixture
def trois_ecoles(pays: None) -> None:
    ecole("Forge du Havre", "76351", (METALLIER,))
    ecole("Atelier de Lyon", "69123", (MENUISIER, AGENCEUR))
    ecole("Lime de Saint-Étienne", "42218", (METALLIER,))


@pytest.mark.usefixtures("trois_ecoles")
def test_la_plus_proche_vient_en_premier_avec_ses_kilometres(client: Client) -> None:
    page = lire(client, "/ecoles/?lieu=lyon")
    assert noms(page) == ["Atelier de Lyon", "Lime de Saint-Étienne", "Forge du Havre"]
    kilometres = re.findall(r'<span class="km">([^<]+)</span>', page)
    assert kilometres == [
        "moins de 1\xa0km",
        "50\xa0km",
        "547\xa0km",
    ]
    assert "à vol d’oiseau (plus par la route)" in page


@pytest.mark.usefixtures("trois_ecoles")
def test_sans_lieu_la_liste_est_alphabetique(client: Client) -> None:
    page = lire(client, "/ecoles/")
    assert noms(page) == ["Atelier de Lyon", "Forge du Havre", "Lime de Saint-Étienne"]
    assert "par ordre alphabétique" in page
    assert 'class="km"' not in page


def test_une_ecole_a_confirmer_vient_apres_les_autres_et_le_dit(client: Client) -> None:
    ecole("Tout près", "69123", verification="a_confirmer")
    ecole("Plus loin", "76351")
    page = lire(client, "/ecoles/?lieu=lyon")
    assert noms(page) == ["Plus loin", "Tout près"]
    assert page.count("Nous vérifions que cette école est ouverte") == 1


@pytest.mark.usefixtures("trois_ecoles")
@pytest.mark.parametrize(
    ("filtre", "attendu"),
    [
        ("metier=industrie", ["Lime de Saint-Étienne", "Forge du Havre"]),
        ("metier=industrie&metier=bois", ["Atelier de Lyon", "Lime de Saint-Étienne", "Forge du Havre"]),
        ("metier=industrie&region=normandie", ["Forge du Havre"]),
        ("niveau=bac-pro", ["Atelier de Lyon"]),
        ("niveau=4", ["Atelier de Lyon"]),
        ("niveau=cap&region=auvergne-rhone-alpes", ["Atelier de Lyon", "Lime de Saint-Étienne"]),
        ("rayon=100", ["Atelier de Lyon", "Lime de Saint-Étienne"]),
    ],
)
def test_un_groupe_ajoute_et_deux_groupes_croisent(client: Client, filtre: str, attendu: list[str]) -> None:
    assert noms(lire(client, f"/ecoles/?lieu=lyon&{filtre}")) == attendu


@pytest.mark.usefixtures("trois_ecoles")
def test_chaque_filtre_dit_combien_d_ecoles_il_laisse(client: Client) -> None:
    page = lire(client, "/ecoles/?region=auvergne-rhone-alpes&metier=industrie")
    comptes = dict(re.findall(r'value="([a-z-]+)"(?: checked)?>[^<]+<span>(\d+)</span>', page))
    assert comptes == {
        "industrie": "1",
        "bois": "1",
        "cap": "1",
        "auvergne-rhone-alpes": "1",
        "normandie": "1",
    }


@pytest.mark.usefixtures("trois_ecoles")
def test_une_puce_retire_son_filtre_et_garde_les_autres(client: Client) -> None:
    page = lire(client, "/ecoles/?lieu=lyon&metier=industrie&niveau=cap&rayon=100")
    puces = re.findall(r'class="puce" href="([^"]+)"', page)
    assert puces == [
        "/ecoles/?lieu=lyon&amp;commune=69123&amp;niveau=cap&amp;rayon=100",
        "/ecoles/?lieu=lyon&amp;commune=69123&amp;metier=industrie&amp;rayon=100",
        "/ecoles/?lieu=lyon&amp;commune=69123&amp;metier=industrie&amp;niveau=cap",
    ]


@pytest.mark.usefixtures("trois_ecoles")
def test_sans_resultat_la_distance_tombe_avant_le_metier(client: Client) -> None:
    page = lire(client, "/ecoles/?lieu=paris&metier=bois&rayon=30")
    assert "Aucune école ne correspond" in page
    assert "Les plus proches, un peu plus loin" in page
    assert noms(page) == ["Atelier de Lyon"]


@pytest.mark.usefixtures("trois_ecoles")
def test_sans_resultat_le_metier_tombe_ensuite(client: Client) -> None:
    page = lire(client, "/ecoles/?lieu=lyon&metier=terre")
    assert "Les plus proches, tous métiers confondus" in page
    assert noms(page)[0] == "Atelier de Lyon"


def test_sans_aucune_ecole_la_page_le_dit(client: Client) -> None:
    assert "Aucune école n’est encore publiée" in lire(client, "/ecoles/?lieu=lyon")


@pytest.mark.usefixtures("trois_ecoles")
def test_les_homonymes_ont_leur_choix(client: Client) -> None:
    page = lire(client, "/ecoles/?lieu=saint-denis&metier=industrie")
    assert "Plusieurs communes s’appellent Saint-Denis" in page
    assert 'href="/ecoles/?lieu=saint-denis&amp;commune=97411&amp;metier=industrie"' in page
    assert (
        noms(lire(client, "/ecoles/?lieu=saint-denis&commune=93066&metier=industrie"))[0] == "Forge du Havre"
    )


def test_un_lieu_inconnu_a_son_erreur_au_champ(client: Client) -> None:
    page = lire(client, "/ecoles/?lieu=Xyzzyville")
    assert 'aria-invalid="true" aria-describedby="lieu-erreur"' in page
    assert 'value="Xyzzyville"' in page


@pytest.mark.usefixtures("trois_ecoles")
@pytest.mark.parametrize(
    "tordu",
    [
        "rayon=abc",
        "rayon=-1",
        "rayon=31",
        "page=0",
        "page=-3",
        "page=1e3",
        "page=٣",
        "page=" + "9" * 6,
        "metier=inconnu",
        "metier=%00",
        "niveau=5",
        "region=atlantide",
        "region=%F0%9F%99%82",
        "commune=QQQQQ",
        "commune=%27%3B--",
        "lieu=lyon&rayon=NaN",
    ],
)
def test_un_parametre_tordu_est_ignore_avec_un_avis(client: Client, tordu: str) -> None:
    page = lire(client, f"/ecoles/?{tordu}")
    assert "Une partie de l’adresse a été ignorée" in page
    assert len(noms(page)) == 3


def test_un_lieu_demesure_est_coupe(client: Client) -> None:
    page = lire(client, "/ecoles/?lieu=" + "a" * 5000)
    assert "a" * 81 not in page


def test_les_balises_ecrites_dans_le_lieu_restent_du_texte(client: Client) -> None:
    page = lire(client, "/ecoles/?lieu=<script>alert(1)</script>")
    assert "<script" not in page


def test_une_page_apres_la_fin_est_introuvable_avec_un_lien(client: Client) -> None:
    plusieurs_ecoles(25)
    page = lire(client, "/ecoles/?page=3", 404)
    assert "La liste s’arrête à la page 2." in page
    assert 'href="/ecoles/"' in page
    assert len(noms(lire(client, "/ecoles/?page=2"))) == 5


def test_la_pagination_garde_le_lieu_et_les_filtres(client: Client) -> None:
    plusieurs_ecoles(25)
    page = lire(client, "/ecoles/?lieu=lyon&metier=bois")
    assert 'rel="next" href="/ecoles/?lieu=lyon&amp;commune=69123&amp;metier=bois&amp;page=2"' in page


def test_une_ecole_a_confirmer_attend_la_derniere_page(client: Client) -> None:
    ecole("Tout près", "69123", verification="a_confirmer")
    plusieurs_ecoles(20)
    assert "Tout près" not in noms(lire(client, "/ecoles/?lieu=lyon"))
    assert noms(lire(client, "/ecoles/?lieu=lyon&page=2")) == ["Tout près"]


def test_la_pagination_garde_la_region(client: Client) -> None:
    for _ in range(21):
        ecole(commune="69123")
    page = lire(client, "/ecoles/?region=auvergne-rhone-alpes&region=normandie")
    suivante = "/ecoles/?region=auvergne-rhone-alpes&amp;region=normandie&amp;page=2"
    assert f'rel="next" href="{suivante}"' in page


def test_ni_brouillon_ni_suspendue_ni_fermee_dans_la_liste(client: Client) -> None:
    ecole("École en brouillon", publication="brouillon")
    ecole("École suspendue", publication="suspendue", motif_suspension="Travaux.")
    ecole("École fermée", publication="fermee", fermee_le=date(2026, 7, 5))
    assert noms(lire(client, "/ecoles/")) == []


def test_les_ecoles_fictives_et_reelles_ne_sont_jamais_ensemble(client: Client, settings: Settings) -> None:
    ecole("École réelle")
    ecole("École inventée", fictive=True)
    assert noms(lire(client, "/ecoles/?lieu=lyon")) == ["École réelle"]
    settings.DEMONSTRATION = True
    page = lire(client, "/ecoles/?lieu=lyon")
    assert noms(page) == ["École inventée"]
    assert "<strong>Démonstration.</strong>" in page
    assert '<meta name="robots" content="noindex,nofollow">' in page


def test_une_liste_filtree_n_est_pas_indexee(client: Client) -> None:
    assert "noindex,follow" in lire(client, "/ecoles/?metier=bois")
    assert "noindex" not in lire(client, "/ecoles/")


@pytest.mark.parametrize("nombre", [5, 60])
def test_la_liste_coute_trois_requetes_quel_que_soit_le_nombre(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, nombre: int
) -> None:
    plusieurs_ecoles(nombre)
    with django_assert_num_queries(3):
        lire(client, "/ecoles/?commune=69123&metier=bois&region=auvergne-rhone-alpes&niveau=cap")
    with django_assert_num_queries(4):
        lire(client, "/ecoles/?lieu=vaulx+en+velin")


def test_vingt_ecoles_tiennent_en_sept_cents_noeuds(client: Client) -> None:
    plusieurs_ecoles(25)
    Ecole.objects.update(telephone="+33199000000", verification="a_confirmer")
    page = lire(client, "/ecoles/?lieu=lyon&metier=bois&niveau=cap&rayon=200")
    assert len(re.findall(r"<[a-z]", lire(client, "/ecoles/?lieu=lyon"))) <= 700
    assert len(page) <= 60_000
