"""Filters that a person keeps: her own, on one list, without a search and without a limit to guess."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.http import QueryDict
from django.urls import reverse

from reseau.admin.filtres import NB_FILTRES_MAXIMAL, choix_de
from reseau.effacement import fermer
from reseau.models import FiltreGarde, Utilisateur
from reseau.roles import Role
from tests.usines_financements import Territoire, territoire

if TYPE_CHECKING:
    from django.http import HttpResponse
    from django.test import Client

pytestmark = pytest.mark.django_db
LISTE = "admin:financements_demande_changelist"


@pytest.fixture
def lieu() -> Territoire:
    return territoire()


def garder(client: Client, nom: str, parametres: str = "etape=deposee") -> HttpResponse:
    adresse = reverse("admin:financements_demande_garder")
    return client.post(adresse, {"nom": nom, "parametres": parametres}, follow=True)


def texte(reponse: HttpResponse) -> str:
    return unescape(reponse.content.decode()).replace("\xa0", " ")


def test_garder_retrouver_oublier(client: Client, lieu: Territoire) -> None:
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    vue = texte(client.get(reverse(LISTE), {"etape": "deposee", "p": "0"}))
    assert 'name="parametres" value="etape=deposee"' in vue
    vue = texte(garder(client, "À regarder lundi"))
    assert "Le filtre « À regarder lundi » est gardé." in vue
    assert '<a href="?etape=deposee" aria-current="true">À regarder lundi</a>' in vue
    assert 'name="parametres"' not in vue
    assert 'name="parametres"' not in texte(client.get(reverse(LISTE)))
    filtre = FiltreGarde.objects.get()
    reponse = client.post(reverse("admin:financements_demande_oublier"), {"cle": str(filtre.pk)}, follow=True)
    assert "est oublié" in texte(reponse)
    assert not FiltreGarde.objects.exists()


def test_le_meme_nom_remplace(client: Client, lieu: Territoire) -> None:
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    garder(client, "Lundi")
    garder(client, "Lundi", "etape=visee")
    assert FiltreGarde.objects.get().parametres == "etape=visee"


def test_une_recherche_n_est_pas_gardee() -> None:
    """A search may name a person."""
    assert choix_de(QueryDict("q=Martin&p=3&e=1&etape=visee&o=2")) == "etape=visee&o=2"


@pytest.mark.parametrize(
    ("nom", "parametres", "phrase"),
    [
        ("", "etape=visee", "Donnez un nom"),
        ("x" * 41, "etape=visee", "Donnez un nom"),
        ("Rien", "q=Martin", "Choisissez d'abord un filtre"),
        ("Long", "etape=" + "x" * 600, "Donnez un nom"),
    ],
)
def test_un_refus_dit_pourquoi(
    client: Client, lieu: Territoire, nom: str, parametres: str, phrase: str
) -> None:
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert phrase in texte(garder(client, nom, parametres))
    assert not FiltreGarde.objects.exists()


def test_il_y_a_un_maximum(client: Client, lieu: Territoire) -> None:
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    for rang in range(NB_FILTRES_MAXIMAL):
        garder(client, f"Filtre {rang}")
    assert "oubliez-en un d'abord" in texte(garder(client, "Un de trop"))
    assert FiltreGarde.objects.count() == NB_FILTRES_MAXIMAL


def test_chacun_a_les_siens(client: Client, lieu: Territoire) -> None:
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    garder(client, "De Nadia")
    filtre = FiltreGarde.objects.get()
    client.force_login(lieu.agents[Role.CHEF_DE_SERVICE])
    assert "De Nadia" not in texte(client.get(reverse(LISTE)))
    client.post(reverse("admin:financements_demande_oublier"), {"cle": str(filtre.pk)})
    assert FiltreGarde.objects.filter(pk=filtre.pk).exists()


def test_qui_ne_voit_pas_la_liste_ne_garde_rien(client: Client, lieu: Territoire) -> None:
    lieu.agents[Role.INSTRUCTEUR].affectations.all().delete()
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert garder(client, "Plus rien").redirect_chain
    assert not FiltreGarde.objects.exists()


def test_un_filtre_devenu_faux_montre_la_liste(client: Client, lieu: Territoire) -> None:
    """A choice that the list no longer knows never breaks the page."""
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    garder(client, "Ancien", "champ_disparu=3")
    reponse = client.get(reverse(LISTE) + "?champ_disparu=3", follow=True)
    assert reponse.status_code == 200


def test_un_compte_ferme_n_a_plus_de_filtres(client: Client, lieu: Territoire) -> None:
    personne = lieu.agents[Role.INSTRUCTEUR]
    client.force_login(personne)
    garder(client, "Lundi")
    fermer(Utilisateur.objects.filter(pk=personne.pk))
    assert not FiltreGarde.objects.exists()
