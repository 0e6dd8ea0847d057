"""The lists of the admin are written plainly: what they show is what Django's own tags would show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.contrib.admin.templatetags.admin_list import admin_list_filter, result_list
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import resolve

from commandes.models import Client as Clientele
from commandes.models import Commande
from ecoles.models import Ecole, Offre
from reseau.admin.balises import filtre, tableau
from reseau.models import Utilisateur
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
        cl = _liste(page, superieur, parametres)
        ecrite = render_to_string("admin/change_list_results.html", result_list(cl))
        assert _serrer(tableau(cl)) == _serrer(ecrite), page
        comparees += bool(cl.result_count)
        for choix in cl.filter_specs:
            assert _serrer(filtre(cl, choix)) == _serrer(admin_list_filter(cl, choix)), (page, choix)
            filtres += 1
    assert comparees > 30, "presque toutes les listes ont une ligne"
    assert filtres > 15


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
    entiere = client.get("/admin/ecoles/ecole/").content.decode()
    assert "data-popup-opener" not in entiere
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
