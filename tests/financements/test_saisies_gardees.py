"""What was just typed is what is certified: the button of a step saves the form before it leads anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from financements.etats import Etat
from reseau.roles import Role
from tests.financements.conftest import page_remplie
from tests.financements.test_bilan import bilan
from tests.financements.test_page_versements import texte

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Demande
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db


def page(demande: Demande) -> str:
    return reverse("admin:financements_demande_change", args=[demande.pk])


def page_du_bilan(demande: Demande) -> str:
    return reverse("admin:financements_bilan_change", args=[bilan(demande).pk])


def etape(demande: Demande, nom: str) -> str:
    return reverse("admin:financements_demande_transition", args=[demande.pk, nom])


def bouton(forme: str, nom: str) -> str:
    return f'form="{forme}" name="_puis" value="{nom}"'


def test_deposer_enregistre_d_abord_ce_qui_vient_d_etre_ecrit(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    lu = client.get(page(demande)).content.decode()
    assert bouton("demande_form", "deposer") in lu
    assert f'href="{etape(demande, "deposer")}"' not in lu
    saisie = page_remplie(client, page(demande), **{"lignes-0-effectif_demande": "41"})
    reponse = client.post(page(demande), saisie | {"_puis": "deposer"}, follow=True)
    assert reponse.redirect_chain == [(etape(demande, "deposer"), 302)]
    assert demande.lignes.get().effectif_demande == 41
    assert "41" in texte(reponse)


def test_une_saisie_fausse_reste_sur_la_page_avec_sa_phrase(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    saisie = page_remplie(client, page(demande), **{"lignes-0-effectif_demande": "3"})
    reponse = client.post(page(demande), saisie | {"_puis": "deposer"})
    assert reponse.status_code == 200
    assert "plus de suppléments que de jeunes" in texte(reponse)
    assert demande.lignes.get().effectif_demande == 36


@pytest.mark.parametrize("nom", ["accorder", "instruire", "rien-de-tel", "//ailleurs.invalid/"])
def test_une_etape_qui_n_est_pas_ouverte_n_est_pas_suivie(client: Client, lieu: Territoire, nom: str) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    saisie = page_remplie(client, page(demande), **{"lignes-0-effectif_demande": "41"})
    reponse = client.post(page(demande), saisie | {"_puis": nom})
    assert reponse["Location"] == page(demande)
    assert demande.lignes.get().effectif_demande == 41


def test_renvoyer_la_demande_completee_enregistre_d_abord(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.A_COMPLETER)
    client.force_login(lieu.directions[demande.ecole])
    assert bouton("demande_form", "completer") in client.get(page(demande)).content.decode()
    saisie = page_remplie(client, page(demande), **{"lignes-0-effectif_demande": "35"})
    reponse = client.post(page(demande), saisie | {"_puis": "completer"})
    assert reponse["Location"] == etape(demande, "completer")
    assert demande.lignes.get().effectif_demande == 35


def test_proposer_enregistre_d_abord_ce_qui_est_retenu(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    retenu = {
        "lignes-0-effectif_retenu": "30",
        "lignes-0-nb_majorations": "10",
        "lignes-0-motif": "Six jeunes sont partis.",
        "enveloppe": str(lieu.enveloppe.pk),
    }
    saisie = page_remplie(client, page(demande), **retenu)
    reponse = client.post(page(demande), saisie | {"_puis": "proposer"}, follow=True)
    assert reponse.redirect_chain == [(etape(demande, "proposer"), 302)]
    assert "168 000,00 €" in texte(reponse)
    # What undoes is not a button of the form: it keeps its link.
    assert bouton("demande_form", "refuser") not in client.get(page(demande)).content.decode()


def test_deposer_le_bilan_enregistre_puis_montre_ce_qui_est_certifie(
    client: Client, lieu: Territoire
) -> None:
    demande = lieu.avancer(lieu.demande(Etat.EN_EXECUTION), "preparer_bilan")
    client.force_login(lieu.directions[demande.ecole])
    ecrit = {
        "lignes-0-mois_realises": "351",
        "lignes-0-majores_realises": "133",
        "commentaire": "Trente-six jeunes formés.",
        "postes-4-realise": "480 000,00",
        "postes-14-realise": "300 000",
    }
    client.post(page_du_bilan(demande), page_remplie(client, page_du_bilan(demande), **ecrit))
    assert bouton("bilan_form", "deposer_bilan") in client.get(page_du_bilan(demande)).content.decode()
    corrige = {"lignes-0-mois_realises": "340", "postes-4-realise": "470 000,00"}
    saisie = page_remplie(client, page_du_bilan(demande), **corrige)
    reponse = client.post(page_du_bilan(demande), saisie | {"_puis": "deposer_bilan"}, follow=True)
    assert reponse.redirect_chain == [(etape(demande, "deposer_bilan"), 302)]
    lu = texte(reponse)
    assert "convenu : 360, dont 140 avec supplément" in lu
    assert "réalisé : 340, dont 133 avec supplément" in lu
    for montant in ("470 000,00 €", "502 200,00 €", "32 200,00 €"):
        assert montant in lu


def test_un_bilan_faux_n_est_pas_enregistre_ni_depose(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.BILAN_A_CORRIGER)
    client.force_login(lieu.directions[demande.ecole])
    saisie = page_remplie(client, page_du_bilan(demande), **{"lignes-0-mois_realises": "-4"})
    reponse = client.post(page_du_bilan(demande), saisie | {"_puis": "redeposer_bilan"})
    assert reponse.status_code == 200
    assert "ne peut pas être négatif" in texte(reponse)
    juste = page_remplie(client, page_du_bilan(demande), **{"lignes-0-reponse": "Ils étaient là."})
    reponse = client.post(page_du_bilan(demande), juste | {"_puis": "redeposer_bilan"})
    assert reponse["Location"] == etape(demande, "redeposer_bilan")
    autre = page_remplie(client, page_du_bilan(demande)) | {"_puis": "certifier"}
    assert client.post(page_du_bilan(demande), autre)["Location"] == page_du_bilan(demande)
