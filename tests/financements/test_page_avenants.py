"""An amendment through the pages: who prepares, who visas, who grants, who never sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from financements.etats import Etat
from financements.models import Avenant
from reseau.roles import Role
from tests.financements.test_page_versements import texte
from tests.usines_financements import CHAUDRONNIER, METALLIER, Territoire, preparer_avenant, territoire

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Demande

pytestmark = pytest.mark.django_db
AJOUT = "admin:financements_avenant_add"


@pytest.fixture
def dossier(lieu: Territoire) -> Demande:
    return lieu.demande(Etat.EN_EXECUTION)


def page(demande: Demande) -> str:
    return reverse("admin:financements_demande_change", args=[demande.pk])


def etape(demande: Demande, nom: str) -> str:
    return reverse("admin:financements_demande_transition", args=[demande.pk, nom])


def envoi(demande: Demande, *lignes: dict[str, Any], **valeurs: Any) -> dict[str, Any]:
    """What the form of a new amendment sends."""
    donnees = {
        "allocation": str(demande.allocation.pk),
        "motif": "Trois jeunes de plus en septembre.",
        "lignes-TOTAL_FORMS": str(len(lignes)),
        "lignes-INITIAL_FORMS": "0",
    }
    for rang, ligne in enumerate(lignes):
        defaut = {"titre": METALLIER, "annee": "1", "mois": "12", "mois_majores": "0"}
        donnees |= {f"lignes-{rang}-{nom}": valeur for nom, valeur in (defaut | ligne).items()}
    return donnees | valeurs


def test_de_la_preparation_a_l_accord_par_les_pages(
    client: Client, lieu: Territoire, dossier: Demande
) -> None:
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    ajout = reverse(AJOUT) + f"?allocation={dossier.allocation.pk}"
    assert ajout.replace("&", "&amp;") in texte(client.get(page(dossier)))
    assert f'value="{dossier.allocation.pk}" selected' in texte(client.get(ajout))
    reponse = client.post(reverse(AJOUT), envoi(dossier, {}), follow=True)
    assert "L'avenant n° 1 est enregistré : + 6 600,00 €." in texte(reponse)
    assert "Avenant préparé" in texte(reponse)
    assert "202 200,00 €</td><td>208 800,00 €" in texte(client.get(etape(dossier, "proposer_avenant")))
    for nom, role in (
        ("proposer_avenant", Role.INSTRUCTEUR),
        ("viser_avenant", Role.CHEF_DE_SERVICE),
        ("accorder_avenant", Role.ORDONNATEUR),
    ):
        client.force_login(lieu.agents[role])
        assert dossier.numero in texte(client.get(reverse("admin:index")))
        assert client.post(etape(dossier, nom)).status_code == 302
    vue = texte(client.get(page(dossier)))
    assert "Montant après avenants" in vue
    assert "208 800,00 €" in vue
    assert "Avenant (PDF)" in vue


def test_l_ecole_lit_l_avenant_accorde_jamais_sa_preparation(
    client: Client, lieu: Territoire, dossier: Demande
) -> None:
    avenant = preparer_avenant(dossier)
    client.force_login(lieu.directions[dossier.ecole])
    assert "Avenant" not in texte(client.get(page(dossier)))
    assert client.get(reverse("admin:financements_avenant_change", args=[avenant.pk])).status_code in {
        403,
        404,
    }
    lieu.avancer(dossier, "proposer_avenant", "viser_avenant", "accorder_avenant")
    vue = texte(client.get(page(dossier)))
    assert "Avenant (PDF)" in vue
    assert "Avenant accordé" in vue
    assert "Avenant visé" not in vue


def test_une_autre_region_ne_voit_ni_ne_prepare_d_avenant(
    client: Client, lieu: Territoire, dossier: Demande
) -> None:
    voisin = territoire("32", exercice=lieu.campagne)
    client.force_login(voisin.agents[Role.INSTRUCTEUR])
    reponse = client.post(reverse(AJOUT), envoi(dossier, {}))
    assert "Choisissez un choix" in texte(reponse) or "Sélectionnez un choix valide" in texte(reponse)
    avenant = preparer_avenant(dossier)
    assert client.get(reverse("admin:financements_avenant_change", args=[avenant.pk])).status_code == 404
    assert dossier.numero not in texte(client.get(reverse("admin:financements_avenant_changelist")))


@pytest.mark.parametrize(
    ("lignes", "phrase"),
    [
        ([{"mois": "0"}], "ajoute ou retire des mois"),
        ([{"mois": "99999"}], "Au plus 9 990 mois en plus"),
        ([{"mois": "douze"}], "nombre entier"),
        ([{}, {}], "titre"),
    ],
)
def test_une_ligne_fausse_a_sa_phrase_et_la_saisie_reste(
    client: Client, lieu: Territoire, dossier: Demande, lignes: list[dict[str, Any]], phrase: str
) -> None:
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    reponse = client.post(reverse(AJOUT), envoi(dossier, *lignes))
    assert reponse.status_code == 200
    assert phrase in texte(reponse)
    assert "Trois jeunes de plus en septembre." in texte(reponse)
    assert not Avenant.objects.exists()


def test_un_second_avenant_attend_la_fin_du_premier(
    client: Client, lieu: Territoire, dossier: Demande
) -> None:
    preparer_avenant(dossier)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert "Préparer un avenant" not in texte(client.get(page(dossier)))
    assert client.post(reverse(AJOUT), envoi(dossier, {})).status_code == 200
    assert Avenant.objects.count() == 1


def test_un_avenant_propose_se_lit_et_ne_s_ecrit_plus(
    client: Client, lieu: Territoire, dossier: Demande
) -> None:
    avenant = preparer_avenant(dossier)
    lieu.avancer(dossier, "proposer_avenant")
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    lien = reverse("admin:financements_avenant_change", args=[avenant.pk])
    assert 'name="motif"' not in texte(client.get(lien))
    assert client.post(lien, envoi(dossier, {"titre": CHAUDRONNIER})).status_code == 403


def test_la_page_d_un_avenant_coute_autant_a_dix_lignes(
    client: Client, lieu: Territoire, dossier: Demande, django_assert_max_num_queries: Any
) -> None:
    avenant = preparer_avenant(dossier)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    lien = reverse("admin:financements_avenant_change", args=[avenant.pk])
    client.get(lien)
    with django_assert_max_num_queries(40) as avant:
        client.get(lien)
    for annee in (2, 3, 4):
        avenant.lignes.create(titre_id=METALLIER, annee=annee, mois=1)
        avenant.lignes.create(titre_id=CHAUDRONNIER, annee=annee, mois=1)
    with django_assert_max_num_queries(len(avant)):
        client.get(lien)


def test_la_liste_des_avenants_coute_autant_a_six_lignes(
    client: Client, lieu: Territoire, dossier: Demande, django_assert_max_num_queries: Any
) -> None:
    preparer_avenant(dossier)
    client.force_login(lieu.agents[Role.ORDONNATEUR])
    liste = reverse("admin:financements_avenant_changelist")
    client.get(liste)
    with django_assert_max_num_queries(12) as avant:
        client.get(liste)
    for _ in range(5):
        lieu.avancer(dossier, "abandonner_avenant")
        preparer_avenant(dossier)
    with django_assert_max_num_queries(len(avant)):
        assert "6 avenants" in texte(client.get(liste))
