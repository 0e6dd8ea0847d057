"""The workshop page: a group's minutes in one sending, and nobody's minutes thrown away."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commandes.models import Commande, LigneCommande, Pointage
from commandes.saisie import DELAI_ANNULATION
from ecoles.models import Apprenant, AvisAptitude, Inscription, Offre
from reseau.nombres import aujourdhui, maintenant
from reseau.roles import Role
from tests.monde import MACHINES, METALLIER, Cote, poser_le_monde
from tests.usines import RepresentantUsine

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PAGE = "/atelier/"


@pytest.fixture
def monde() -> tuple[Cote, Cote]:
    ici, la_bas, _ = poser_le_monde()
    return ici, la_bas


@pytest.fixture
def atelier(client: Client, monde: tuple[Cote, Cote]) -> Client:
    client.force_login(monde[0].personnes[Role.MAITRE])
    return client


def _inscrire(cote: Cote, prenom: str) -> Apprenant:
    Offre.objects.update(capacite=None)
    eleve = Apprenant.objects.create(ecole=cote.ecole, prenom=prenom, nom="Essai", ne_le="2009-06-01")
    RepresentantUsine(apprenant=eleve)
    Inscription.objects.create(apprenant=eleve, titre_id=METALLIER, du=aujourdhui() - timedelta(100))
    return eleve


def _envoi(cote: Cote, eleves: list[Apprenant], **autres: Any) -> dict[str, Any]:
    return {
        "lot": str(uuid4()),
        "jour": aujourdhui().isoformat(),
        "commande": str(cote.lignes[Commande].pk),
        "apprenants": [str(eleve.pk) for eleve in eleves],
        "duree": "60",
        **autres,
    }


def _du_jour() -> Any:
    return Pointage.objects.filter(jour=aujourdhui())


def _page(reponse: Any) -> str:
    return str(reponse.content.decode()).replace("&#x27;", "'")


def test_huit_jeunes_s_enregistrent_en_une_fois(atelier: Client, monde: tuple[Cote, Cote]) -> None:
    eleves = [_inscrire(monde[0], f"Jeune{n}") for n in range(8)]
    reponse = atelier.post(PAGE, _envoi(monde[0], eleves), follow=True)
    assert "8 jeunes, 8\u00a0h\u00a000 enregistrées sur CMD-2020-0001" in _page(reponse)
    assert _du_jour().filter(etat="valide", minutes=60).count() == 8


def test_envoyer_deux_fois_ne_compte_qu_une_fois(atelier: Client, monde: tuple[Cote, Cote]) -> None:
    envoi = _envoi(monde[0], [monde[0].lignes[Apprenant]])
    atelier.post(PAGE, envoi)
    assert "déjà enregistrée" in _page(atelier.post(PAGE, envoi, follow=True))
    assert _du_jour().count() == 1


def test_qui_n_a_pas_son_avis_est_nomme_et_les_autres_sont_valides(
    atelier: Client, monde: tuple[Cote, Cote]
) -> None:
    malo = _inscrire(monde[0], "Malo")
    envoi = _envoi(monde[0], [malo, monde[0].lignes[Apprenant]], ligne=str(_ligne_sur_machine(monde[0]).pk))
    page = _page(atelier.post(PAGE, envoi, follow=True))
    assert "Malo, à régulariser" in page
    assert "avis d'aptitude de Malo" in page
    assert _du_jour().get(apprenant=malo).etat == "a_regulariser"
    assert _du_jour().get(apprenant=monde[0].lignes[Apprenant]).etat == "valide"


def _ligne_sur_machine(cote: Cote) -> LigneCommande:
    ligne: LigneCommande = cote.lignes[LigneCommande]
    LigneCommande.objects.filter(pk=ligne.pk).update(travail_id=MACHINES)
    return ligne


def test_la_piece_arrivee_les_heures_se_regularisent(client: Client, monde: tuple[Cote, Cote]) -> None:
    ici = monde[0]
    client.force_login(ici.personnes[Role.DIRECTION])
    eleve = ici.lignes[Apprenant]
    AvisAptitude.objects.filter(apprenant=eleve).update(apte=False)
    client.post(PAGE, _envoi(ici, [eleve], ligne=str(_ligne_sur_machine(ici).pk)))
    pointage = _du_jour().get()
    page = reverse("commandes:a_regulariser")
    assert "inapte" in _page(client.post(page, {"pointage": str(pointage.pk)}, follow=True))
    AvisAptitude.objects.filter(apprenant=eleve).update(apte=True)
    assert "validées" in _page(client.post(page, {"pointage": str(pointage.pk)}, follow=True))
    pointage.refresh_from_db()
    assert (pointage.etat, pointage.motif) == ("valide", "")


def test_au_dela_de_huit_heures_les_minutes_sont_gardees(atelier: Client, monde: tuple[Cote, Cote]) -> None:
    eleve = monde[0].lignes[Apprenant]
    for minutes in ("480", "30"):
        atelier.post(PAGE, _envoi(monde[0], [eleve], minutes=minutes))
    assert sorted(_du_jour().values_list("minutes", "etat")) == [(30, "a_regulariser"), (480, "valide")]


def test_une_saisie_s_annule_pendant_dix_minutes(atelier: Client, monde: tuple[Cote, Cote]) -> None:
    envoi = _envoi(monde[0], [monde[0].lignes[Apprenant]])
    atelier.post(PAGE, envoi)
    atelier.post(reverse("commandes:annuler_saisie", args=[envoi["lot"]]))
    assert not _du_jour().exists()


def test_passe_dix_minutes_une_saisie_reste(
    atelier: Client, monde: tuple[Cote, Cote], monkeypatch: pytest.MonkeyPatch
) -> None:
    envoi = _envoi(monde[0], [monde[0].lignes[Apprenant]])
    atelier.post(PAGE, envoi)
    plus_tard = maintenant() + DELAI_ANNULATION + timedelta(seconds=1)
    monkeypatch.setattr("commandes.saisie.maintenant", lambda: plus_tard)
    page = _page(atelier.post(reverse("commandes:annuler_saisie", args=[envoi["lot"]]), follow=True))
    assert "Trop tard" in page
    assert _du_jour().exists()


def test_la_saisie_d_un_collegue_ne_s_annule_pas(client: Client, monde: tuple[Cote, Cote]) -> None:
    ici = monde[0]
    client.force_login(ici.personnes[Role.MAITRE])
    envoi = _envoi(ici, [ici.lignes[Apprenant]])
    client.post(PAGE, envoi)
    client.force_login(ici.personnes[Role.DIRECTION])
    client.post(reverse("commandes:annuler_saisie", args=[envoi["lot"]]))
    assert _du_jour().exists()


@pytest.mark.parametrize(
    ("changement", "phrase"),
    [
        ({"duree": ""}, "Choisissez une durée."),
        ({"minutes": "7"}, "de 5 en 5 minutes"),
        ({"minutes": "600"}, "de 5 minutes à 8 heures"),
        ({"minutes": "NaN"}, "n'est pas un nombre"),
        ({"minutes": "-30"}, "de 5 minutes à 8 heures"),
        ({"apprenants": []}, "Cochez au moins un jeune."),
        ({"commande": "n'importe quoi"}, "Cette commande n'est pas à l'atelier"),
        ({"jour": "2026-13-45"}, "Cette date n'existe pas."),
        ({"jour": "2999-01-01"}, "Ce jour est dans le futur."),
        ({"duree": "61"}, "Choisissez une des durées."),
    ],
)
def test_une_mauvaise_saisie_a_sa_phrase_et_revient(
    atelier: Client, monde: tuple[Cote, Cote], changement: dict[str, Any], phrase: str
) -> None:
    reponse = atelier.post(PAGE, _envoi(monde[0], [monde[0].lignes[Apprenant]]) | changement)
    assert reponse.status_code == 422
    assert phrase in _page(reponse)
    assert not _du_jour().exists()


@pytest.mark.parametrize("modele", [Commande, Apprenant, LigneCommande])
def test_rien_d_une_autre_ecole_ne_passe(atelier: Client, monde: tuple[Cote, Cote], modele: type) -> None:
    ici, la_bas = monde
    champ = {Commande: "commande", Apprenant: "apprenants", LigneCommande: "ligne"}[modele]
    envoi = _envoi(ici, [ici.lignes[Apprenant]]) | {champ: str(la_bas.lignes[modele].pk)}
    assert atelier.post(PAGE, envoi).status_code == 422
    assert not _du_jour().exists()


def test_la_page_ne_montre_que_son_ecole(atelier: Client, monde: tuple[Cote, Cote]) -> None:
    ici, la_bas = monde
    page = _page(atelier.get(PAGE, {"commande": str(ici.lignes[Commande].pk)}))
    assert ici.lignes[Apprenant].nom in page
    assert la_bas.lignes[Apprenant].nom not in page
    ailleurs = _page(atelier.get(PAGE, {"commande": str(la_bas.lignes[Commande].pk)}))
    assert la_bas.lignes[Commande].client.nom not in ailleurs


def test_la_page_est_legere_et_coute_autant_a_trente_jeunes(
    atelier: Client, monde: tuple[Cote, Cote]
) -> None:
    adresse = {"commande": str(monde[0].lignes[Commande].pk)}
    atelier.get(PAGE, adresse)
    with CaptureQueriesContext(connection) as un:
        atelier.get(PAGE, adresse)
    for n in range(29):
        _inscrire(monde[0], f"Jeune{n}")
    with CaptureQueriesContext(connection) as trente:
        reponse = atelier.get(PAGE, adresse)
    assert len(trente) == len(un) <= 12
    assert len(reponse.content) < 30_000


def test_enregistrer_douze_jeunes_coute_autant_qu_un(atelier: Client, monde: tuple[Cote, Cote]) -> None:
    eleves = [_inscrire(monde[0], f"Jeune{n}") for n in range(12)]
    atelier.post(PAGE, _envoi(monde[0], eleves[:1], duree="30"))
    with CaptureQueriesContext(connection) as un:
        atelier.post(PAGE, _envoi(monde[0], eleves[:1], duree="30"))
    with CaptureQueriesContext(connection) as douze:
        atelier.post(PAGE, _envoi(monde[0], eleves, duree="30"))
    assert len(douze) == len(un)


def test_chaque_saisie_a_sa_ligne_de_journal(atelier: Client, monde: tuple[Cote, Cote]) -> None:
    atelier.post(PAGE, _envoi(monde[0], [monde[0].lignes[Apprenant]]))
    ligne = monde[0].lignes[Commande].journal.get(evenement="noter_heures")
    assert ligne.donnees["nb"] == 1
    assert "Inès" not in str(ligne.donnees)
