"""Pages of the dashboards: who opens them, what they cost, what they say, the workbook."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from financements.etats import Etat
from reseau.models import AffectationDreets, Utilisateur
from reseau.nombres import aujourdhui, montrer_montant
from reseau.roles import Role
from tests.usines_financements import (
    Territoire,
    personne,
    territoire,
)

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
REGIONAL = "admin:financements_enveloppe_tableau"
NATIONAL = "admin:financements_enveloppe_tableau_national"
REQUETES = 8


def requetes(client: Client, adresse: str) -> int:
    with CaptureQueriesContext(connection) as capture:
        assert client.get(adresse).status_code == 200
    return len(capture)


def test_la_page_coute_autant_a_un_dossier_et_a_vingt(
    lieu: Territoire, lecteur: Utilisateur, client: Client
) -> None:
    lieu.demande(Etat.EN_EXECUTION)
    for compte, nom in ((lieu.agents[Role.ORDONNATEUR], REGIONAL), (lecteur, NATIONAL), (lecteur, REGIONAL)):
        client.force_login(compte)
        client.get(reverse(nom))
        assert requetes(client, reverse(nom)) <= REQUETES
    un = requetes(client, reverse(NATIONAL))
    for etat in (Etat.VISEE, Etat.ACCORDEE, Etat.DEPOSEE, Etat.EN_EXECUTION) * 5:
        lieu.demande(etat, effectif_demande=1, majorations_demandees=0)
    territoire("32", exercice=lieu.campagne).demande(Etat.EN_EXECUTION)
    assert requetes(client, reverse(NATIONAL)) == un
    client.force_login(lieu.agents[Role.ORDONNATEUR])
    client.get(reverse(REGIONAL))
    assert requetes(client, reverse(REGIONAL)) <= REQUETES


def test_chacun_ouvre_le_sien_et_personne_le_reste(region_vivante: Territoire, client: Client) -> None:
    for role in (Role.INSTRUCTEUR, Role.LIQUIDATEUR, Role.CERTIFICATEUR):
        client.force_login(region_vivante.agents[role])
        assert client.get(reverse(REGIONAL)).status_code == 200
        assert client.get(reverse(NATIONAL)).status_code == 403
    client.force_login(region_vivante.directions[region_vivante.ecole()])
    assert client.get(reverse(REGIONAL)).status_code == 403
    assert client.get(reverse(NATIONAL)).status_code == 403


def test_qui_a_deux_regions_choisit(region_vivante: Territoire, client: Client) -> None:
    territoire("32", exercice=region_vivante.campagne)
    compte = region_vivante.agents[Role.INSTRUCTEUR]
    client.force_login(compte)
    assert 'name="region"' not in client.get(reverse(REGIONAL)).content.decode()
    AffectationDreets.objects.create(utilisateur=compte, service_id="32", role="instructeur")
    page = client.get(reverse(REGIONAL) + "?region=32").content.decode()
    assert '<option value="32" selected>' in page
    assert "Aucune demande n&#x27;a été déposée" in page


def test_une_annee_qui_n_est_pas_de_la_liste_se_dit(region_vivante: Territoire, client: Client) -> None:
    client.force_login(region_vivante.agents[Role.ORDONNATEUR])
    for exercice in ("1999", "abc", "1e5", "99999999999"):
        reponse = client.get(reverse(REGIONAL), {"exercice": exercice})
        assert reponse.status_code == 400
        assert "Choisissez un exercice de la liste." in reponse.content.decode()


def test_sans_enveloppe_la_page_le_dit(client: Client) -> None:
    compte = personne("instructeur")
    AffectationDreets.objects.create(utilisateur=compte, service_id="53", role="instructeur")
    client.force_login(compte)
    page = client.get(reverse(REGIONAL)).content.decode()
    assert f"Aucune enveloppe n&#x27;est ouverte pour {aujourdhui().year}." in page
    assert "pil-graphique" not in page


def test_le_classeur_a_une_feuille_par_tableau_et_les_memes_nombres(
    region_vivante: Territoire, client: Client
) -> None:
    client.force_login(region_vivante.agents[Role.ORDONNATEUR])
    reponse = client.post(reverse(REGIONAL))
    assert f"{aujourdhui():%Y-%m-%d}.xlsx" in reponse["Content-Disposition"]
    classeur = load_workbook(io.BytesIO(reponse.content))
    assert len(classeur.sheetnames) == 11
    assert {"Autorisations d'engagement (AE)", "Crédits de paiement (CP)"} <= set(classeur.sheetnames)
    lignes: list[Any] = list(classeur["Autorisations d'engagement (AE)"].values)
    assert lignes[-1][0] == "Total"
    assert lignes[-1][3] == pytest.approx(float(region_vivante.enveloppe.ae_engagees))


def test_chaque_graphique_se_lit_sans_le_voir(region_vivante: Territoire, client: Client) -> None:
    client.force_login(region_vivante.agents[Role.ORDONNATEUR])
    page = client.get(reverse(REGIONAL)).content.decode()
    graphiques = page.count('class="pil-graphique"')
    assert graphiques >= 7
    assert page.count("<title id=") == page.count("<desc id=") == page.count('role="img"') == graphiques
    assert "style=" not in page.partition('id="content-main"')[2]
    assert montrer_montant(region_vivante.enveloppe.ae_engagees) in page
