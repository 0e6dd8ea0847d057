"""The doors by which an admin leaks, each tried on a page that does nothing by itself to close it.

The page below is what a hurried developer writes: every key in its form, every relation in its filters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import RequestFactory
from django.urls import include, path

from commandes.models import Client as Clientele
from commandes.models import Commande
from ecoles.models import Ecole, Offre
from reseau.champs import uuid7
from reseau.portail.site import Portail
from reseau.roles import Role
from reseau.socle.portee import AdminPortee, InlinePortee, visibles
from tests.monde import Cote, compte, poser_le_monde

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.test import Client

    from reseau.models import Utilisateur

HASARD = re.compile(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"')  # what changes at each page
CLIENTS = "/essai/commandes/client/"
COMMANDES = "/essai/commandes/commande/"
OFFRES = "/essai/ecoles/offre/"


class Commandes(InlinePortee):
    model = Commande
    fields = ("intitule",)


class PageClient(AdminPortee):
    fields = ("ecole", "nom", "courriel")
    list_display = ("nom", "ecole")
    list_filter = ("ecole",)
    search_fields = ("nom", "ecole__nom")
    actions = ("renommer",)
    inlines = (Commandes,)

    @admin.action(description="Renommer")
    def renommer(self, request: HttpRequest, queryset: Any) -> None:
        """Change whatever the list gives."""
        queryset.update(nom="renommé")


class PageCommande(AdminPortee):
    fields = ("client", "intitule")
    autocomplete_fields = ("client",)


class PageEcole(AdminPortee):
    search_fields = ("nom",)


class PageOffre(AdminPortee):
    fields = ("capacite",)
    list_filter = ("parcours",)


site = Portail(name="essai")
site.register(Clientele, PageClient)
site.register(Commande, PageCommande)
site.register(Ecole, PageEcole)
site.register(Offre, PageOffre)
urlpatterns = [path("essai/", site.urls), path("", include("reseau.urls"))]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]

VIDE = {"commandes-TOTAL_FORMS": "0", "commandes-INITIAL_FORMS": "0"}


@pytest.fixture
def monde() -> tuple[Cote, Cote]:
    return poser_le_monde(execution=True)[:2]


@pytest.fixture
def ici(monde: tuple[Cote, Cote], client: Client) -> Cote:
    client.force_login(monde[0].personnes[Role.DIRECTION])
    return monde[0]


@pytest.fixture
def la_bas(monde: tuple[Cote, Cote]) -> Cote:
    return monde[1]


def _cle(cote: Cote, modele: type = Clientele) -> Any:
    return cote.lignes[modele].pk


def _texte(client: Client, adresse: str) -> str:
    return client.get(adresse).content.decode()


def test_la_liste_ne_montre_que_les_siens(client: Client, ici: Cote, la_bas: Cote) -> None:
    page = _texte(client, CLIENTS)
    assert "Mécanique de ici" in page
    assert "la-bas" not in page


@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_une_fiche_d_ailleurs_n_existe_pas(client: Client, ici: Cote, la_bas: Cote, page: str) -> None:
    ailleurs = client.get(f"{CLIENTS}{_cle(la_bas)}/{page}/")
    inconnue = client.get(f"{CLIENTS}{uuid7()}/{page}/")
    assert ailleurs.status_code == inconnue.status_code
    assert ailleurs.status_code == (403 if page == "delete" else 404)
    assert client.get(f"{CLIENTS}{_cle(ici)}/change/").status_code == 200


def test_le_filtre_ne_nomme_pas_les_autres(client: Client, ici: Cote, la_bas: Cote) -> None:
    lignes = PageClient(Clientele, site).get_list_filter(RequestFactory().get("/"))
    assert lignes[0][0] == "ecole"
    Ecole.objects.create(nom="Atelier tiers", slug="tiers", commune_id="42218")
    page = _texte(client, CLIENTS)
    assert "Atelier tiers" not in page
    assert "Atelier de la-bas" not in page


def test_les_listes_deroulantes_ne_nomment_pas_les_autres(client: Client, ici: Cote, la_bas: Cote) -> None:
    page = _texte(client, f"{CLIENTS}add/")
    assert "Atelier de ici" in page
    assert "Atelier de la-bas" not in page
    assert str(la_bas.ecole.pk) not in page


def test_une_cle_d_ailleurs_ne_se_poste_pas(client: Client, ici: Cote, la_bas: Cote) -> None:
    nb = Clientele.objects.count()
    reponse = client.post(f"{CLIENTS}add/", {"ecole": la_bas.ecole.pk, "nom": "Intrus", **VIDE})
    assert reponse.status_code == 200
    assert "Sélectionnez un choix valide" in reponse.content.decode()
    assert Clientele.objects.count() == nb


def test_une_fiche_ne_part_pas_ailleurs(client: Client, ici: Cote, la_bas: Cote) -> None:
    donnees = {"ecole": la_bas.ecole.pk, "nom": "Parti", **VIDE}
    assert client.post(f"{CLIENTS}{_cle(ici)}/change/", donnees).status_code == 200
    assert Clientele.objects.get(pk=_cle(ici)).ecole == ici.ecole


def test_une_fiche_d_ailleurs_ne_se_poste_pas(client: Client, ici: Cote, la_bas: Cote) -> None:
    donnees = {"ecole": ici.ecole.pk, "nom": "Pris", **VIDE}
    assert client.post(f"{CLIENTS}{_cle(la_bas)}/change/", donnees).status_code == 404
    assert Clientele.objects.get(pk=_cle(la_bas)).nom == "Mécanique de la-bas"


def test_une_cle_d_ailleurs_ne_se_complete_pas(client: Client, ici: Cote, la_bas: Cote) -> None:
    adresse = "/essai/autocomplete/?app_label=commandes&model_name=commande&field_name=client&term="
    assert [r["text"] for r in client.get(adresse).json()["results"]] == ["Mécanique de ici"]
    donnees = {"client": _cle(la_bas), "intitule": "Pièce"}
    reponse = client.post(f"{COMMANDES}{_cle(ici, Commande)}/change/", donnees)
    assert "Sélectionnez un choix valide" in reponse.content.decode()
    assert Commande.objects.get(pk=_cle(ici, Commande)).client_id == _cle(ici)


def test_une_ligne_d_ailleurs_ne_se_glisse_pas_dans_un_formulaire(
    client: Client, ici: Cote, la_bas: Cote
) -> None:
    donnees = {
        "ecole": ici.ecole.pk,
        "nom": "Mécanique de ici",
        "commandes-TOTAL_FORMS": "1",
        "commandes-INITIAL_FORMS": "1",
        "commandes-0-id": _cle(la_bas, Commande),
        "commandes-0-client": _cle(ici),
        "commandes-0-intitule": "Volée",
    }
    client.post(f"{CLIENTS}{_cle(ici)}/change/", donnees)
    autre = Commande.objects.get(pk=_cle(la_bas, Commande))
    assert (autre.intitule, autre.client_id) == ("40 bagues", _cle(la_bas))


def test_la_question_posee_dans_l_adresse_ne_repond_pas(client: Client, ici: Cote, la_bas: Cote) -> None:
    """The key of another and a key of nobody get the same answer, letter for letter."""
    for question in ("ecole__id__exact", "ecole", "ecole__pk__exact"):
        pages = []
        for cle in (la_bas.ecole.pk, uuid7()):
            page = _texte(client, f"{CLIENTS}?{question}={cle}")
            pages.append(HASARD.sub("", page.replace(str(cle), "…")))
        assert pages[0] == pages[1]
        assert "la-bas" not in pages[0]
    refus = client.get(f"{CLIENTS}?ecole__equipe__utilisateur__courriel__startswith=a")
    assert refus.status_code in (302, 400)


def test_la_recherche_par_une_relation_reste_chez_soi(client: Client, ici: Cote, la_bas: Cote) -> None:
    assert "Mécanique de la-bas" not in _texte(client, f"{CLIENTS}?q=la-bas")
    assert "Mécanique de ici" in _texte(client, f"{CLIENTS}?q=ici")


def test_une_action_groupee_ne_touche_pas_les_autres(client: Client, ici: Cote, la_bas: Cote) -> None:
    client.post(CLIENTS, {"action": "renommer", "_selected_action": [_cle(ici), _cle(la_bas)]})
    assert Clientele.objects.get(pk=_cle(ici)).nom == "renommé"
    assert Clientele.objects.get(pk=_cle(la_bas)).nom == "Mécanique de la-bas"


def test_rien_ne_se_supprime_par_lot(client: Client, ici: Cote) -> None:
    """Even what the matrix lets this person delete one by one."""
    cle = _cle(ici, Offre)
    assert client.get(f"{OFFRES}{cle}/delete/").status_code == 200
    client.post(OFFRES, {"action": "delete_selected", "_selected_action": [cle], "post": "yes"})
    assert Offre.objects.filter(pk=cle).exists()
    assert "delete_selected" not in _texte(client, OFFRES)


def test_une_ligne_qui_sort_du_territoire_reprend_tout(
    client: Client, ici: Cote, la_bas: Cote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a page's own code did, the row is looked at once written."""

    def ailleurs(_page: Any, _request: HttpRequest, form: Any, change: bool) -> Clientele:
        fiche: Clientele = form.save(commit=False)
        fiche.ecole = la_bas.ecole
        return fiche

    monkeypatch.setattr(PageClient, "save_form", ailleurs)
    nb = Clientele.objects.count()
    donnees = {"ecole": ici.ecole.pk, "nom": "Glissé", **VIDE}
    assert client.post(f"{CLIENTS}add/", donnees).status_code == 403
    assert Clientele.objects.count() == nb


def test_une_nouvelle_ligne_qui_porte_la_cle_d_une_autre_ne_la_prend_pas(
    client: Client, ici: Cote, la_bas: Cote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``save()`` of a "new" row with an existing key is an UPDATE: the sixth door."""

    def prise(_page: Any, _request: HttpRequest, form: Any, change: bool) -> Clientele:
        fiche: Clientele = form.save(commit=False)
        fiche.pk = _cle(la_bas)
        return fiche

    monkeypatch.setattr(PageClient, "save_form", prise)
    donnees = {"ecole": ici.ecole.pk, "nom": "Pris", **VIDE}
    assert client.post(f"{CLIENTS}add/", donnees).status_code == 403
    assert Clientele.objects.get(pk=_cle(la_bas)).ecole == la_bas.ecole


def test_un_modele_qui_ne_dit_pas_qui_le_voit_ne_montre_rien(rf: RequestFactory, ici: Cote) -> None:
    requete = rf.get("/")
    requete.user = ici.personnes[Role.DIRECTION]
    Session.objects.create(session_key="s", expire_date="2099-01-01T00:00Z")
    assert not visibles(Session, requete).exists()
    assert not AdminPortee(Session, site).get_queryset(requete).exists()


def test_plusieurs_cles_se_bornent_aussi(rf: RequestFactory, ici: Cote) -> None:
    champ = Ecole._meta.get_field("filieres")
    for personne, nombre in ((ici.personnes[Role.DIRECTION], 6), (compte("sans@role.invalid"), 0)):
        requete = rf.get("/")
        requete.user = personne
        borne = PageEcole(Ecole, site).formfield_for_manytomany(champ, requete)
        assert borne.queryset.count() == nombre


def test_l_historique_et_l_accueil_ne_parlent_pas_des_autres(client: Client, ici: Cote, la_bas: Cote) -> None:
    autre: Utilisateur = la_bas.personnes[Role.DIRECTION]
    LogEntry.objects.log_actions(
        autre.pk, Clientele.objects.filter(pk=_cle(la_bas)), 2, "", single_object=True
    )
    for page in ("/essai/", f"{CLIENTS}{_cle(ici)}/history/"):
        assert "la-bas" not in _texte(client, page)


def test_l_adresse_qui_dit_ce_qui_existe_n_existe_pas() -> None:
    """Django's redirection by content type answers for any object of any school."""
    assert "view_on_site" not in {getattr(url, "name", "") for url in site.get_urls()}


@pytest.mark.parametrize("nombre", [1, 20])
def test_la_liste_coute_pareil_a_toute_taille(
    client: Client, ici: Cote, django_assert_max_num_queries: Any, nombre: int
) -> None:
    Clientele.objects.bulk_create(Clientele(ecole=ici.ecole, nom=f"Client {n}") for n in range(nombre))
    with django_assert_max_num_queries(11):
        assert client.get(CLIENTS).status_code == 200


def test_le_site_ne_prend_que_des_pages_bornees() -> None:
    autre = Portail(name="autre")
    autre.register(Clientele, admin.ModelAdmin)
    autre.register(Commande)
    assert autre._registry == {}
