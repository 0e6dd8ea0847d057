"""A report through the pages: the head writes, the reviewer retains, another person certifies."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from financements.bilans_montres import page_du_bilan
from financements.etats import Etat
from reseau.nombres import lire_montant
from reseau.roles import Role
from tests.financements.conftest import page_remplie
from tests.financements.test_bilan import bilan
from tests.financements.test_page_versements import texte
from tests.usines_financements import Territoire, territoire

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Demande

pytestmark = pytest.mark.django_db


@pytest.fixture
def prepare(lieu: Territoire) -> Demande:
    return lieu.avancer(lieu.demande(Etat.EN_EXECUTION), "preparer_bilan")


def page(demande: Demande) -> str:
    return reverse("admin:financements_bilan_change", args=[bilan(demande).pk])


def etape(demande: Demande, nom: str) -> str:
    return reverse("admin:financements_demande_transition", args=[demande.pk, nom])


def envoi(client: Client, demande: Demande, **valeurs: str) -> dict[str, Any]:
    """What the page sends back, as it was filled, with some of its fields changed."""
    return page_remplie(client, page(demande), **valeurs)


def test_l_ecole_prepare_ecrit_et_depose_son_bilan(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    client.force_login(lieu.directions[demande.ecole])
    assert "Bilans à remettre" in texte(client.get(reverse("admin:index")))
    assert client.post(etape(demande, "preparer_bilan")).status_code == 302
    vue = texte(client.get(page(demande)))
    assert "écrivez les mois-élèves réalisés" in vue
    assert "360, dont 140 avec supplément" in vue
    donnees = envoi(client, demande, **{
        "lignes-0-mois_realises": "351", "lignes-0-majores_realises": "133",
        "commentaire": "Trente-six jeunes.", "postes-4-realise": "480 000,00", "postes-14-realise": "300 000",
    })  # fmt: skip
    reponse = client.post(page(demande), donnees, follow=True)
    assert "Le bilan est enregistré." in texte(reponse)
    assert "480 000,00 €" in texte(reponse)
    assert "Déposer le bilan" in texte(reponse)
    assert client.post(etape(demande, "deposer_bilan"), {"certifie": "on"}).status_code == 302
    dossier = texte(client.get(reverse("admin:financements_demande_change", args=[demande.pk])))
    assert "Bilan reçu par la DREETS" in dossier
    assert "Accusé de réception du bilan (PDF)" in dossier
    assert client.post(page(demande), donnees).status_code == 403


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"lignes-0-mois_realises": "10", "lignes-0-majores_realises": "11"}, "plus de mois avec supplément"),
        ({"lignes-0-mois_realises": "10", "lignes-0-majores_realises": ""}, "Écrivez zéro"),
        ({"lignes-0-mois_realises": "-1", "lignes-0-majores_realises": "0"}, "ne peut pas être négatif"),
        ({"lignes-0-mois_realises": "dix"}, "nombre entier"),
        ({"postes-4-realise": "NaN"}, "NaN"),
        ({"postes-4-realise": "-5"}, "ne peut pas être négatif"),
    ],
)
def test_une_saisie_fausse_a_sa_phrase(
    client: Client, lieu: Territoire, prepare: Demande, valeurs: dict[str, str], phrase: str
) -> None:
    client.force_login(lieu.directions[prepare.ecole])
    reponse = client.post(page(prepare), envoi(client, prepare, commentaire="Un mot à garder.", **valeurs))
    assert reponse.status_code in {200, 302}
    suite = client.get(page(prepare)) if reponse.status_code == 302 else reponse
    assert phrase in texte(suite)


def test_l_instructeur_retient_moins_avec_une_raison(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.BILAN_DEPOSE)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert "Bilans à vérifier" in texte(client.get(reverse("admin:index")))
    retenu = {"lignes-0-mois_retenus": "351", "lignes-0-majores_retenus": "133"}
    reponse = client.post(page(demande), envoi(client, demande, **retenu))
    assert "Écrivez la raison de l'écart avec l'école." in texte(reponse)
    retenu["lignes-0-motif_service"] = "Le registre d'appel en dit moins."
    reponse = client.post(page(demande), envoi(client, demande, **retenu), follow=True)
    assert "197 040,00 €" in texte(reponse)
    assert "Mois-élèves : 193 050,00 €. Suppléments : 3 990,00 €." in texte(reponse)
    client.force_login(lieu.agents[Role.CERTIFICATEUR])
    vue = texte(client.get(etape(demande, "certifier")))
    assert "197 040,00 €" in vue
    assert "à rendre : 5 160,00 €" in vue
    assert client.post(etape(demande, "certifier")).status_code == 302


def test_les_deux_parts_du_calcul_font_le_montant_calcule_au_centime(lieu: Territoire) -> None:
    """Rounded for the eye, they never differ by a cent from their sum."""
    lieu.campagne.baremes.create(version=2, unitaire=Decimal("0.5005"), majoration=Decimal("0.0037"))
    comptes = page_du_bilan(bilan(lieu.demande(Etat.BILAN_DEPOSE)), (), calculs=True)
    parts = [lire_montant(comptes.total[mot]) for mot in ("mois", "supplements")]
    assert parts == [Decimal("180.18"), Decimal("0.52")]
    assert sum(parts) == lire_montant(comptes.calcule)


def test_une_correction_n_ouvre_que_ce_qui_est_nomme(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.BILAN_A_CORRIGER)
    client.force_login(lieu.directions[demande.ecole])
    vue = client.get(page(demande))
    assert "Comptez les mois depuis septembre." in texte(vue)
    lignes, postes = (lot.formset.forms for lot in vue.context["inline_admin_formsets"])
    assert not lignes[0].fields["mois_realises"].disabled
    assert postes[0].fields["realise"].disabled
    donnees = envoi(client, demande, **{"lignes-0-reponse": "Ils étaient là dès le 25 août."})
    assert client.post(page(demande), donnees).status_code == 302
    assert client.post(etape(demande, "redeposer_bilan"), {"certifie": "on"}).status_code == 302


def test_du_service_fait_a_la_cloture_par_les_pages(client: Client, lieu: Territoire) -> None:
    lieu.manque = 9
    demande = lieu.demande(Etat.SERVICE_FAIT)
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    assert "Sommes versées en trop" in texte(client.get(reverse("admin:index")))
    assert "4 950,00 €" in texte(client.get(etape(demande, "reclamer")))
    assert client.post(etape(demande, "reclamer")).status_code == 302
    envoye = {"montant_rendu": "1 000,00", "rendu_le": "2026-01-05"}
    assert client.post(etape(demande, "recouvrer_en_partie"), envoye).status_code == 302
    assert "3 950,00 €" in texte(client.get(etape(demande, "recouvrer")))
    assert client.post(etape(demande, "recouvrer"), {"rendu_le": "2026-01-06"}).status_code == 302
    assert "Dossiers à clore" in texte(client.get(reverse("admin:index")))


def test_une_autre_region_ne_voit_pas_le_bilan(client: Client, lieu: Territoire, prepare: Demande) -> None:
    voisin = territoire("32", exercice=lieu.campagne)
    for role in (Role.INSTRUCTEUR, Role.CERTIFICATEUR):
        client.force_login(voisin.agents[role])
        assert client.get(page(prepare)).status_code == 404
        assert client.get(etape(prepare, "certifier")).status_code == 404
    client.force_login(lieu.directions[lieu.ecole()])
    assert client.get(page(prepare)).status_code == 404
