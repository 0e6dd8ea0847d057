"""Accounts: the way in, what it never tells, how sessions end, and the second factor."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from ecoles.models import MembreEquipe
from reseau.models import Utilisateur
from reseau.portail.comptes import AdaptateurSecondFacteur, verifier_adresse
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


@pytest.fixture
def ordonnateur(ici: Cote) -> Utilisateur:
    return _ouvrir(ici.personnes[Role.ORDONNATEUR])


def _entrer(client: Client, courriel: str, secret: str = SECRET, **entetes: Any) -> Any:
    return client.post(LOGIN, {"login": courriel, "password": secret}, **entetes)


def _code(secret: str, decalage: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + decalage))


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


def _avancer(monkeypatch: pytest.MonkeyPatch, secondes: float) -> None:
    maintenant = time.time() + secondes
    monkeypatch.setattr("reseau.portail.intergiciels.time.time", lambda: maintenant)


@pytest.mark.parametrize(
    ("role", "minutes", "reste"),
    [
        (Role.MAITRE, 239, True),
        (Role.MAITRE, 241, False),
        (Role.ORDONNATEUR, 59, True),
        (Role.ORDONNATEUR, 61, False),
    ],
)
def test_une_session_inactive_se_ferme(
    client: Client, ici: Cote, monkeypatch: pytest.MonkeyPatch, role: Role, minutes: int, reste: bool
) -> None:
    client.force_login(ici.personnes[role])
    client.get("/admin/")
    _avancer(monkeypatch, minutes * 60)
    reponse = client.get("/admin/")
    assert reponse.status_code == (200 if reste else 302)
    if not reste:
        assert reponse.url == "/comptes/login/?next=/admin/"
        assert "session est terminée" in client.get(reponse.url).content.decode()


def test_une_session_ne_dure_jamais_plus_de_douze_heures(
    client: Client, maitre: Utilisateur, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(maitre)
    for heure in (0, 3, 3, 3, 2.9):
        _avancer(monkeypatch, heure * 3600)
        assert client.get("/admin/").status_code == 200
    _avancer(monkeypatch, 3600)
    assert client.get("/admin/").status_code == 302


def test_lire_n_ecrit_la_session_qu_une_fois_par_pas(
    client: Client, maitre: Utilisateur, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(maitre)
    client.get("/admin/")
    ecritures: list[str] = []

    def noter(executer: Any, requete: str, *reste: Any) -> Any:
        ecritures.extend([requete] if not requete.lstrip().upper().startswith("SELECT") else [])
        return executer(requete, *reste)

    with connection.execute_wrapper(noter):
        client.get("/admin/")
        assert [e for e in ecritures if "django_session" in e] == []
        _avancer(monkeypatch, 301)
        client.get("/admin/")
    assert any("django_session" in e for e in ecritures)


def test_une_page_publique_ne_lit_pas_la_session(client: Client, maitre: Utilisateur) -> None:
    client.force_login(maitre)
    with connection.execute_wrapper(_refuser_la_session):
        reponse = client.get("/mentions-legales/")
    assert reponse["Cache-Control"] == "public, s-maxage=300"
    assert not reponse.cookies


def _refuser_la_session(executer: Any, requete: str, *reste: Any) -> Any:
    assert "django_session" not in requete
    return executer(requete, *reste)


def test_une_page_privee_ne_se_garde_pas(client: Client, maitre: Utilisateur) -> None:
    client.force_login(maitre)
    assert "no-store" in client.get("/admin/")["Cache-Control"]


@pytest.fixture
def avec_second_facteur(settings: Any) -> None:
    settings.MFA_OBLIGATOIRE = True


@pytest.mark.usefixtures("avec_second_facteur")
def test_l_agent_de_l_etat_installe_d_abord_son_second_facteur(
    client: Client, ordonnateur: Utilisateur
) -> None:
    _entrer(client, ordonnateur.courriel)
    page = client.get("/admin/")
    assert page.url == "/comptes/2fa/totp/activate/"
    reponse = client.get(page.url)
    assert "/comptes/reauthenticate/" in reponse.url
    client.post(reponse.url, {"password": SECRET})
    page = client.get(page.url)
    texte = page.content.decode()
    assert "<svg" in texte
    assert "data:" not in texte
    cle = re.search(r"<code>([A-Z2-7]+)</code>", texte)
    assert cle
    fin = client.post("/comptes/2fa/totp/activate/", {"code": _code(cle[1])})
    assert fin.url == "/comptes/2fa/recovery-codes/"
    assert client.get(fin.url).content.decode().count("<code>") == 10
    assert client.get("/admin/").status_code == 200
    garde = Authenticator.objects.get(user=ordonnateur, type="totp").data["secret"]
    assert cle[1] not in garde


@pytest.mark.usefixtures("avec_second_facteur")
def test_avec_un_second_facteur_le_mot_de_passe_ne_suffit_plus(
    client: Client, ordonnateur: Utilisateur
) -> None:
    from allauth.mfa.adapter import get_adapter

    facteur = Authenticator(user=ordonnateur, type="totp", data={"secret": get_adapter().encrypt("A" * 32)})
    facteur.save()
    assert _entrer(client, ordonnateur.courriel).url == "/comptes/2fa/authenticate/"
    assert client.get("/admin/").status_code == 302
    assert client.post("/comptes/2fa/authenticate/", {"code": "000000"}).status_code == 200
    code = _code("A" * 32)
    assert client.post("/comptes/2fa/authenticate/", {"code": code}).url == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert not TOTP(facteur).validate_code(code), "un code ne sert qu'une fois"


@pytest.mark.usefixtures("avec_second_facteur")
@pytest.mark.parametrize("role", [Role.MAITRE, Role.SECRETARIAT, Role.DIRECTION])
def test_une_ecole_entre_sans_second_facteur(client: Client, ici: Cote, role: Role) -> None:
    client.force_login(ici.personnes[role])
    assert client.get("/admin/").status_code == 200


@pytest.mark.usefixtures("avec_second_facteur")
@pytest.mark.parametrize("adresse", ["/admin/", "/admin/password_change/"])
def test_le_superutilisateur_et_les_nationaux_en_ont_un(client: Client, adresse: str) -> None:
    *_, nationaux = poser_le_monde()
    for personne in (Utilisateur.objects.create_superuser("secours@essai.invalid"), *nationaux.values()):
        client.force_login(personne)
        assert client.get(adresse).url == "/comptes/2fa/totp/activate/"


def test_les_durees_sont_celles_de_la_page_de_confiance() -> None:
    from reseau.portail import intergiciels

    assert (intergiciels.INACTIVITE_ETAT, intergiciels.INACTIVITE_ECOLE) == (3600, 4 * 3600)
    assert intergiciels.DUREE_TOTALE == 12 * 3600


def test_le_retour_apres_connexion_reste_sur_le_portail(client: Client, maitre: Utilisateur) -> None:
    donnees = {"login": maitre.courriel, "password": SECRET, "next": "https://ailleurs.invalid/"}
    assert client.post(LOGIN, donnees)["Location"] == "/admin/"


@pytest.mark.usefixtures("avec_second_facteur")
def test_un_second_facteur_obligatoire_ne_s_enleve_pas_mais_se_remplace(
    client: Client, ordonnateur: Utilisateur
) -> None:
    facteur = Authenticator.objects.create(
        user=ordonnateur, type="totp", data={"secret": AdaptateurSecondFacteur().encrypt("A" * 32)}
    )
    assert not AdaptateurSecondFacteur().can_delete_authenticator(facteur)
    call_command("oublier_second_facteur", ordonnateur.courriel.upper())
    client.force_login(ordonnateur)
    assert client.get("/admin/").url == "/comptes/2fa/totp/activate/"
    for adresse in (ordonnateur.courriel, "personne@essai.invalid"):
        with pytest.raises(CommandError):
            call_command("oublier_second_facteur", adresse)


def test_une_cle_secrete_remplacee_ouvre_encore_les_seconds_facteurs(settings: Any) -> None:
    secret = AdaptateurSecondFacteur().encrypt("A" * 32)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "une-autre-cle"
    assert AdaptateurSecondFacteur().decrypt(secret) == "A" * 32
