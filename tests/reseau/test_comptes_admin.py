"""The functional administrator opens accounts and hands out duties, and cannot climb."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from ecoles.models import MembreEquipe
from reseau.models import AffectationDreets, AffectationNationale, Utilisateur
from reseau.roles import Role
from tests.monde import Cote, compte, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

COMPTES = "/admin/reseau/utilisateur/"
DREETS = "/admin/reseau/affectationdreets/"
EQUIPES = "/admin/ecoles/membreequipe/"
NATIONALES = "/admin/reseau/affectationnationale/"


@pytest.fixture
def monde(db: None) -> tuple[Cote, dict[Role, Utilisateur]]:
    ici, _la_bas, nationaux = poser_le_monde()
    return ici, nationaux


@pytest.fixture
def administrateur(client: Client, monde: tuple[Cote, dict[Role, Utilisateur]]) -> Utilisateur:
    personne = monde[1][Role.ADMINISTRATEUR]
    client.force_login(personne)
    return personne


def _confier(client: Client, personne: Utilisateur, **autres: Any) -> Any:
    donnees = {
        "utilisateur": personne.pk,
        "service": "84",
        "role": "instructeur",
        "du": "01/09/2026",
        "au": "",
    }
    return client.post(f"{DREETS}add/", donnees | autres)


def test_ouvrir_un_compte_envoie_une_invitation_et_aucun_mot_de_passe(
    client: Client,
    administrateur: Utilisateur,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        reponse = client.post(
            f"{COMPTES}add/",
            {"courriel": " Lise@Essai.invalid", "prenom": "Lise", "nom": "Roy", "is_active": "on"},
        )
    assert reponse.status_code == 302
    ouvert = Utilisateur.objects.get(courriel="lise@essai.invalid")
    assert not ouvert.has_usable_password()
    assert not EmailAddress.objects.get(user=ouvert).verified
    assert mail.outbox[0].to == [ouvert.courriel]
    lien = re.search(r"http://testserver(/comptes/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert lien
    assert "Choisir un mot de passe" in client.get(lien[1], follow=True).content.decode()


def test_une_invitation_se_renvoie_a_qui_ne_vint_jamais(client: Client, administrateur: Utilisateur) -> None:
    jamais, venu = compte("jamais@essai.invalid"), compte("venu@essai.invalid")
    Utilisateur.objects.filter(pk=venu.pk).update(last_login="2026-01-01T00:00Z")
    client.post(COMPTES, {"action": "inviter_de_nouveau", "_selected_action": [jamais.pk, venu.pk]})
    assert [m.to for m in mail.outbox] == [[jamais.courriel]]


def test_une_adresse_ne_change_pas_de_mains(client: Client, administrateur: Utilisateur) -> None:
    personne = compte("lise@essai.invalid")
    client.post(
        f"{COMPTES}{personne.pk}/change/", {"courriel": "moi@essai.invalid", "prenom": "L", "nom": "R"}
    )
    personne.refresh_from_db()
    assert (personne.courriel, personne.prenom, personne.is_active) == ("lise@essai.invalid", "L", False)


def test_nul_ne_touche_un_compte_au_dessus_de_soi(
    client: Client, administrateur: Utilisateur, monde: tuple[Cote, dict[Role, Utilisateur]]
) -> None:
    secours = Utilisateur.objects.create_superuser("secours@essai.invalid")
    for intouchable in (secours, monde[1][Role.LECTEUR_NATIONAL], administrateur):
        client.post(f"{COMPTES}{intouchable.pk}/change/", {"prenom": "Pris", "nom": ""})
        intouchable.refresh_from_db()
        assert intouchable.prenom != "Pris"
        assert intouchable.is_active


@pytest.mark.parametrize("champ", ["is_superuser", "password", "groups", "user_permissions"])
def test_un_champ_de_pouvoir_ne_se_poste_pas(client: Client, administrateur: Utilisateur, champ: str) -> None:
    personne = compte("lise@essai.invalid")
    avant = Utilisateur.objects.values("is_superuser", "password").get(pk=personne.pk)
    client.post(f"{COMPTES}{personne.pk}/change/", {"prenom": "L", "nom": "R", "is_active": "on", champ: "1"})
    assert Utilisateur.objects.values("is_superuser", "password").get(pk=personne.pk) == avant


def test_un_role_se_confie_a_autrui(client: Client, administrateur: Utilisateur) -> None:
    personne = compte("lise@essai.invalid")
    assert _confier(client, personne).status_code == 302
    assert AffectationDreets.objects.get(utilisateur=personne).role == Role.INSTRUCTEUR
    deux_fois = _confier(client, personne)
    assert "tient déjà ce rôle" in deux_fois.content.decode()


def test_nul_ne_se_confie_un_role(client: Client, administrateur: Utilisateur) -> None:
    page = _confier(client, administrateur)
    assert "nul ne se confie un rôle" in page.content.decode()
    assert not AffectationDreets.objects.filter(utilisateur=administrateur).exists()


def test_nul_ne_prolonge_le_sien(client: Client, administrateur: Utilisateur) -> None:
    sien = AffectationDreets.objects.create(
        utilisateur=administrateur, service_id="84", role="ordonnateur", du="2026-01-01", au="2026-12-31"
    )
    assert client.post(f"{DREETS}{sien.pk}/change/", {"au": ""}).status_code == 403
    sien.refresh_from_db()
    assert sien.au is not None


def test_nul_n_entre_de_lui_meme_dans_l_equipe_d_une_ecole(
    client: Client, administrateur: Utilisateur, monde: tuple[Cote, dict[Role, Utilisateur]]
) -> None:
    donnees = {"ecole": monde[0].ecole.pk, "fonction": "direction", "du": "01/09/2026", "au": ""}
    siennes = client.post(f"{EQUIPES}add/", donnees | {"utilisateur": administrateur.pk})
    assert "nul ne se confie un rôle" in siennes.content.decode()
    autrui = compte("arrivante")
    assert client.post(f"{EQUIPES}add/", donnees | {"utilisateur": autrui.pk}).status_code == 302
    assert [m.utilisateur for m in MembreEquipe.objects.filter(fonction="direction", du="2026-09-01")] == [
        autrui
    ]


def test_une_affectation_se_termine_sans_changer_de_mains(
    client: Client, administrateur: Utilisateur
) -> None:
    lise = compte("lise@essai.invalid")
    ligne = AffectationDreets.objects.create(
        utilisateur=lise, service_id="84", role="ordonnateur", du="2026-01-01"
    )
    donnees = {"utilisateur": administrateur.pk, "service": "32", "role": "instructeur", "au": "31/12/2026"}
    assert client.post(f"{DREETS}{ligne.pk}/change/", donnees).status_code == 302
    ligne.refresh_from_db()
    assert (ligne.utilisateur, ligne.service_id, ligne.role, str(ligne.au)) == (
        lise, "84", "ordonnateur", "2026-12-31",
    )  # fmt: skip


def test_les_roles_nationaux_ne_se_donnent_que_par_le_superutilisateur(
    client: Client, administrateur: Utilisateur
) -> None:
    donnees = {"utilisateur": compte("l@essai.invalid").pk, "role": "administrateur", "du": "01/09/2026"}
    nb = AffectationNationale.objects.count()
    assert client.post(f"{NATIONALES}add/", donnees).status_code == 403
    assert AffectationNationale.objects.count() == nb
    client.force_login(Utilisateur.objects.create_superuser("secours@essai.invalid"))
    assert client.post(f"{NATIONALES}add/", donnees).status_code == 302
    assert AffectationNationale.objects.count() == nb + 1


@pytest.mark.parametrize("role", [Role.ORDONNATEUR, Role.DIRECTION, Role.MAITRE])
def test_les_comptes_ne_se_montrent_qu_a_qui_les_gere(
    client: Client, monde: tuple[Cote, dict[Role, Utilisateur]], role: Role
) -> None:
    client.force_login(monde[0].personnes[role])
    assert {client.get(page).status_code for page in (COMPTES, DREETS, NATIONALES)} == {403}
