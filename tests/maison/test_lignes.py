"""A page with rows inside costs the same number of queries with one row and with ten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ecoles.models import Atelier, FormationSecurite, TravailReglemente
from reseau.roles import Role
from tests.monde import poser_le_monde
from tests.usines import ApprenantUsine, AvisUsine, LigneUsine, il_y_a

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.monde import Cote

pytestmark = pytest.mark.django_db


def former(cote: Cote) -> Callable[[], str]:
    """A learner and the trainings that she was given."""
    jeune = ApprenantUsine(ecole=cote.ecole)
    travaux = iter(TravailReglemente.objects.order_by("code"))
    avis = iter(range(1, 12))

    def ajouter() -> str:
        FormationSecurite.objects.create(apprenant=jeune, travail=next(travaux), donnee_le=il_y_a(30))
        debut = 400 * next(avis)
        AvisUsine(apprenant=jeune, du=il_y_a(debut), au=il_y_a(debut - 100))
        return reverse("admin:ecoles_apprenant_change", args=[jeune.pk])

    return ajouter


def commander(cote: Cote) -> Callable[[], str]:
    """An order and its lines."""
    from commandes.models import Commande

    commande = Commande.objects.get(ecole=cote.ecole)
    rangs = iter(range(20, 40))

    def ajouter() -> str:
        LigneUsine(commande=commande, rang=next(rangs))
        return reverse("admin:commandes_commande_change", args=[commande.pk])

    return ajouter


def amenager(cote: Cote) -> Callable[[], str]:
    """A site and its workshops."""
    from ecoles.models import Site

    site = Site.objects.filter(ecole=cote.ecole).first()
    assert site is not None
    noms = iter(range(20))

    def ajouter() -> str:
        Atelier.objects.create(site=site, nom=f"Atelier {next(noms)}")
        return reverse("admin:ecoles_site_change", args=[site.pk])

    return ajouter


@pytest.mark.parametrize("preparer", [former, commander, amenager])
def test_une_page_coute_autant_avec_dix_lignes(client: Client, preparer: Callable[[Any], Any]) -> None:
    ici, _, _ = poser_le_monde(execution=True)
    client.force_login(ici.personnes[Role.DIRECTION])
    ajouter = preparer(ici)

    def requetes(page: str) -> int:
        client.get(page)
        with CaptureQueriesContext(connection) as vues:
            assert client.get(page).status_code == 200
        return len(vues)

    une = requetes(ajouter())
    for _ in range(9):
        page = ajouter()
    assert requetes(page) == une
