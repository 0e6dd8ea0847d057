"""Minutes that were worked are recorded, whatever happened to the page or to the order meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from commandes.etats import MACHINE
from commandes.models import Commande, JournalCommande, Pointage
from reseau.nombres import aujourdhui
from reseau.socle.etats import Contexte
from tests.usines import CommandeUsine, il_y_a

if TYPE_CHECKING:
    from django.test import Client

    from tests.commandes.conftest import Atelier

pytestmark = pytest.mark.django_db
PAGE = "/atelier/"


def envoi(atelier: Atelier, **autres: Any) -> dict[str, Any]:
    return {
        "lot": str(uuid4()),
        "jour": aujourdhui().isoformat(),
        "commande": str(atelier.commande.pk),
        "ligne": str(atelier.simple.pk),
        "apprenants": [str(atelier.malo.pk)],
        "duree": "60",
        **autres,
    }


@pytest.fixture
def maitre(client: Client, atelier: Atelier) -> Client:
    client.force_login(atelier.maitre)
    return client


def test_revenir_en_arriere_et_corriger_est_une_autre_saisie(maitre: Client, atelier: Atelier) -> None:
    premier = envoi(atelier)
    avec_ines = [str(atelier.malo.pk), str(atelier.ines.pk)]
    for changement in ({}, {"duree": "90"}, {"apprenants": avec_ines}):
        for _ in range(2):
            maitre.post(PAGE, premier | changement)
    assert sorted(Pointage.objects.values_list("minutes", flat=True)) == [60, 60, 60, 90]
    assert JournalCommande.objects.filter(evenement="noter_heures").count() == 3


def test_une_commande_close_entre_temps_garde_les_minutes(maitre: Client, atelier: Atelier) -> None:
    MACHINE.franchir(atelier.commande, "classer", Contexte(atelier.direction, {"motif": "Renoncé."}))
    page = maitre.post(PAGE, envoi(atelier), follow=True).content.decode()
    assert "est « Sans suite »" in page
    assert Pointage.objects.a_regulariser().get().minutes == 60


def test_livree_aujourd_hui_elle_prend_encore_les_minutes_d_hier_et_du_jour(
    maitre: Client, atelier: Atelier
) -> None:
    lancee = MACHINE.franchir(atelier.commande, "lancer", Contexte(atelier.maitre))
    MACHINE.franchir(lancee, "livrer", Contexte(atelier.maitre, {"recu_par": "Mme Roux"}))
    maitre.post(PAGE, envoi(atelier))
    maitre.post(PAGE, envoi(atelier, jour=il_y_a(1).isoformat()))
    assert Pointage.objects.valides().count() == 2


def test_des_minutes_d_avant_la_commande_attendent(maitre: Client, atelier: Atelier) -> None:
    maitre.post(PAGE, envoi(atelier, jour=(atelier.commande.recue_le - timedelta(days=1)).isoformat()))
    assert "n'est arrivée que le" in Pointage.objects.a_regulariser().get().motif


def test_une_commande_d_une_autre_ecole_reste_refusee(
    maitre: Client, atelier: Atelier, voisin: Atelier
) -> None:
    page = maitre.post(PAGE, envoi(atelier, commande=str(voisin.commande.pk), ligne="")).content.decode()
    assert "Cette commande n&#x27;est pas à l&#x27;atelier ce jour-là." in page
    assert not Pointage.objects.exists()


def test_malo_travaille_sans_la_machine_quand_on_le_dit(maitre: Client, atelier: Atelier) -> None:
    page = maitre.get(PAGE, {"commande": str(atelier.commande.pk)}).content.decode()
    assert "Autre travail, sans machine dangereuse" in page
    maitre.post(PAGE, envoi(atelier, ligne=""))
    assert Pointage.objects.valides().get().apprenant == atelier.malo
    autre = CommandeUsine(ecole=atelier.ecole)
    choix = maitre.get(PAGE, {"commande": str(autre.pk)}).context["choix"]
    assert choix[0].tuile.valeur == str(autre.pk)
    assert not choix[0].lignes
    assert Commande.objects.filter(pk=autre.pk).exists()
