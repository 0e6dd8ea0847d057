"""The table address x role: complete against the resolver, and true for every page of the admin.

``acces.csv`` is written by hand, apart from ``reseau/roles.py``: a right that changes there without
changing here is seen. Letters: v(oir), a(jouter), m(odifier), s(upprimer).
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from financements.models import Demande
from reseau.champs import uuid7
from reseau.roles import ROLES_DREETS, ROLES_ECOLE, ROLES_NATIONAUX, Role
from tests.maison.adresses import adresses
from tests.monde import Cote, poser_le_monde

if TYPE_CHECKING:
    from django.db import models
    from django.test import Client

    from reseau.models import Utilisateur

# Read by anybody, without an account and without a cookie; with what it takes to build the address.
PUBLIQUES: dict[str, dict[str, str]] = {
    "accueil": {},
    "plan_du_site": {},
    "accessibilite": {},
    "mentions_legales": {},
    "donnees_personnelles": {},
    "donnees": {},
    "catalogue": {},
    "financements:subventions": {},
    "robots": {},
    "sitemap": {},
    "ecoles:liste": {},
    "ecoles:region": {"slug": "bretagne"},
    "ecoles:fiche": {"slug": "atelier-ici"},
    "ecoles:fiche_pdf": {"slug": "atelier-ici"},
    "ecoles:contact": {"slug": "atelier-ici"},
    "ecoles:suivi": {"jeton": "inconnu"},
}
# A page of one's own role, outside the admin: who opens it.
METIER: dict[str, set[Role]] = {
    "commandes:atelier": {Role.MAITRE, Role.DIRECTION},
    "commandes:a_regulariser": {Role.DIRECTION},
    "admin:financements_enveloppe_tableau": {*ROLES_DREETS, Role.LECTEUR_NATIONAL},
    "admin:financements_enveloppe_fonctions": {
        *ROLES_DREETS,
        Role.LECTEUR_NATIONAL,
        Role.ADMINISTRATEUR,
    },
    "admin:financements_enveloppe_tableau_national": {Role.LECTEUR_NATIONAL},
}
# They only answer a POST.
ENVOIS = {"commandes:annuler_saisie"}
# One role of each kind knocks at every page of an object; the others at the main ones.
A_FOND = {Role.DIRECTION, Role.INSTRUCTEUR, Role.LECTEUR_NATIONAL}
# allauth's own pages: they ask for an account themselves, or are the way in.
BIBLIOTHEQUES = re.compile(r"account_|mfa_")
# What a GET may write: who is there, how often somebody tries, and who opened what names minors.
ECRITURES_EN_LECTURE = re.compile(r'"?(django_session|reseau_limites|reseau_traceexport)"?')
COMMUNES_DE_L_ADMIN = {
    "admin:index", "admin:login", "admin:logout", "admin:password_change", "admin:password_change_done",
    "admin:autocomplete", "admin:jsi18n", "admin:app_list", "admin:",
}  # fmt: skip


def _lire_table() -> dict[str, dict[Role, str]]:
    with (Path(__file__).parent / "acces.csv").open(newline="") as fichier:
        lignes = list(csv.DictReader(fichier))
    return {ligne.pop("modele"): {Role(r): lettres for r, lettres in ligne.items()} for ligne in lignes}


TABLE = _lire_table()


def _modeles() -> dict[str, type[models.Model]]:
    return {m._meta.model_name or "": m for m in admin.site._registry}


def _connue(nom: str) -> bool:
    if nom in {*PUBLIQUES, *METIER, *ENVOIS, *COMMUNES_DE_L_ADMIN} or BIBLIOTHEQUES.match(nom):
        return True
    trouve = re.fullmatch(r"admin:[a-z]+_([a-z]+)_\w+", nom)
    return bool(trouve and trouve[1] in TABLE)


def test_chaque_adresse_est_dans_la_table() -> None:
    assert [a for a in adresses() if not _connue(a.nom)] == []


def test_chaque_ligne_de_la_table_a_une_adresse() -> None:
    noms = {a.nom for a in adresses()}
    assert {*PUBLIQUES, *METIER, *ENVOIS} - noms == set()
    assert set(TABLE) == set(_modeles())


def refuser_d_ecrire(executer: Any, requete: str, *reste: Any) -> Any:
    """Reading writes nothing, but for the session and the throttles."""
    if re.match(r"\s*(INSERT|UPDATE|DELETE|MERGE)", requete, re.IGNORECASE):
        assert ECRITURES_EN_LECTURE.search(requete), f"écriture pendant une lecture : {requete[:200]}"
    return executer(requete, *reste)


@pytest.mark.django_db
@pytest.mark.parametrize("nom", PUBLIQUES)
def test_une_page_publique_s_ouvre_sans_compte_et_sans_temoin(
    client: Client, nom: str, settings: Any
) -> None:
    settings.DEMONSTRATION = False
    poser_le_monde(execution=True)
    with connection.execute_wrapper(refuser_d_ecrire):
        reponse = client.get(reverse(nom, kwargs=PUBLIQUES[nom]))
    assert reponse.status_code in ((200, 404) if nom == "ecoles:suivi" else (200,))
    assert not reponse.cookies or nom in {"ecoles:contact", "ecoles:suivi"}


@pytest.mark.django_db
def test_sans_compte_tout_le_reste_renvoie_a_la_connexion(client: Client) -> None:
    ici, _la_bas, _ = poser_le_monde(execution=True)
    pages = [_page(m, "changelist") for m in _modeles().values()]
    pages += [_page(m, "change", ici.lignes[m].pk) for m in _modeles().values() if m in ici.lignes]
    pages += [reverse("admin:index"), *(reverse(nom) for nom in METIER)]
    for page in pages:
        reponse = client.get(page)
        assert (page, reponse.status_code) == (page, 302)
        assert "/login/" in reponse.url


def _page(modele: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{modele._meta.app_label}_{modele._meta.model_name}_{page}", args=args)


def _attendus(
    role: Role, lettres: str, modele: type[models.Model], ici: Cote, la_bas: Cote
) -> dict[str, int]:
    """What each page must answer to this role."""
    voit = bool(set(lettres) & set("vm"))
    attendus = {_page(modele, "changelist"): 200 if voit else 403}
    attendus[_page(modele, "add")] = 200 if "a" in lettres else 403
    if modele in ici.lignes:
        ailleurs = 200 if role in ROLES_NATIONAUX else 404
        attendus[_page(modele, "change", ici.lignes[modele].pk)] = 200 if voit else 403
        attendus[_page(modele, "change", la_bas.lignes[modele].pk)] = ailleurs if voit else 403
        if role in A_FOND:
            attendus |= _autres_portes(role, voit, ailleurs, modele, ici, la_bas)
            if "s" in lettres:
                attendus[_page(modele, "delete", la_bas.lignes[modele].pk)] = ailleurs
    return attendus


def _autres_portes(
    role: Role, voit: bool, ailleurs: int, modele: type[models.Model], ici: Cote, la_bas: Cote
) -> dict[str, int]:
    """Every other page of an object; one role of each kind tries them."""
    attendus = {_page(modele, "change", uuid7()): 404 if voit else 403}
    if modele in ici.lignes:
        # Django looks for the object before the right: to who may see nothing, nothing exists.
        # A request's history names the officers: it is the State's, and the school does not read it.
        lit = voit and not (modele is Demande and role in ROLES_ECOLE)
        attendus[_page(modele, "history", ici.lignes[modele].pk)] = 200 if lit else 404
        attendus[_page(modele, "history", la_bas.lignes[modele].pk)] = ailleurs if voit else 404
        attendus[_page(modele, "delete", la_bas.lignes[modele].pk)] = 403
    return attendus


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_chaque_role_ouvre_ce_que_dit_la_table(client: Client, role: Role) -> None:
    ici, la_bas, nationaux = poser_le_monde(execution=True)
    personne: Utilisateur = (nationaux | ici.personnes)[role]
    client.force_login(personne)
    with connection.execute_wrapper(refuser_d_ecrire):
        for nom, modele in _modeles().items():
            for page, attendu in _attendus(role, TABLE[nom][role], modele, ici, la_bas).items():
                assert (page, client.get(page).status_code) == (page, attendu)
        assert client.get(reverse("admin:index")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("nom", METIER)
@pytest.mark.parametrize("role", list(Role))
def test_une_page_de_metier_s_ouvre_a_son_role(client: Client, role: Role, nom: str) -> None:
    ici, _la_bas, nationaux = poser_le_monde(execution=True)
    client.force_login((nationaux | ici.personnes)[role])
    with connection.execute_wrapper(refuser_d_ecrire):
        assert client.get(reverse(nom)).status_code == (200 if role in METIER[nom] else 403)


@pytest.mark.django_db
def test_un_role_retire_ferme_la_porte_a_la_page_suivante(client: Client) -> None:
    ici, _la_bas, _ = poser_le_monde(execution=True)
    personne = ici.personnes[Role.INSTRUCTEUR]
    client.force_login(personne)
    assert client.get(reverse("admin:index")).status_code == 200
    personne.affectations.all().delete()
    assert client.get(reverse("admin:index")).status_code == 302
