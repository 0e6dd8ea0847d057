"""The matrix: what it grants and refuses, in our words and in Django's, today and in its territory."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from commandes.models import Commande
from ecoles.models import Ecole, MembreEquipe
from financements.models import Demande
from reseau.management.commands.imprimer_roles import texte
from reseau.models import AffectationDreets, Utilisateur
from reseau.nombres import aujourdhui
from reseau.portail.droits import droits_de, en_francais, roles_de
from reseau.roles import MATRICE, RACINES, ROLES_DREETS, ROLES_ECOLE, ROLES_NATIONAUX, Role, roles_avec
from reseau.settings import RACINE
from tests.monde import Cote, compte, poser_le_monde

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

MODELES = {m._meta.model_name: m for m in apps.get_models()}
TOUS_LES_DROITS = sorted(frozenset().union(*MATRICE.values()))
CODES = {"voir": "view", "ajouter": "add", "modifier": "change", "supprimer": "delete"}


@pytest.fixture
def monde(db: None) -> tuple[Cote, Cote, dict[Role, Utilisateur]]:
    return poser_le_monde()


def _de_django(droit: str) -> str | None:
    objet, _, verbe = droit.partition(".")
    if verbe not in CODES:
        return None
    return f"{MODELES[objet]._meta.app_label}.{CODES[verbe]}_{objet}"


def test_chaque_role_est_d_une_seule_famille() -> None:
    assert sorted([*ROLES_ECOLE, *ROLES_DREETS, *ROLES_NATIONAUX]) == sorted(Role)
    assert set(MATRICE) == set(Role)


def test_chaque_objet_de_la_matrice_est_un_modele() -> None:
    assert {droit.partition(".")[0] for droit in TOUS_LES_DROITS} - set(MODELES) == set()
    assert (set(RACINES) | set(RACINES.values())) - set(MODELES) == set()


def test_la_page_des_roles_est_celle_de_la_matrice(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("imprimer_roles")
    assert capsys.readouterr().out == texte()
    assert (RACINE / "docs" / "roles.md").read_text() == texte()


def test_un_lecteur_national_ne_change_rien() -> None:
    for role in (Role.LECTEUR_NATIONAL, Role.FEDERATION):
        assert {droit.partition(".")[2] for droit in MATRICE[role]} <= {"voir", "exporter", "compter"}


def test_l_etat_ne_voit_jamais_les_apprenants() -> None:
    interdits = {"apprenant", "inscription", "avisaptitude", "formationsecurite", "pointage"}
    for role in ROLES_DREETS | ROLES_NATIONAUX:
        assert {droit.partition(".")[0] for droit in MATRICE[role]} & interdits == set()


def test_la_federation_ne_voit_pas_les_decisions_de_l_etat() -> None:
    assert {d.partition(".")[0] for d in MATRICE[Role.FEDERATION]} & {
        "demande",
        "allocation",
        "enveloppe",
    } == set()


def test_proposer_viser_et_accorder_sont_trois_fonctions() -> None:
    fonctions = [set(roles_avec(f"demande.{verbe}")) for verbe in ("proposer", "viser", "accorder")]
    assert all(fonctions)
    assert fonctions[0].isdisjoint(fonctions[1])
    assert fonctions[1].isdisjoint(fonctions[2])
    assert fonctions[0].isdisjoint(fonctions[2])


@pytest.mark.parametrize(
    ("code", "droit"),
    [
        ("financements.view_demande", "demande.voir"),
        ("demande.viser", "demande.viser"),
        ("ecoles.importer_ecole", "ecole.importer"),
        ("commandes.add_lignecommande", "commande.modifier"),
        ("commandes.delete_lignecommande", "commande.modifier"),
        ("commandes.view_lignecommande", "commande.voir"),
    ],
)
def test_les_codes_de_django_se_traduisent(code: str, droit: str) -> None:
    assert en_francais(code) == droit


@pytest.mark.parametrize("role", list(Role))
def test_django_et_la_matrice_disent_la_meme_chose(
    monde: tuple[Cote, Cote, dict[Role, Utilisateur]], role: Role
) -> None:
    ici, _la_bas, nationaux = monde
    personne = (nationaux | ici.personnes)[role]
    assert droits_de(personne) == MATRICE[role]
    for droit in TOUS_LES_DROITS:
        accorde = droit in MATRICE[role]
        assert personne.has_perm(droit) is accorde, droit
        if (code := _de_django(droit)) is not None:
            assert personne.has_perm(code) is accorde, code


def test_ni_groupe_ni_permission_de_django_n_ouvrent_rien(monde: Any) -> None:
    personne = compte("lise@essai.invalid")
    droit = Permission.objects.get(codename="view_demande")
    personne.user_permissions.add(droit)
    groupe = Group.objects.create(name="tout")
    groupe.permissions.add(droit)
    personne.groups.add(groupe)
    fraiche = Utilisateur.objects.get(pk=personne.pk)
    assert not fraiche.has_perm("financements.view_demande")
    assert not fraiche.is_staff


@pytest.mark.parametrize(
    ("du", "au", "tient"),
    [(-10, None, True), (0, 0, True), (-10, -1, False), (1, None, False), (-1, 1, True)],
)
def test_un_role_vaut_du_premier_au_dernier_jour_compris(
    monde: Any, du: int, au: int | None, tient: bool
) -> None:
    personne, jour = compte("lise@essai.invalid"), aujourdhui()
    fin = None if au is None else jour + timedelta(au)
    AffectationDreets.objects.create(
        utilisateur=personne, service_id="84", role="instructeur", du=jour + timedelta(du), au=fin
    )
    assert (roles_de(personne) == {Role.INSTRUCTEUR}) is tient
    assert Demande.objects.visibles_par(personne).exists() is tient


def test_un_compte_ferme_ne_tient_plus_rien(monde: tuple[Cote, Cote, dict[Role, Utilisateur]]) -> None:
    personne = monde[0].personnes[Role.ORDONNATEUR]
    personne.is_active = False
    assert roles_de(personne) == frozenset()
    assert not personne.has_perm("demande.voir")


def test_un_droit_ne_vaut_que_la_ou_le_role_est_tenu(
    monde: tuple[Cote, Cote, dict[Role, Utilisateur]],
) -> None:
    """Certifier there is not granting here: a right is a pair (role, territory)."""
    ici, la_bas, _ = monde
    personne = ici.personnes[Role.ORDONNATEUR]
    AffectationDreets.objects.create(utilisateur=personne, service_id=la_bas.region, role="certificateur")
    fraiche = Utilisateur.objects.get(pk=personne.pk)
    assert set(Demande.objects.visibles_par(fraiche, "voir").values_list("region_id", flat=True)) == {
        "84",
        "32",
    }
    accordables = Demande.objects.visibles_par(fraiche, "accorder")
    assert set(accordables.values_list("region_id", flat=True)) == {"84"}
    assert fraiche.has_perm("demande.accorder", ici.lignes[Demande])
    assert not fraiche.has_perm("demande.accorder", la_bas.lignes[Demande])


def test_deux_ecoles_deux_fonctions(monde: tuple[Cote, Cote, dict[Role, Utilisateur]]) -> None:
    ici, la_bas, _ = monde
    personne = ici.personnes[Role.MAITRE]
    MembreEquipe.objects.create(utilisateur=personne, ecole=la_bas.ecole, fonction="secretariat")
    fraiche = Utilisateur.objects.get(pk=personne.pk)
    assert Commande.objects.visibles_par(fraiche).count() == 2
    assert [c.ecole for c in Commande.objects.visibles_par(fraiche, "qualifier")] == [ici.ecole]
    assert not Ecole.objects.visibles_par(fraiche, "modifier").exists()


def test_les_roles_se_lisent_une_fois_par_requete(
    monde: tuple[Cote, Cote, dict[Role, Utilisateur]], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    personne = monde[0].personnes[Role.MAITRE]
    with django_assert_num_queries(1):
        for droit in TOUS_LES_DROITS:
            personne.has_perm(droit)
