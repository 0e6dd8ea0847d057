"""What the database refuses about envelopes and their ledgers: one test per clause (F1, F3, F4, F5, F17)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from financements.etats import Etat
from financements.models import (
    Enveloppe,
)
from reseau.roles import Role
from tests.financements.conftest import refuse
from tests.usines_financements import Territoire, mouvement

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "compteur", ["ae_ouvertes", "ae_engagees", "ae_deleguees", "cp_ouverts", "cp_payes", "cp_delegues"]
)
def test_un_compteur_ne_s_ecrit_pas(lieu: Territoire, compteur: str) -> None:
    with refuse("que par un mouvement"):
        Enveloppe.objects.filter(pk=lieu.enveloppe.pk).update(**{compteur: 1})
    with refuse("naît vide"):
        Enveloppe.objects.bulk_create(
            [Enveloppe(service_id="32", exercice=lieu.campagne.exercice, **{compteur: Decimal(1)})]
        )


@pytest.mark.parametrize(
    "table", ["mouvementenveloppe", "engagement", "allocation", "paiement", "reversement"]
)
def test_un_registre_ne_s_ecrit_qu_en_ajout(lieu: Territoire, table: str) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    assert demande.allocation.paiements.count() == 1
    for ordre in (
        f"UPDATE financements_{table} SET id = id",
        f"DELETE FROM financements_{table}",
        f"TRUNCATE financements_{table} CASCADE",
    ):
        if table == "reversement" and not ordre.startswith("TRUNCATE"):
            continue  # empty here: the rows are refused in their own test
        with refuse("qu'en ajout|permission denied"):
            connection.cursor().execute(ordre)


@pytest.mark.parametrize(
    ("nature", "montant"), [("gel", "1"), ("retrait", "1"), ("notification", "-1"), ("degel", "-1")]
)
def test_un_mouvement_a_le_signe_de_sa_nature(lieu: Territoire, nature: str, montant: str) -> None:
    with refuse("mouvement_signe"):
        mouvement(lieu.enveloppe, lieu.agents[Role.GESTIONNAIRE], montant, nature)


def test_un_retrait_sous_ce_qui_est_engage_est_refuse(lieu: Territoire) -> None:
    lieu.demande(Etat.ACCORDEE)
    with refuse("enveloppe_ae_suffisantes"):
        mouvement(lieu.enveloppe, lieu.agents[Role.GESTIONNAIRE], "-1000000", "retrait")


def sous_enveloppe(lieu: Territoire, **valeurs: Any) -> Enveloppe:
    mere = lieu.enveloppe
    defaut = {"service_id": mere.service_id, "exercice": mere.exercice, "action": "sous", "parent": mere}
    return Enveloppe.objects.bulk_create([Enveloppe(**(defaut | valeurs))])[0]


def test_une_sous_enveloppe_s_ouvre_par_delegation(lieu: Territoire) -> None:
    fille = sous_enveloppe(lieu)
    mouvement(fille, lieu.agents[Role.GESTIONNAIRE], "190400", "delegation")
    fille.refresh_from_db()
    mere = lieu.enveloppe
    assert (fille.ae_ouvertes, fille.cp_ouverts) == (Decimal(190_400), Decimal(190_400))
    assert (mere.ae_deleguees, mere.cp_delegues) == (Decimal(190_400), Decimal(190_400))
    assert mere.ae_disponibles == mere.cp_disponibles == Decimal(1_000_000)
    mouvement(fille, lieu.agents[Role.GESTIONNAIRE], "-400", "retour")
    assert lieu.enveloppe.ae_disponibles == Decimal(1_000_400)


def test_on_ne_delegue_pas_plus_que_ce_qui_reste(lieu: Territoire) -> None:
    lieu.demande(Etat.ACCORDEE)
    fille = sous_enveloppe(lieu)
    with refuse("enveloppe_ae_suffisantes"):
        mouvement(fille, lieu.agents[Role.GESTIONNAIRE], "1190400", "delegation")
    with refuse("enveloppe_ae_suffisantes"):
        mouvement(fille, lieu.agents[Role.GESTIONNAIRE], "-1", "retour")


@pytest.mark.parametrize("nature", ["notification", "complement", "redeploiement"])
def test_une_sous_enveloppe_ne_recoit_que_de_son_enveloppe(lieu: Territoire, nature: str) -> None:
    with refuse("viennent de son enveloppe"):
        mouvement(sous_enveloppe(lieu), lieu.agents[Role.GESTIONNAIRE], "10", nature)


def test_une_enveloppe_de_premier_rang_ne_recoit_pas_de_delegation(lieu: Territoire) -> None:
    with refuse("viennent de son enveloppe"):
        mouvement(lieu.enveloppe, lieu.agents[Role.GESTIONNAIRE], "10", "delegation")


def test_une_sous_enveloppe_est_de_la_meme_annee_et_du_meme_service(lieu: Territoire) -> None:
    for valeurs in ({"exercice": lieu.campagne.exercice + 1}, {"service_id": "32"}, {"programme": "364"}):
        with refuse("premier rang"):
            sous_enveloppe(lieu, **valeurs)
    with refuse("premier rang"):
        sous_enveloppe(lieu, parent=sous_enveloppe(lieu), action="petite-fille")


def test_une_enveloppe_ne_change_pas_de_mere(lieu: Territoire) -> None:
    fille = sous_enveloppe(lieu)
    with refuse("ne changent pas"):
        Enveloppe.objects.filter(pk=fille.pk).update(parent=None)
