"""What the database keeps together, and what it never rewrites: one test a clause.

Rows are written past Python (``bulk_create``, ``update``), so that only the database can say no.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from commandes.etats import MACHINE
from commandes.models import Client, Commande, LigneCommande, Pointage
from reseau.champs import uuid7
from reseau.nombres import aujourdhui, maintenant
from reseau.socle.etats import Contexte
from tests.commandes.test_garanties import ecrire, pointage, refuse
from tests.usines import (
    BlocUsine,
    ClientUsine,
    LigneUsine,
    il_y_a,
)

if TYPE_CHECKING:
    from tests.commandes.conftest import Atelier

pytestmark = pytest.mark.django_db
HIER = 1


# --- O12


def test_un_jeune_d_une_autre_ecole_est_refuse(atelier: Atelier, voisin: Atelier) -> None:
    refuse(pointage(atelier, apprenant=voisin.malo), phrase="pas de l'école de la commande")


def test_une_ligne_d_une_autre_commande_est_refusee(atelier: Atelier, voisin: Atelier) -> None:
    refuse(pointage(atelier, ligne=voisin.simple), phrase="d'une autre commande")


def test_un_client_d_une_autre_ecole_est_refuse(atelier: Atelier, voisin: Atelier) -> None:
    with pytest.raises(IntegrityError, match="celui d'une autre école"), transaction.atomic():
        Commande.objects.filter(pk=atelier.commande.pk).update(client=voisin.commande.client)
    with pytest.raises(IntegrityError, match="reste à son école"), transaction.atomic():
        Client.objects.filter(pk=atelier.commande.client_id).update(ecole=voisin.ecole)


def test_une_commande_garde_son_ecole_et_son_numero(atelier: Atelier, voisin: Atelier) -> None:
    for champs in ({"ecole": voisin.ecole, "client": voisin.commande.client}, {"numero": "CMD-1"}):
        with pytest.raises(IntegrityError, match="garde son école et son numéro"), transaction.atomic():
            Commande.objects.filter(pk=atelier.commande.pk).update(**champs)


def test_un_bloc_d_un_diplome_que_l_ecole_n_a_pas_est_refuse(atelier: Atelier) -> None:
    atelier.commande.blocs.add(BlocUsine())
    with pytest.raises(IntegrityError, match="pas d'un diplôme proposé"), transaction.atomic():
        atelier.commande.blocs.add(BlocUsine(titre_id="50020101"))


# --- What is delivered or recorded changes no more


def livrer(atelier: Atelier) -> Commande:
    commande = MACHINE.franchir(atelier.commande, "lancer", Contexte(atelier.maitre))
    return MACHINE.franchir(commande, "livrer", Contexte(atelier.maitre, {"recu_par": "Mme Roux"}))


def test_les_lignes_livrees_ne_changent_plus(atelier: Atelier) -> None:
    livrer(atelier)
    lignes = LigneCommande.objects.filter(commande=atelier.commande)
    for geste in (
        lambda: lignes.update(prix_unitaire=Decimal(1)),
        lambda: lignes.filter(pk=atelier.simple.pk).delete(),
        lambda: LigneUsine(commande=atelier.commande, rang=9),
    ):
        with pytest.raises(IntegrityError, match="ne changent plus"), transaction.atomic():
            geste()


def test_une_commande_livree_garde_client_et_dates(atelier: Atelier) -> None:
    livrer(atelier)
    commandes = Commande.objects.filter(pk=atelier.commande.pk)
    autre = ClientUsine(ecole=atelier.ecole, nom="Autre")
    for champs in ({"client": autre}, {"recue_le": il_y_a(20)}, {"livree_le": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            commandes.update(**champs)


def test_une_commande_recue_demain_est_refusee(atelier: Atelier) -> None:
    with pytest.raises(IntegrityError, match="dans le futur"), transaction.atomic():
        Commande.objects.update(recue_le=aujourdhui() + timedelta(days=1))


def test_des_heures_notees_ne_se_reecrivent_pas(atelier: Atelier) -> None:
    ecrire(pointage(atelier))
    for champs in ({"minutes": 65}, {"jour": il_y_a(2)}, {"apprenant": atelier.ines}, {"cle": uuid7()}):
        with pytest.raises(IntegrityError, match="ne se réécrivent pas"), transaction.atomic():
            Pointage.objects.update(**champs)


def test_des_heures_ne_s_effacent_que_dix_minutes(atelier: Atelier) -> None:
    ecrire(pointage(atelier, saisi_le=maintenant() - timedelta(minutes=12)))
    with pytest.raises(IntegrityError, match="que pendant dix minutes"), transaction.atomic():
        Pointage.objects.all().delete()
    vider = pytest.raises((IntegrityError, ProgrammingError))  # by the trigger, or for want of the right
    with vider, transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("TRUNCATE commandes_pointage")


@pytest.mark.parametrize(
    "champs",
    [{"quantite": 0}, {"prix_unitaire": -1}, {"remise": 101}, {"remise": -1}, {"taux_tva": Decimal("19.6")}],
)
def test_les_bornes_d_une_ligne(atelier: Atelier, champs: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="ligne_"), transaction.atomic():
        LigneCommande.objects.filter(pk=atelier.simple.pk).update(**champs)
