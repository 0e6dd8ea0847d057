"""Accounts: the way in, what it never tells, how sessions end, and the second factor."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse

from ecoles.models import MembreEquipe
from reseau.models import Utilisateur
from reseau.portail.comptes import verifier_adresse
from reseau.roles import Role
from tests.monde import Cote, compte, poser_le_monde

SECRET = "une phrase bien assez longue"
LOGIN = "/comptes/login/"


@pytest.fixture(autouse=True)
def base(db: None) -> None:
    """Every test of this file reads accounts."""


@pytest.fixture
def ici() -> Cote:
    return poser_le_monde()[0]


def _ouvrir(personne: Utilisateur) -> Utilisateur:
    personne.set_password(SECRET)
    personne.save()
    verifier_adresse(personne)
    return personne


@pytest.fixture
def maitre(ici: Cote) -> Utilisateur:
    return _ouvrir(ici.personnes[Role.MAITRE])


def _entrer(client: Client, courriel: str, secret: str = SECRET, **entetes: Any) -> Any:
    return client.post(LOGIN, {"login": courriel, "password": secret}, **entetes)


def test_on_entre_par_son_adresse_quelle_que_soit_la_casse(client: Client, maitre: Utilisateur) -> None:
    assert _entrer(client, maitre.courriel.upper()).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_la_page_de_connexion_est_en_francais_et_dans_l_habit_du_portail(client: Client) -> None:
    page = client.get(LOGIN).content.decode()
    assert '<html lang="fr">' in page
    assert page.count("<h1") == 1
    assert "Mot de passe oublié" in page
    assert "S’inscrire" not in page
    assert "signup" not in page


@pytest.mark.parametrize(
    "nom",
    ["account_login", "account_signup", "account_reset_password", "account_reset_password_done",
     "account_reset_password_from_key_done", "account_inactive", "account_email_verification_sent"],
)  # fmt: skip
def test_les_pages_d_entree_s_ouvrent(client: Client, nom: str) -> None:
    reponse = client.get(reverse(nom))
    assert reponse.status_code == 200
    assert "no-store" in reponse["Cache-Control"]
    assert re.search(r"<script|style=|\son\w+=", reponse.content.decode()) is None


@pytest.mark.parametrize(
    "nom",
    ["account_logout", "account_email", "account_change_password", "account_reauthenticate", "mfa_index"],
)
def test_les_pages_du_compte_s_ouvrent(client: Client, maitre: Utilisateur, nom: str) -> None:
    client.force_login(maitre)
    reponse = client.get(reverse(nom))
    assert reponse.status_code == 200
    assert re.search(r"<script|style=|\son\w+=", reponse.content.decode()) is None


def test_personne_ne_s_inscrit(client: Client) -> None:
    nb = Utilisateur.objects.count()
    page = client.post("/comptes/signup/", {"email": "x@essai.invalid", "password1": SECRET})
    assert "sur invitation" in page.content.decode()
    assert Utilisateur.objects.count() == nb


def _sans_jeton(reponse: Any, courriel: str) -> str:
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", reponse.content.decode())
    return page.replace(courriel, "…")


def test_un_compte_connu_et_un_inconnu_recoivent_la_meme_reponse(client: Client, maitre: Utilisateur) -> None:
    connu = _entrer(client, maitre.courriel, "faux mot de passe long")
    inconnu = _entrer(Client(), "personne@essai.invalid", "faux mot de passe long")
    assert connu.status_code == inconnu.status_code == 200
    assert _sans_jeton(connu, maitre.courriel) == _sans_jeton(inconnu, "personne@essai.invalid")


def test_le_mot_de_passe_oublie_repond_pareil_a_un_inconnu(client: Client, maitre: Utilisateur) -> None:
    reponses = [
        client.post(reverse("account_reset_password"), {"email": courriel})
        for courriel in (maitre.courriel, "personne@essai.invalid")
    ]
    assert {(r.status_code, r["Location"]) for r in reponses} == {(302, "/comptes/password/reset/done/")}
    assert [m.to for m in mail.outbox] == [[maitre.courriel], ["personne@essai.invalid"]]


def test_cinq_echecs_font_attendre_meme_celui_qui_sait(client: Client, maitre: Utilisateur) -> None:
    for essai in range(5):
        _entrer(client, maitre.courriel, f"faux mot de passe {essai}", REMOTE_ADDR=f"192.0.2.{essai}")
    assert _entrer(client, maitre.courriel, REMOTE_ADDR="192.0.2.99").status_code == 200
    assert client.get("/admin/").status_code == 302


def test_une_adresse_qui_essaie_trop_attend(client: Client) -> None:
    reponses = [_entrer(client, f"{n}@essai.invalid", "faux mot de passe") for n in range(31)]
    assert reponses[-1].status_code == 429 or "trop" in reponses[-1].content.decode().lower()


def test_les_essais_se_comptent_pour_tous_les_processus(client: Client, maitre: Utilisateur) -> None:
    _entrer(client, maitre.courriel, "faux mot de passe long")
    with connection.cursor() as curseur:
        curseur.execute("SELECT count(*) FROM reseau_limites WHERE cache_key LIKE '%%login_failed%%'")
        assert curseur.fetchone()[0] >= 2
    assert "reseau_limites" in str(getattr(caches["default"], "_table", ""))


@pytest.mark.parametrize("faible", ["quinze lettres!", "motdepasse", "maitre@ici.invalid"])
def test_un_mot_de_passe_faible_est_refuse_avec_sa_raison(
    client: Client, maitre: Utilisateur, faible: str
) -> None:
    client.force_login(maitre)
    _entrer(client, maitre.courriel)
    page = client.post(
        reverse("account_change_password"),
        {"oldpassword": SECRET, "password1": faible, "password2": faible},
    )
    assert page.status_code == 200
    assert "erreur" in page.content.decode()
    maitre.refresh_from_db()
    assert maitre.check_password(SECRET)


def test_le_lien_d_invitation_ouvre_le_compte_et_verifie_l_adresse(client: Client) -> None:
    personne = compte("nouvelle@essai.invalid")
    assert not personne.has_usable_password()
    client.post(reverse("account_reset_password"), {"email": personne.courriel})
    lien = re.search(r"http://testserver(/comptes/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert lien
    page = client.get(lien[1], follow=True)
    assert "Au moins 16 caractères" in page.content.decode()
    client.post(page.redirect_chain[-1][0], {"password1": SECRET, "password2": SECRET})
    assert EmailAddress.objects.get(user=personne).verified
    assert _entrer(Client(), personne.courriel).status_code == 302
    assert "ne fonctionne plus" in Client().get(lien[1]).content.decode()


def test_qui_a_deja_un_role_n_est_pas_bloque_a_la_porte(client: Client, maitre: Utilisateur) -> None:
    client.force_login(maitre)
    assert client.get("/admin/login/").url == "/admin/"
    client.force_login(compte("sans-role@essai.invalid"))
    refus = client.get("/admin/", follow=True)
    assert refus.status_code == 403
    assert "Vous n’avez pas accès" in refus.content.decode()


def test_un_compte_ferme_sort_a_la_page_suivante(client: Client, maitre: Utilisateur) -> None:
    client.force_login(maitre)
    assert client.get("/admin/").status_code == 200
    Utilisateur.objects.filter(pk=maitre.pk).update(is_active=False)
    assert client.get("/admin/").status_code == 302
    assert _entrer(client, maitre.courriel).url == "/comptes/inactive/"


def test_un_role_fini_hier_n_ouvre_plus_rien(client: Client, maitre: Utilisateur) -> None:
    client.force_login(maitre)
    MembreEquipe.objects.filter(utilisateur=maitre).update(du="2020-01-01", au="2020-12-31")
    assert client.get("/admin/").status_code == 302


def test_le_retour_apres_connexion_reste_sur_le_portail(client: Client, maitre: Utilisateur) -> None:
    donnees = {"login": maitre.courriel, "password": SECRET, "next": "https://ailleurs.invalid/"}
    assert client.post(LOGIN, donnees)["Location"] == "/admin/"
