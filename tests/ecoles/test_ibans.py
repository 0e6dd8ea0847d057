"""Bank details: added by the school, confirmed by the service when they change, never rewritten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from ecoles.ibans import a_confirmer, masquer
from ecoles.models import CoordonneesBancaires
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.monde import poser_le_monde

if TYPE_CHECKING:
    from django.test import Client

    from tests.monde import Cote

pytestmark = pytest.mark.django_db
NOUVEAU = "FR7610011000201234567890188"
LISTE, AJOUT = "admin:ecoles_coordonneesbancaires_changelist", "admin:ecoles_coordonneesbancaires_add"


@pytest.fixture
def ici() -> Cote:
    return poser_le_monde()[0]


def ajouter(client: Client, cote: Cote, iban: str = NOUVEAU, **valeurs: Any) -> Any:
    client.force_login(cote.personnes[Role.DIRECTION])
    envoi = {"iban": iban, "du": aujourdhui().isoformat()} | valeurs
    return client.post(reverse(AJOUT), envoi, follow=True)


def texte(reponse: Any) -> str:
    return reponse.content.decode().replace("&#x27;", "'")


def page(coordonnees: CoordonneesBancaires) -> str:
    return reverse("admin:ecoles_coordonneesbancaires_change", args=[coordonnees.pk])


def le_nouveau(cote: Cote) -> CoordonneesBancaires:
    return CoordonneesBancaires.objects.get(ecole=cote.ecole, au=None)


def test_un_nouvel_iban_finit_l_ancien_et_attend(client: Client, ici: Cote) -> None:
    ancien = ici.lignes[CoordonneesBancaires]
    assert "La DREETS doit confirmer ce changement" in texte(
        ajouter(client, ici, "fr76 1001 1000 2012 3456 7890 188")
    )
    ancien.refresh_from_db()
    nouveau = le_nouveau(ici)
    assert ancien.au == aujourdhui() - timedelta(days=1)
    assert (nouveau.iban, nouveau.saisi_par, nouveau.confirme_par) == (
        NOUVEAU, ici.personnes[Role.DIRECTION], None,
    )  # fmt: skip
    assert "à confirmer par la DREETS" in texte(client.get(reverse(LISTE)))


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"iban": "FR7630006000011234567890189"}, "C'est déjà l'IBAN de l'école."),
        ({"iban": "FR7630006000011234567890180"}, "IBAN"),
        ({"iban": ""}, "obligatoire"),
        ({"du": "2020-01-01"}, "commence après"),
    ],
)
def test_un_iban_impossible_a_sa_phrase(
    client: Client, ici: Cote, valeurs: dict[str, str], phrase: str
) -> None:
    reponse = ajouter(client, ici, **({"iban": NOUVEAU} | valeurs))
    assert reponse.status_code == 200
    assert phrase in texte(reponse)
    assert CoordonneesBancaires.objects.filter(ecole=ici.ecole).count() == 1
    assert le_nouveau(ici) == ici.lignes[CoordonneesBancaires]


def test_la_seconde_personne_confirme_depuis_son_accueil(client: Client, ici: Cote) -> None:
    ajouter(client, ici)
    nouveau = le_nouveau(ici)
    client.force_login(ici.personnes[Role.GESTIONNAIRE])
    accueil = texte(client.get("/admin/"))
    assert "IBAN à confirmer" in accueil
    assert masquer(NOUVEAU) in accueil
    assert "Confirmer cet IBAN" in texte(client.get(page(nouveau)))
    client.post(page(nouveau), {"confirmer": "1"})
    nouveau.refresh_from_db()
    assert nouveau.confirme_par == ici.personnes[Role.GESTIONNAIRE]
    assert "IBAN à confirmer" not in texte(client.get("/admin/"))
    assert client.post(page(nouveau), {"confirmer": "1"}).status_code == 403


@pytest.mark.parametrize("role", [Role.DIRECTION, Role.LIQUIDATEUR])
def test_qui_n_est_pas_la_seconde_personne_ne_confirme_pas(client: Client, ici: Cote, role: Role) -> None:
    ajouter(client, ici)
    nouveau = le_nouveau(ici)
    client.force_login(ici.personnes[role])
    assert "Confirmer cet IBAN" not in texte(client.get(page(nouveau)))
    assert client.post(page(nouveau), {"confirmer": "1"}).status_code == 403
    nouveau.refresh_from_db()
    assert nouveau.confirme_par is None


def test_qui_a_saisi_l_iban_ne_le_confirme_pas_meme_gestionnaire(client: Client, ici: Cote) -> None:
    """Two duties in one hand are still one person."""
    ajouter(client, ici)
    nouveau, tete = le_nouveau(ici), ici.personnes[Role.DIRECTION]
    service = ici.personnes[Role.GESTIONNAIRE].affectations.get().service_id
    tete.affectations.create(service_id=service, role=Role.GESTIONNAIRE, du=aujourdhui())
    assert "Confirmer cet IBAN" not in texte(client.get(page(nouveau)))
    assert client.post(page(nouveau), {"confirmer": "1"}).status_code == 403
    nouveau.refresh_from_db()
    assert nouveau.confirme_par is None


def test_une_erreur_se_retire_tant_que_personne_n_a_confirme(client: Client, ici: Cote) -> None:
    ajouter(client, ici)
    nouveau = le_nouveau(ici)
    retrait = reverse("admin:ecoles_coordonneesbancaires_delete", args=[nouveau.pk])
    client.post(retrait, {"post": "yes"})
    ancien = le_nouveau(ici)
    assert ancien == ici.lignes[CoordonneesBancaires]
    ajouter(client, ici)
    nouveau = le_nouveau(ici)
    CoordonneesBancaires.objects.filter(pk=nouveau.pk).update(confirme_par=ici.personnes[Role.GESTIONNAIRE])
    retrait = reverse("admin:ecoles_coordonneesbancaires_delete", args=[nouveau.pk])
    assert client.post(retrait, {"post": "yes"}).status_code == 403


def test_le_premier_iban_n_attend_personne(ici: Cote) -> None:
    assert not a_confirmer(CoordonneesBancaires.objects.filter(ecole=ici.ecole)).exists()


@pytest.mark.parametrize("valeurs", [{"iban": NOUVEAU}, {"du": aujourdhui()}])
def test_la_base_refuse_de_recrire_un_iban(ici: Cote, valeurs: dict[str, Any]) -> None:
    with pytest.raises(DatabaseError, match="ne se modifie pas"), transaction.atomic():
        CoordonneesBancaires.objects.filter(ecole=ici.ecole).update(**valeurs)


def test_une_confirmation_ne_se_reprend_pas(ici: Cote) -> None:
    siennes = CoordonneesBancaires.objects.filter(ecole=ici.ecole)
    siennes.update(confirme_par=ici.personnes[Role.GESTIONNAIRE])
    with pytest.raises(DatabaseError, match="ne se modifie pas"), transaction.atomic():
        siennes.update(confirme_par=None)


def test_l_iban_d_une_autre_ecole_n_existe_pas(client: Client) -> None:
    ici, la_bas, _ = poser_le_monde()
    autre = la_bas.lignes[CoordonneesBancaires]
    for role in (Role.DIRECTION, Role.GESTIONNAIRE, Role.LIQUIDATEUR):
        client.force_login(ici.personnes[role])
        assert client.get(page(autre)).status_code == 404
    client.force_login(ici.personnes[Role.MAITRE])
    assert client.get(page(ici.lignes[CoordonneesBancaires])).status_code == 403
