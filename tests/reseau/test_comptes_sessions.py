"""Sessions that end, and the second factor of the State's people."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client as CsrfClient

from reseau.models import Utilisateur
from reseau.portail.comptes import AdaptateurSecondFacteur, verifier_adresse
from reseau.roles import Role
from tests.monde import Cote, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client

SECRET = "une phrase bien assez longue"


@pytest.fixture
def ici(db: None) -> Cote:
    return poser_le_monde()[0]


@pytest.fixture
def maitre(ici: Cote) -> Utilisateur:
    return ici.personnes[Role.MAITRE]


@pytest.fixture
def ordonnateur(ici: Cote) -> Utilisateur:
    personne = ici.personnes[Role.ORDONNATEUR]
    personne.set_password(SECRET)
    personne.save()
    verifier_adresse(personne)
    return personne


def _entrer(client: Client, courriel: str) -> Any:
    return client.post("/comptes/login/", {"login": courriel, "password": SECRET})


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


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


def _champs_gardes(reponse: Any) -> dict[str, str]:
    page = reponse.content.decode()
    assert "Votre saisie est gardée" in page
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_un_formulaire_envoye_trop_tard_est_rendu(
    client: Client, ici: Cote, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(ici.personnes[Role.INSTRUCTEUR])
    client.get("/admin/")
    _avancer(monkeypatch, 61 * 60)
    reponse = client.post("/admin/financements/demande/add/?x=1", {"motif": "<l'écart>", "blocs": ["a", "b"]})
    assert reponse.status_code == 403
    assert _champs_gardes(reponse)["motif"] == "&lt;l&#x27;écart&gt;"
    assert reponse.content.decode().count('name="blocs"') == 2
    assert 'action="/admin/financements/demande/add/?x=1"' in reponse.content.decode()


def test_sans_session_le_formulaire_est_rendu_et_la_lecture_renvoyee(client: Client, ici: Cote) -> None:
    piece = SimpleUploadedFile("rib.pdf", b"%PDF-")
    reponse = client.post("/atelier/", {"minutes": "90", "piece": piece})
    assert reponse.status_code == 403
    assert _champs_gardes(reponse)["minutes"] == "90"
    assert "rib.pdf" in reponse.content.decode()
    assert client.get("/atelier/").url == "/comptes/login/?next=/atelier/"


def test_un_mot_de_passe_n_est_jamais_rendu(client: Client, ici: Cote) -> None:
    reponse = client.post("/comptes/password/change/", {"oldpassword": SECRET})
    assert SECRET not in reponse.content.decode()
    assert reponse.status_code == 302


@pytest.mark.parametrize(
    ("origine", "rendu"), [("http://testserver", True), ("https://ailleurs.invalid", False), ("", False)]
)
def test_apres_une_reconnexion_le_jeton_a_change_et_la_saisie_est_rendue(
    ici: Cote, origine: str, rendu: bool
) -> None:
    client = CsrfClient(enforce_csrf_checks=True)
    client.force_login(ici.personnes[Role.MAITRE])
    client.cookies["csrf"] = "a" * 32
    donnees = {"minutes": "90", "csrfmiddlewaretoken": "b" * 32}
    reponse = client.post("/atelier/", donnees, headers={"Origin": origine} if origine else {})
    assert reponse.status_code == 403
    assert ("Votre saisie est gardée" in reponse.content.decode()) is rendu
    assert ("90" in reponse.content.decode()) is rendu


def test_la_saisie_rendue_s_envoie_pour_de_bon(ici: Cote) -> None:
    client = CsrfClient(enforce_csrf_checks=True)
    client.cookies["csrf"] = "a" * 32
    envoi = {"minutes": "7", "csrfmiddlewaretoken": "a" * 32}
    assert client.post("/atelier/", envoi).status_code == 403
    client.force_login(ici.personnes[Role.MAITRE])
    rendue = client.post("/atelier/", envoi)
    assert rendue.status_code == 422  # read, and refused by the form itself: seven minutes


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


@pytest.mark.usefixtures("avec_second_facteur", "db")
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
