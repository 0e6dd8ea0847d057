"""The import's door in the admin: who may, where, and what another region never gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ecoles.models import Ecole
from reseau.models import LotImport
from reseau.nombres import aujourdhui, montrer_date_courte
from reseau.roles import Role
from reseau.socle.lots import accepter, deposer
from tests.classeurs import csv, xlsx
from tests.ecoles.imports import DONNEES, ENTETE, ligne, lire_lignes, textes, verdicts
from tests.monde import Cote, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
IMPORTER = "/admin/ecoles/ecole/importer/"
type Monde = tuple[Cote, Cote, dict[Role, Any]]


@pytest.fixture
def monde() -> Monde:
    return poser_le_monde()


def _envoyer(client: Client, octets: bytes, **valeurs: Any) -> Any:
    donnees = {"fichier": ContentFile(octets, name="essai.csv"), "releve_le": "01/11/2026", **valeurs}
    return client.post(IMPORTER, donnees, follow=True)


def _page(lot: LotImport, geste: str = "change") -> str:
    return reverse(f"admin:reseau_lotimport_{geste}", args=[lot.pk])


def test_un_instructeur_n_importe_que_dans_sa_region(client: Client, monde: Monde) -> None:
    ici, la_bas, _ = monde
    client.force_login(ici.personnes[Role.INSTRUCTEUR])
    page = _envoyer(client, csv(ENTETE[:3], ("Forge", "Lyon", "69"), ("Forge", "Lille", "59")))
    lot = LotImport.objects.get()
    assert lot.regions == ["84"]
    assert verdicts(lot) == ["creer", "rejet"]
    assert "Lille est hors de votre territoire : Hauts-de-France. Ligne écartée." in textes(lot, 3)
    assert "1 à créer, 1 rejet" in page.content.decode().lower().replace("\n", " ")
    client.post(_page(lot, "accepter"))
    creee = Ecole.objects.get(nom="Forge")
    assert (creee.commune_id, creee.publication) == ("69123", "brouillon")
    assert la_bas.ecole.nom == "Atelier de la-bas"


@pytest.mark.parametrize(
    "vol",
    [
        ("Atelier volé", "Lyon", "69", "", "", "", "", "", "0134435A"),  # takes over by the UAI
        ("Atelier de la-bas", "Lille", "59", "", "", "", "1900", "", ""),  # overwrites by name and town
        ("Atelier de la-bas", "Lille", "59", "", "", "", "", "", "0134435A"),
        ("Atelier de la-bas", "Lille (59350)", "69", "", "", "", "1900", "", ""),  # says another département
    ],
)
def test_l_ecole_d_une_autre_region_ne_se_prend_pas(monde: Monde, vol: tuple[str, ...]) -> None:
    _, la_bas, _ = monde
    Ecole.objects.filter(pk=la_bas.ecole.pk).update(uai="0134435A")
    avant = Ecole.objects.values().get(pk=la_bas.ecole.pk)
    lot = lire_lignes(vol, regions=["84"])
    assert verdicts(lot) == ["rejet"]
    accepter(lot, None)
    assert Ecole.objects.values().get(pk=la_bas.ecole.pk) == avant
    assert Ecole.objects.count() == 2


def test_une_ecole_ne_sort_pas_du_territoire_par_un_demenagement(monde: Monde) -> None:
    ici, _, _ = monde
    Ecole.objects.filter(pk=ici.ecole.pk).update(uai="0134435A")
    lot = lire_lignes(("Atelier de ici", "Lille", "59", "", "", "", "", "", "0134435A"), regions=["84"])
    assert verdicts(lot) == ["rejet"]


def test_sans_territoire_rien_ne_passe(monde: Monde) -> None:
    assert verdicts(lire_lignes(("Forge", "Lyon", "69"), regions=[])) == ["rejet"]


def test_l_import_d_une_region_n_existe_pas_pour_l_autre(client: Client, monde: Monde) -> None:
    ici, la_bas, nationaux = monde
    lot = lire_lignes(("Forge", "Lyon", "69"), regions=["84"])
    national = lire_lignes(("Forge", "Lyon", "69"))
    client.force_login(la_bas.personnes[Role.INSTRUCTEUR])
    for autre in (lot, national):
        assert client.get(_page(autre)).status_code == 404
        for geste in ("accepter", "abandonner", "corriger", "reprendre"):
            assert client.post(_page(autre, geste)).status_code == 404
    assert "essai.csv" not in client.get("/admin/reseau/lotimport/").content.decode()
    client.force_login(ici.personnes[Role.INSTRUCTEUR])
    assert [client.get(_page(autre)).status_code for autre in (lot, national)] == [200, 404]
    client.force_login(nationaux[Role.ADMINISTRATEUR])
    assert [client.get(_page(autre)).status_code for autre in (lot, national)] == [200, 200]


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.INSTRUCTEUR, Role.ADMINISTRATEUR}])
def test_les_autres_roles_n_importent_pas(client: Client, monde: Monde, role: Role) -> None:
    ici, _, nationaux = monde
    client.force_login((nationaux | ici.personnes)[role])
    assert client.get(IMPORTER).status_code == 403
    assert _envoyer(client, b"x").status_code == 403
    assert not LotImport.objects.exists()


def test_l_administrateur_importe_tout_et_publie(client: Client, monde: Monde) -> None:
    _, _, nationaux = monde
    client.force_login(nationaux[Role.ADMINISTRATEUR])
    assert IMPORTER in client.get("/admin/ecoles/ecole/").content.decode()
    octets = (DONNEES / "recensement_messy.csv").read_bytes()
    page = _envoyer(client, octets, publier="on", source="Recensement").content.decode()
    assert "63 à créer, 2 à confirmer, 2 à corriger, 1 doublon, 1 rejet" in page
    assert "H9" in page
    assert "Retenir : 2021" in page
    lot = LotImport.objects.get()
    reponse = {"ligne": "9", "champ": "annee_ouverture", "valeur": "2021"}
    assert client.post(_page(lot, "corriger"), reponse, follow=True).status_code == 200
    saisie = {"ligne": "10", "champ": "nom", "saisie": "École de Bourges"}
    client.post(_page(lot, "corriger"), saisie)
    page = client.post(_page(lot, "accepter"), follow=True).content.decode()
    assert "65 créées, 3 laissées de côté, 1 doublon" in page
    assert Ecole.objects.filter(publication="publiee", source="Recensement").count() == 65


MAUVAIS = {
    "fichier": (b"", "vide"),
    "tronque": (xlsx(ENTETE, ("A", "Lyon"))[:900], "incomplet ou abîmé"),
    "sans entête": (b"69001;2020\n69002;2021", "Aucune ligne d&#x27;en-tête"),
    "seulement l'entête": (csv(ENTETE), "rien à importer"),
}


@pytest.mark.parametrize("nom", MAUVAIS)
def test_un_mauvais_fichier_a_sa_phrase_sur_la_page(client: Client, monde: Monde, nom: str) -> None:
    client.force_login(monde[0].personnes[Role.INSTRUCTEUR])
    octets, extrait = MAUVAIS[nom]
    page = _envoyer(client, octets)
    assert page.status_code == 200
    assert extrait in page.content.decode()
    assert Ecole.objects.count() == 2


def test_une_date_de_demain_et_un_fichier_trop_lourd_sont_refuses_au_champ(
    client: Client, monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(monde[0].personnes[Role.INSTRUCTEUR])
    demain = montrer_date_courte(aujourdhui().replace(year=aujourdhui().year + 1))
    page = _envoyer(client, b"Nom;Commune\nA;Lyon", releve_le=demain).content.decode()
    assert "Cette date est dans le futur" in page
    monkeypatch.setattr("reseau.socle.lots.TAILLE_MAXIMALE", 5)
    assert "Ce fichier dépasse 20 Mo" in _envoyer(client, b"Nom;Commune\nA;Lyon").content.decode()
    assert not LotImport.objects.exists()


def test_une_reponse_mal_formee_est_dite(client: Client, monde: Monde) -> None:
    client.force_login(monde[0].personnes[Role.INSTRUCTEUR])
    lot = lire_lignes(("A", "Lyon", "69"), regions=["84"])
    for reponse in (
        {},
        {"ligne": "x", "champ": "nom"},
        {"ligne": "2", "champ": "id"},
        {"ligne": "²", "champ": "nom"},
    ):
        page = client.post(_page(lot, "corriger"), reponse, follow=True)
        assert "Cette cellule n&#x27;est pas dans le fichier." in page.content.decode()
    assert client.get(_page(lot, "accepter")).status_code == 405
    assert client.get(_page(lot) + "?page=abc&voir=zut").status_code == 200
    client.post(_page(lot, "abandonner"))
    lot.refresh_from_db()
    assert (lot.etat, lot.lignes.count()) == ("abandonne", 0)


def test_une_longue_lecture_se_confie_se_suit_et_reprend(
    client: Client, monde: Monde, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    monkeypatch.setattr("reseau.socle.lots.TAILLE_IMMEDIATE", 5)
    client.force_login(monde[0].personnes[Role.INSTRUCTEUR])
    page = _envoyer(client, csv(ENTETE[:2], ("A", "Lyon"))).content.decode()
    assert "Lecture en cours : 0 lignes lues." in page
    assert "Reprendre la lecture" in page
    lot = LotImport.objects.get()
    assert "1 à créer" in client.post(_page(lot, "reprendre"), follow=True).content.decode()
    assert ligne(lot, 2).verdict == "creer"


def test_l_apercu_coute_autant_de_requetes_avec_une_ligne_qu_avec_cent(client: Client, monde: Monde) -> None:
    client.force_login(monde[0].personnes[Role.INSTRUCTEUR])
    couts = []
    client.get("/admin/reseau/lotimport/")
    for nombre in (1, 100):
        lot = lire_lignes(*[(f"É {n}", "Lyon", "69") for n in range(nombre)], regions=["84"])
        with CaptureQueriesContext(connection) as captures:
            assert client.get(_page(lot)).status_code == 200
        couts.append(len(captures))
    assert couts[0] == couts[1] <= 14


def test_le_depot_garde_le_fichier_sous_un_nom_neutre() -> None:
    lot = deposer(
        "ecoles", ContentFile(b"Nom;Commune", name="../../élèves secrets.csv"), {}, par=None, territoire=[]
    )
    assert lot.nom_fichier == "élèves secrets.csv"
    assert lot.fichier.name == f"imports/{lot.pk.hex}"
