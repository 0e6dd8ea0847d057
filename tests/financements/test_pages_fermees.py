"""A page left open while its file moved on answers with a sentence, and gives back what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from financements.etats import MACHINE, Etat
from financements.models import Demande
from reseau.models import AffectationDreets
from reseau.roles import Role
from reseau.socle.etats import Contexte
from tests.financements.conftest import page_remplie
from tests.financements.test_page_versements import texte
from tests.recits.guichet import pdf

if TYPE_CHECKING:
    from django.test import Client

    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db
RIEN = "Rien n'a été enregistré, et rien n'a changé : ce que vous avez envoyé ne se modifie plus."


def page(demande: Demande, nom: str = "change") -> str:
    return reverse(f"admin:financements_demande_{nom}", args=[demande.pk])


def envoyer(client: Client, demande: Demande, envoi: dict[str, Any], nom: str = "change") -> str:
    """Send what an old tab holds; the answer is the page of the file, which is as it was."""
    avant = Demande.objects.get(pk=demande.pk).version
    reponse = client.post(page(demande, nom), envoi, follow=True)
    assert reponse.redirect_chain == [(page(demande), 302)]
    assert reponse.status_code == 200
    assert Demande.objects.get(pk=demande.pk).version == avant
    return texte(reponse)


def test_un_brouillon_garde_ouvert_apres_le_depot(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    envoi = page_remplie(client, page(demande), **{"lignes-0-effectif_demande": "41"})
    demande = lieu.avancer(demande, "deposer")
    vue = envoyer(client, demande, envoi)
    assert RIEN in vue
    assert "Où en est ce dossier : « Reçue par la DREETS »." in vue
    assert "année : 1, jeunes : 41, avec supplément : 14" in vue
    assert demande.lignes.get().effectif_demande == 36


def test_une_instruction_gardee_ouverte_apres_la_proposition(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    saisies = {
        "lignes-0-effectif_retenu": "30",
        "lignes-0-motif": "Six absents.",
        "note_interne": "À revoir.",
    }
    envoi = page_remplie(client, page(demande), **saisies)
    demande = lieu.avancer(demande, "proposer")
    vue = envoyer(client, demande, envoi)
    assert RIEN in vue
    assert "Où en est ce dossier : « Proposée »." in vue
    assert "retenus : 30, suppléments retenus : 14, raison : Six absents." in vue
    assert "note : À revoir." in vue


def test_des_lignes_gardees_ouvertes_quand_seule_une_piece_est_demandee(
    client: Client, lieu: Territoire
) -> None:
    demande = lieu.demande()
    direction = lieu.directions[demande.ecole]
    client.force_login(direction)
    envoi = page_remplie(client, page(demande))
    demande = lieu.avancer(demande, "deposer")
    points = {"motif": "À revoir.", "raison_piece_budget": "perime"}
    MACHINE.franchir(demande, "demander_complement", Contexte(lieu.agents[Role.INSTRUCTEUR], points))
    vue = envoyer(client, demande, envoi)
    assert RIEN in vue
    assert "« Des éléments manquent »" in vue


def test_un_droit_perdu_pendant_la_saisie(client: Client, lieu: Territoire) -> None:
    """Who still sees the file reads the sentence; for who does not, there is no file."""
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    agent = lieu.agents[Role.INSTRUCTEUR]
    client.force_login(agent)
    envoi = page_remplie(client, page(demande))
    AffectationDreets.objects.filter(utilisateur=agent).update(role=Role.ORDONNATEUR)
    assert RIEN in envoyer(client, demande, envoi)
    AffectationDreets.objects.filter(utilisateur=agent).update(service="32")
    assert client.post(page(demande), envoi).status_code == 404


def test_un_budget_et_une_piece_gardes_ouverts_apres_le_depot(client: Client, lieu: Territoire) -> None:
    demande = lieu.avancer(lieu.demande(), "deposer")
    client.force_login(lieu.directions[demande.ecole])
    vue = envoyer(client, demande, {"c60": "300 000", "p70": "250 000"}, "budget")
    assert RIEN in vue
    assert "60 – Achats : 300 000 ; 70 – Ventes et prestations : 250 000" in vue
    assert not demande.budget.exists()
    assert RIEN in envoyer(client, demande, {"nature": "statuts", "televerse": pdf()}, "joindre")
    assert not demande.pieces.filter(nature="statuts").exists()


def test_un_envoi_forge_se_redit_sans_rien_casser(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    client.force_login(lieu.directions[demande.ecole])
    forge = {"lignes-0-titre": "x\x00y", "lignes-0-effectif_demande": "<b>9</b>", "note_interne": "<script>"}
    reponse = client.post(page(demande), forge, follow=True)
    assert RIEN in texte(reponse)
    assert "<script>" not in reponse.content.decode().split("Votre saisie")[1][:200]
