"""The record of a school: what each side reads, what is missing, and what the other side may not touch."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from ecoles.models import (
    Agrement,
    Atelier,
    Ecole,
    Groupe,
    InscriptionListe,
    Label,
    Machine,
    Offre,
    Parcours,
    Reconnaissance,
    Site,
    Titre,
)
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.monde import poser_le_monde

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

    from tests.monde import Cote

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde() -> tuple[Cote, Cote, dict[Role, Any]]:
    """Two schools in two regions, and the national readers."""
    return poser_le_monde()


def _page(cote: Cote) -> str:
    return reverse("admin:ecoles_ecole_change", args=[cote.ecole.pk])


def _lire(client: Client, personne: Any, page: str) -> str:
    client.force_login(personne)
    reponse = client.get(page)
    assert reponse.status_code == 200
    return reponse.content.decode()


def test_la_direction_lit_toute_la_fiche_et_sait_ou_la_changer(client: Client, monde: Any) -> None:
    ici = monde[0]
    page = _lire(client, ici.personnes[Role.DIRECTION], _page(ici))
    for phrase in (
        "CAP Métallier", "1. CAP Métallier, 2\xa0ans", "Premiers", "Rue des Forges", "Usinage de ici",
        "Tour T1", "Reconnue par l&#x27;État : arrêté du 3 mai",
        "Liste 2024 (arrêté MENE2412345A)", "30 critères sur 34",
        "Agrément de Direction Demo : diriger l&#x27;école", "depuis le 01/09/2024", "Page publiée.",
    ):  # fmt: skip
        assert phrase in page
    for modele in (Offre, Groupe, Site):
        lien = reverse(f"admin:ecoles_{modele._meta.model_name}_change", args=[ici.lignes[modele].pk])
        assert f'href="{lien}"' in page
    for modele in (Label, Reconnaissance, InscriptionListe, Agrement):
        assert reverse(f"admin:ecoles_{modele._meta.model_name}_add") not in page


def test_l_instructeur_tient_les_actes_et_lit_le_reste(client: Client, monde: Any) -> None:
    ici = monde[0]
    page = _lire(client, ici.personnes[Role.INSTRUCTEUR], _page(ici))
    for modele in (Label, Reconnaissance, InscriptionListe, Agrement):
        assert f"{reverse(f'admin:ecoles_{modele._meta.model_name}_add')}?ecole={ici.ecole.pk}" in page
    for modele in (Offre, Groupe, Site, Machine):
        assert reverse(f"admin:ecoles_{modele._meta.model_name}_add") not in page
    assert "CAP Métallier" in page


@pytest.mark.parametrize("role", [Role.DIRECTION, Role.INSTRUCTEUR])
def test_la_fiche_ne_montre_rien_de_l_autre_ecole(client: Client, monde: Any, role: Role) -> None:
    ici, la_bas, _ = monde
    page = _lire(client, ici.personnes[role], _page(ici))
    assert "la-bas" not in page
    assert client.get(_page(la_bas)).status_code == 404


def test_ce_qui_manque_a_la_page_publique_a_son_lien(client: Client, monde: Any) -> None:
    ici = monde[0]
    page = _lire(client, ici.personnes[Role.DIRECTION], _page(ici))
    assert '<a href="#id_cout">ce que paie la famille</a>' in page
    assert 'id="id_cout"' in page
    assert "#id_telephone" not in page
    lecture = _lire(client, ici.personnes[Role.MAITRE], _page(ici))
    assert "<li>ce que paie la famille</li>" in lecture


def test_ce_qui_est_fini_reste_en_histoire(client: Client, monde: Any) -> None:
    ici = monde[0]
    Label.objects.filter(ecole=ici.ecole).update(au=aujourdhui() - timedelta(1))
    page = _lire(client, ici.personnes[Role.DIRECTION], _page(ici))
    ligne = page.split("30 critères sur 34")[0].rsplit("<li", 1)[1]
    assert 'class="passe"' in ligne
    assert page.count(">terminé<") == 1


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"publication": "brouillon"}, "Brouillon"),
        ({"publication": "suspendue", "motif_suspension": "Travaux."}, "« Travaux. »"),
        ({"publication": "fermee", "fermee_le": date(2026, 7, 5)}, "a fermé le 05/07/2026"),
    ],
)
def test_la_fiche_dit_ou_en_est_la_page(
    client: Client, monde: Any, valeurs: dict[str, Any], phrase: str
) -> None:
    ici = monde[0]
    Ecole.objects.filter(pk=ici.ecole.pk).update(**valeurs)
    assert phrase in _lire(client, ici.personnes[Role.DIRECTION], _page(ici))


def test_des_places_vieilles_et_un_diplome_qui_ferme_se_voient(client: Client, monde: Any) -> None:
    ici = monde[0]
    Offre.objects.update(places=2, places_le=aujourdhui() - timedelta(31))
    Titre.objects.filter(pk="50025439").update(ferme_le=date(2030, 8, 31), remplace_par="50023447")
    page = _lire(client, ici.personnes[Role.DIRECTION], _page(ici))
    assert "Places à vérifier : le compte a plus de 30 jours." in page
    assert "ferme le 31/08/2030 : remplacé par CAP Menuisier fabricant (50023447)" in page


def test_la_fiche_coute_autant_a_vingt_lignes(
    client: Client, monde: Any, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ici = monde[0]
    client.force_login(ici.personnes[Role.DIRECTION])
    Titre.objects.filter(pk="50025439").update(ferme_le=date(2030, 8, 31), remplace_par="50023447")
    page = _page(ici)
    _etoffer(ici, 0)
    client.get(page)
    with django_assert_max_num_queries(42) as avant:
        client.get(page)
    for n in range(1, 20):
        _etoffer(ici, n)
    with django_assert_max_num_queries(len(avant.captured_queries)):
        client.get(page)


def _etoffer(cote: Cote, n: int) -> None:
    """One more row of each kind in the record of a school."""
    site = Site.objects.create(ecole=cote.ecole, nom=f"Site {n}", commune_id=cote.commune)
    atelier = Atelier.objects.create(site=site, nom=f"Atelier {n}")
    machine = Machine.objects.create(atelier=atelier, designation="Tour", repere=f"T{n}")
    machine.travaux.add("machines")
    offre = cote.lignes[Offre]
    groupe = Groupe.objects.create(offre=offre, etape=offre.parcours.etapes.get(), annee=2026, nom=f"G{n}")
    groupe.maitres.add(cote.ecole.membres.order_by("pk")[0])
    jour = date(1990 + n, 1, 1)
    Label.objects.create(ecole=cote.ecole, evaluee_le=jour, nb_criteres=20, du=jour, au=jour + timedelta(300))
    Offre.objects.get_or_create(ecole=cote.ecole, parcours=Parcours.objects.order_by("code")[n])


def _poster(client: Client, personne: Any, modele: Any, valeurs: dict[str, Any]) -> Any:
    client.force_login(personne)
    return client.post(reverse(f"admin:ecoles_{modele._meta.model_name}_add"), valeurs)


def test_une_direction_n_ecrit_pas_dans_l_autre_ecole(client: Client, monde: Any) -> None:
    ici, la_bas, _ = monde
    direction = ici.personnes[Role.DIRECTION]
    compte = {m: m.objects.count() for m in (Site, Machine, Groupe, Offre)}
    site = {"nom": "Intrus", "ville": "59000", "ecole": la_bas.ecole.pk}
    vide = {"ateliers-TOTAL_FORMS": 0, "ateliers-INITIAL_FORMS": 0}
    _poster(client, direction, Site, site | vide)
    assert not Site.objects.filter(ecole=la_bas.ecole, nom="Intrus").exists()
    _poster(client, direction, Machine, {"atelier": la_bas.lignes[Atelier].pk, "designation": "Intruse"})
    offre = la_bas.lignes[Offre]
    groupe = {"offre": offre.pk, "etape": offre.parcours.etapes.get().pk, "annee": 2026, "nom": "Intrus"}
    _poster(client, direction, Groupe, groupe | {"nb_jeunes": 1, "nb_debutants": 0})
    _poster(client, direction, Offre, {"ecole": la_bas.ecole.pk, "parcours": "50023447"})
    for modele, nombre in compte.items():
        siennes = modele.objects.count() - nombre
        assert siennes == (1 if modele in {Site, Offre} else 0)  # written at home, or not at all
    assert Offre.objects.filter(ecole=la_bas.ecole).count() == 1


def test_un_instructeur_ne_reconnait_que_les_ecoles_de_sa_region(client: Client, monde: Any) -> None:
    ici, la_bas, _ = monde
    Reconnaissance.objects.all().delete()
    agent = ici.personnes[Role.INSTRUCTEUR]
    acte = {"acte": "arrêté du 1er juin", "signee_le": "01/06/2025", "du": "01/09/2025"}
    reponse = _poster(client, agent, Reconnaissance, acte | {"ecole": la_bas.ecole.pk})
    assert reponse.status_code == 200
    assert Reconnaissance.objects.count() == 0
    _poster(client, agent, Reconnaissance, acte | {"ecole": ici.ecole.pk})
    assert Reconnaissance.objects.get().ecole == ici.ecole


def test_un_statut_qui_chevauche_a_sa_phrase_et_ne_casse_rien(client: Client, monde: Any) -> None:
    ici = monde[0]
    label = {"ecole": ici.ecole.pk, "evaluee_le": "01/01/2025", "nb_criteres": 33, "du": "01/02/2025"}
    agent = ici.personnes[Role.INSTRUCTEUR]
    page = _poster(client, agent, Label, label).content.decode()
    assert "déjà le label à ces dates" in page
    page = _poster(client, agent, Label, label | {"au": "01/01/2025"}).content.decode()
    assert "La fin ne peut pas précéder le début." in page
    assert Label.objects.filter(ecole=ici.ecole).count() == 1


def test_un_agrement_ne_nomme_que_des_gens_du_territoire(client: Client, monde: Any) -> None:
    ici, la_bas, _ = monde
    agent = ici.personnes[Role.INSTRUCTEUR]
    valeurs = {"ecole": ici.ecole.pk, "fonction": "enseignant", "numero": "12", "du": "01/02/2026"}
    intrus = la_bas.personnes[Role.MAITRE]
    page = _poster(client, agent, Agrement, valeurs | {"utilisateur": intrus.pk})
    assert page.status_code == 200
    assert intrus.courriel not in page.content.decode()
    assert not Agrement.objects.filter(utilisateur=intrus).exists()
    _poster(client, agent, Agrement, valeurs | {"utilisateur": ici.personnes[Role.MAITRE].pk})
    assert Agrement.objects.filter(utilisateur=ici.personnes[Role.MAITRE]).exists()


def test_un_groupe_trop_grand_demande_sa_raison_et_previent_au_dela_de_douze(
    client: Client, monde: Any
) -> None:
    ici = monde[0]
    offre = ici.lignes[Offre]
    groupe = {
        "offre": offre.pk, "etape": offre.parcours.etapes.get().pk, "annee": 2026, "nom": "Seconds",
        "nb_jeunes": 15, "nb_debutants": 9, "heures_atelier": 30, "heures_cours": 5,
    }  # fmt: skip
    direction = ici.personnes[Role.DIRECTION]
    assert "14 jeunes au plus" in _poster(client, direction, Groupe, groupe).content.decode()
    _poster(client, direction, Groupe, groupe | {"nb_jeunes": 13})
    assert Groupe.objects.filter(nom="Seconds").exists()
    page = _lire(client, direction, _page(ici))
    for phrase in ("Plus de 12 jeunes : 13.", "9 pour 0", "86 % de la semaine"):
        assert phrase in page


def test_l_etape_d_un_groupe_est_de_son_parcours_a_l_ecran_aussi(client: Client, monde: Any) -> None:
    ici = monde[0]
    autre = Offre.objects.create(ecole=ici.ecole, parcours_id="50023447")
    groupe = {"offre": ici.lignes[Offre].pk, "etape": autre.parcours.etapes.get().pk, "annee": 2026}
    envoi = groupe | {"nom": "X", "nb_jeunes": 1, "nb_debutants": 0}
    page = _poster(client, ici.personnes[Role.DIRECTION], Groupe, envoi)
    assert "Cette étape n&#x27;est pas du parcours de ce groupe." in page.content.decode()


@pytest.mark.parametrize(
    ("valeurs", "refus"),
    [
        ({"capacite": 0}, "« CAP Métallier » : 1 jeune inscrit ou attendu, pour 0 place"),
        (
            {"capacite": 12, "places": 12, "places_le": "01/06/2026"},
            "au plus 11 places : 1 jeune inscrit sur 12",
        ),
        ({"places": 3}, "à quelle date les places"),
        ({"places": 3, "places_le": "01/01/2090"}, "dans le futur"),
    ],
)
def test_les_places_sont_ce_que_laissent_les_inscrits(
    client: Client, monde: Any, valeurs: dict[str, Any], refus: str
) -> None:
    ici = monde[0]
    client.force_login(ici.personnes[Role.DIRECTION])
    page = reverse("admin:ecoles_offre_change", args=[ici.lignes[Offre].pk])
    reponse = client.post(page, {"parcours": "50025439"} | valeurs)
    assert refus in reponse.content.decode()


def test_les_mois_d_entree_se_cochent(client: Client, monde: Any) -> None:
    ici = monde[0]
    client.force_login(ici.personnes[Role.DIRECTION])
    page = reverse("admin:ecoles_offre_change", args=[ici.lignes[Offre].pk])
    envoi = {"parcours": "50025439", "capacite": 12, "mois_entree": ["9", "1"]}
    assert client.post(page, envoi).status_code == 302
    assert Offre.objects.get(pk=ici.lignes[Offre].pk).mois_entree == [9, 1]


def _etapes(*lignes: tuple[int, str, int]) -> dict[str, Any]:
    envoi: dict[str, Any] = {"etapes-TOTAL_FORMS": len(lignes), "etapes-INITIAL_FORMS": 0}
    for n, (rang, titre, mois) in enumerate(lignes):
        envoi |= {f"etapes-{n}-rang": rang, f"etapes-{n}-titre": titre, f"etapes-{n}-mois": mois}
    return envoi


def test_un_parcours_se_compose_a_l_ecran(client: Client, monde: Any) -> None:
    administrateur = monde[2][Role.ADMINISTRATEUR]
    commun = {"nom": "CAP Métallier puis bac pro", "code": "metallerie", "niveau_vise": 4, "duree_mois": 36}
    faux = _etapes((1, "50025439", 24), (2, "40025406", 24))
    page = _poster(client, administrateur, Parcours, commun | faux)
    assert "48 mois d&#x27;étapes, 36 mois de parcours" in page.content.decode()
    juste = _etapes((1, "50025439", 24), (2, "40025406", 12))
    assert _poster(client, administrateur, Parcours, commun | juste).status_code == 302
    assert [e.titre_id for e in Parcours.objects.get(pk="metallerie").etapes.all()] == [
        "50025439", "40025406",
    ]  # fmt: skip
