"""A question to a school is stored whole or refused with its sentence, and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from ecoles.contact import jeton_de, jour_de_reponse, nouveau_code
from ecoles.models import DemandeContact
from tests.ecoles.annuaire import ecole

BONNE = {
    "qui": "parent",
    "prenom": "Camille",
    "telephone": "",
    "courriel": "camille@exemple.invalid",
    "motif": "visiter",
    "message": "Peut-on venir un samedi ?",
    "societe": "",
}
ADRESSE = "/ecole/la-forge/contact/"


@pytest.fixture(autouse=True)
def la_forge(pays: None) -> None:
    cache.clear()
    ecole("La Forge", telephone="0199000000")


def envoyer(client: Client, **changements: str) -> Any:
    return client.post(ADRESSE, {**BONNE, **changements})


def test_une_question_est_enregistree_avec_son_code_et_son_delai(client: Client) -> None:
    with time_machine.travel("2026-11-20T10:00:00+01:00"):
        reponse = envoyer(client)
    demande = DemandeContact.objects.get()
    assert (demande.prenom, demande.region_id, demande.suite) == ("Camille", "84", "attente")
    assert demande.repondre_avant_le == date(2026, 11, 25)
    suite = client.get(reponse["Location"])
    page = suite.content.decode()
    assert f'<strong class="code">{demande.code}</strong>' in page
    assert "mercredi 25 novembre" in page
    assert "Camille" not in page
    assert "exemple.invalid" not in page
    assert suite["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


@pytest.mark.parametrize(
    ("champ", "valeur", "phrase"),
    [
        ("qui", "", "Dites qui vous êtes."),
        ("qui", "robot", "robot"),
        ("prenom", "", "Écrivez votre prénom."),
        ("prenom", "123", "Écrivez votre prénom avec des lettres."),
        ("prenom", "a" * 61, "60 lettres au plus"),
        ("courriel", "camille@", "Cette adresse est incomplète"),
        ("courriel", "", "Laissez un téléphone ou une adresse électronique."),
        ("motif", "", "Dites ce que vous voulez."),
        ("message", "a" * 1501, "1 500 caractères au plus"),
        ("societe", "Robots SARL", "Laissez ce champ vide"),
    ],
)
def test_un_mauvais_champ_a_sa_phrase_et_rien_n_est_perdu(
    client: Client, champ: str, valeur: str, phrase: str
) -> None:
    reponse = envoyer(client, **{champ: valeur})
    page = reponse.content.decode()
    assert reponse.status_code == 422
    assert phrase in page
    assert f'href="#id_{champ if valeur or champ != "courriel" else "telephone"}"' in page
    assert "<title>Erreur : " in page
    assert champ == "message" or "Peut-on venir un samedi ?" in page
    assert not DemandeContact.objects.exists()


def test_l_erreur_est_liee_a_son_champ(client: Client) -> None:
    page = envoyer(client, prenom="").content.decode()
    champ = re.search(r'<input[^>]*name="prenom"[^>]*>', page)
    assert champ is not None
    assert 'aria-invalid="true"' in champ.group()
    lie = re.search(r'aria-describedby="([^"]+)"', champ.group())
    assert lie is not None
    assert all(f'id="{cible}"' in page for cible in lie.group(1).split())


def test_la_sixieme_demande_de_l_heure_est_refusee_sans_rien_perdre(client: Client) -> None:
    for _ in range(5):
        assert envoyer(client).status_code == 302
    reponse = envoyer(client)
    assert reponse.status_code == 429
    assert "Trop de demandes en une heure" in reponse.content.decode()
    assert "Peut-on venir un samedi ?" in reponse.content.decode()
    assert DemandeContact.objects.count() == 5
    assert envoyer(Client(REMOTE_ADDR="192.0.2.9")).status_code == 302


def test_sans_jeton_de_formulaire_l_envoi_est_refuse_en_francais() -> None:
    reponse = Client(enforce_csrf_checks=True).post(ADRESSE, BONNE)
    assert reponse.status_code == 403
    assert "L’envoi n’a pas pu être vérifié" in reponse.content.decode()
    assert not DemandeContact.objects.exists()


def test_le_formulaire_dit_qui_lira_les_coordonnees(client: Client) -> None:
    assert "sont lues par la DREETS Auvergne-Rhône-Alpes" in client.get(ADRESSE).content.decode()


def test_un_lien_de_suivi_falsifie_est_introuvable(client: Client) -> None:
    envoyer(client)
    jeton = jeton_de(DemandeContact.objects.get())
    assert client.get(f"/demande/{jeton}/").status_code == 200
    assert client.get(f"/demande/{jeton[:-1]}x/").status_code == 404
    assert client.get("/demande/abc/").status_code == 404


def test_apres_le_delai_le_suivi_propose_deux_autres_ecoles(client: Client) -> None:
    ecole("La Lime", "42218")
    ecole("Le Rabot", "76351")
    with time_machine.travel("2026-11-20T10:00:00+01:00"):
        adresse = envoyer(client)["Location"]
    with time_machine.travel("2026-11-26T10:00:00+01:00"):
        page = client.get(adresse).content.decode()
    assert "Pas encore de réponse ?" in page
    assert re.findall(r'<h3><a href="[^"]+">([^<]+)', page) == ["La Lime", "Le Rabot"]


def test_le_code_se_dicte_au_telephone() -> None:
    codes = {nouveau_code() for _ in range(200)}
    assert len(codes) > 190
    assert all(re.fullmatch(r"[2-9A-HJKMNP-TW-Z]{3}-[2-9A-HJKMNP-TW-Z]{2}", code) for code in codes)


def test_le_delai_saute_le_samedi_et_le_dimanche() -> None:
    assert jour_de_reponse(date(2026, 11, 19)) == date(2026, 11, 24)
    assert jour_de_reponse(date(2026, 11, 21)) == date(2026, 11, 25)
