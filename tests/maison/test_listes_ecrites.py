"""The lists of the admin are written plainly: what they show is what Django's own tags would show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.admin.templatetags.admin_list import admin_list_filter, result_list
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve

from commandes.models import Client as Clientele
from commandes.models import Commande
from ecoles.models import Ecole, Offre
from financements.admin.liste import FiltreEtape
from financements.models import Demande
from reseau.admin.balises import filtre, tableau
from reseau.models import Utilisateur
from reseau.roles import Role
from tests.monde import poser_le_monde

if TYPE_CHECKING:
    from django.test import Client

HOSTILE = """Atelier <b>d'ici</b> & "là"[0]"""
ADRESSES = ({}, {"o": "-1.2"}, {"o": "2"})


@pytest.fixture
def superieur(db: None) -> Utilisateur:
    poser_le_monde(execution=True)
    Ecole.objects.filter(slug="atelier-ici").update(nom=HOSTILE)
    Clientele.objects.update(nom=HOSTILE)
    return Utilisateur.objects.create_superuser("racine@demo.invalid", "motdepasse")


def _liste(page: Any, qui: Utilisateur, parametres: dict[str, str]) -> Any:
    requete = RequestFactory().get("/", parametres)
    requete.user = qui
    return page.get_changelist_instance(requete)


def _serrer(html: str) -> str:
    """Only what is shown: spaces between two tags are nothing."""
    html = re.sub(r"\s+", " ", html).strip()
    return re.sub(r"(?<=>) | (?=<)", "", html)


@pytest.mark.parametrize("parametres", ADRESSES)
def test_chaque_liste_est_celle_que_django_ecrirait(
    superieur: Utilisateur, parametres: dict[str, str]
) -> None:
    comparees, filtres = 0, 0
    for page in admin.site._registry.values():
        assert not page.list_editable, "une liste se lit : rien ne s'y tape"
        assert set(page.media._js) <= set(ModelAdmin.media.fget(page)._js), (
            "une liste ne charge que ses scripts"
        )
        cl = _liste(page, superieur, parametres)
        ecrite = render_to_string("admin/change_list_results.html", result_list(cl))
        assert _serrer(tableau(cl)) == _serrer(ecrite), page
        comparees += bool(cl.result_count)
        for choix in cl.filter_specs:
            assert _serrer(filtre(cl, choix)) == _serrer(admin_list_filter(cl, choix)), (page, choix)
            filtres += 1
    assert comparees > 30, "presque toutes les listes ont une ligne"
    assert filtres > 15


@pytest.mark.parametrize("role", [Role.INSTRUCTEUR, Role.DIRECTION])
def test_chaque_cote_a_ses_colonnes_et_elles_sont_celles_de_django(db: None, role: Role) -> None:
    qui = poser_le_monde(execution=True)[0].personnes[role]
    comparees = 0
    for page in admin.site._registry.values():
        requete = RequestFactory().get("/")
        requete.user = qui
        if page.has_view_permission(requete):
            cl = page.get_changelist_instance(requete)
            ecrite = render_to_string("admin/change_list_results.html", result_list(cl))
            assert _serrer(tableau(cl)) == _serrer(ecrite), page
            comparees += bool(cl.result_count)
    assert comparees > 8


@pytest.mark.parametrize("parametres", [{}, {"etape": "moi"}, {"q": "rives", "exercice": "2026", "o": "2"}])
def test_les_etapes_menent_ou_django_menerait(superieur: Utilisateur, parametres: dict[str, str]) -> None:
    cl = _liste(admin.site._registry[Demande], superieur, parametres)
    etapes = next(choix for choix in cl.filter_specs if isinstance(choix, FiltreEtape))
    lues, attendues = list(etapes.choices(cl)), list(admin.SimpleListFilter.choices(etapes, cl))
    assert len(lues) == len(attendues)
    for lue, attendue in zip(lues, attendues, strict=True):
        assert lue["selected"] == attendue["selected"]
        assert QueryDict(lue["query_string"][1:]) == QueryDict(attendue["query_string"][1:])


def test_une_ligne_garde_les_filtres_pour_revenir(superieur: Utilisateur) -> None:
    page = admin.site._registry[Commande]
    etat, intitule = Commande.objects.values_list("etat", "intitule")[0]
    requete = RequestFactory().get("/admin/commandes/commande/", {"etat": etat, "q": f"<{intitule}> &"})
    requete.user = superieur
    requete.resolver_match = resolve("/admin/commandes/commande/")
    cl = page.get_changelist_instance(requete)
    assert cl.result_count
    ecrite = tableau(cl)
    assert f"?_changelist_filters=etat%3D{etat}%26q%3D%253C" in ecrite
    assert _serrer(ecrite) == _serrer(render_to_string("admin/change_list_results.html", result_list(cl)))


def test_une_petite_fenetre_rend_la_cle_de_la_ligne(client: Client, superieur: Utilisateur) -> None:
    """What opens to choose a row is Django's page: its script reads the key from the link."""
    client.force_login(superieur)
    page = client.get("/admin/ecoles/ecole/", {"_popup": "1", "_to_field": "id"}).content.decode()
    assert all(f'data-popup-opener="{ecole.pk}"' in page for ecole in Ecole.objects.all())
    assert "RelatedObjectLookups.js" in page
    assert '&amp;_popup=1&amp;_to_field=id" class="addlink">' in page
    entiere = client.get("/admin/ecoles/ecole/").content.decode()
    assert "data-popup-opener" not in entiere
    assert 'href="/admin/ecoles/ecole/add/"' in entiere
    assert "RelatedObjectLookups.js" not in entiere


def test_un_nom_hostile_reste_un_texte(superieur: Utilisateur) -> None:
    cl = _liste(admin.site._registry[Offre], superieur, {})
    ecrite = tableau(cl)
    assert "<b>" not in ecrite
    assert "Atelier &lt;b&gt;d&#x27;ici&lt;/b&gt; &amp; &quot;là&quot;[0]" in ecrite


def test_une_liste_vide_n_a_ni_tableau_ni_geste(client: Client, superieur: Utilisateur) -> None:
    client.force_login(superieur)
    page = client.get("/admin/ecoles/ecole/?q=introuvable").content.decode()
    assert "0 résultat (" in page
    assert 'name="action"' not in page
    assert 'name="action"' in client.get("/admin/ecoles/ecole/").content.decode()
    cl = _liste(admin.site._registry[Ecole], superieur, {"q": "introuvable"})
    assert tableau(cl) == ""
