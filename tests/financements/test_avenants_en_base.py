"""What the database refuses about amendments, past Python: one test a clause."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from financements.etats import Etat
from financements.models import Avenant, Engagement
from reseau.roles import Role
from tests.financements.conftest import a_la_porte, refuse
from tests.financements.test_avenants import CHAINE
from tests.usines_financements import CHAUDRONNIER, Territoire, preparer_avenant

if TYPE_CHECKING:
    from financements.models import Demande

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(lieu: Territoire) -> Demande:
    """202 200,00 EUR granted and paid."""
    return lieu.demande(Etat.EN_EXECUTION)


def test_la_base_tient_un_seul_avenant_ouvert(dossier: Demande) -> None:
    preparer_avenant(dossier)
    with refuse("avenant_un_seul_ouvert"):
        preparer_avenant(dossier)


def test_la_base_refuse_un_avenant_hors_execution(lieu: Territoire) -> None:
    notifiee = lieu.demande(Etat.NOTIFIEE)
    with refuse("se prépare sur une décision en exécution"):
        preparer_avenant(notifiee)


@pytest.mark.parametrize("etape", ["propose", "vise", "accorde", "abandonne"])
def test_la_base_refuse_une_etape_hors_de_la_porte(dossier: Demande, etape: str) -> None:
    avenant = preparer_avenant(dossier)
    with refuse("que par une transition"):
        Avenant.objects.filter(pk=avenant.pk).update(etape=etape)


def test_meme_a_la_porte_une_etape_ne_se_saute_pas(lieu: Territoire, dossier: Demande) -> None:
    avenant = preparer_avenant(dossier)
    with a_la_porte(dossier), refuse("que par une transition"):
        Avenant.objects.filter(pk=avenant.pk).update(etape="vise")


def test_la_base_refuse_un_visa_hors_de_la_porte(lieu: Territoire, dossier: Demande) -> None:
    avenant = preparer_avenant(dossier)
    with refuse("que par une transition"):
        Avenant.objects.filter(pk=avenant.pk).update(vise_par=lieu.agents[Role.CHEF_DE_SERVICE])


def test_la_base_fige_ce_qui_est_propose(lieu: Territoire, dossier: Demande) -> None:
    avenant = preparer_avenant(dossier)
    lieu.avancer(dossier, "proposer_avenant")
    with refuse("renvoyez-le d'abord"):
        avenant.lignes.update(mois=99)
    with refuse("renvoyez-le d'abord"):
        avenant.lignes.all().delete()
    with refuse("renvoyez-le d'abord"):
        avenant.lignes.create(titre_id=CHAUDRONNIER, mois=1)
    with refuse("renvoyez-le d'abord"):
        Avenant.objects.filter(pk=avenant.pk).update(motif="Autre chose.")


def test_la_base_garde_un_avenant_accorde(lieu: Territoire, dossier: Demande) -> None:
    avenant = preparer_avenant(dossier)
    lieu.avancer(dossier, *CHAINE)
    with a_la_porte(dossier), refuse("ne change plus"):
        Avenant.objects.filter(pk=avenant.pk).update(etape="abandonne")
    with refuse("ne s'efface pas"):
        Avenant.objects.filter(pk=avenant.pk)._raw_delete(using="default")


def test_la_base_refuse_deux_etapes_par_une_personne(lieu: Territoire, dossier: Demande) -> None:
    avenant = preparer_avenant(dossier)
    lieu.avancer(dossier, "proposer_avenant")
    with a_la_porte(dossier), refuse("avenant_vise_par_une_autre"):
        Avenant.objects.filter(pk=avenant.pk).update(etape="vise", vise_par=lieu.agents[Role.INSTRUCTEUR])


def test_la_base_refuse_l_accord_par_qui_a_vise(lieu: Territoire, dossier: Demande) -> None:
    avenant = preparer_avenant(dossier)
    lieu.avancer(dossier, "proposer_avenant", "viser_avenant")
    with a_la_porte(dossier), refuse("avenant_trois_personnes"):
        ligne = engagement(lieu, dossier, avenant.montant)
        Avenant.objects.filter(pk=avenant.pk).update(
            etape="accorde",
            accorde_par=lieu.agents[Role.CHEF_DE_SERVICE],
            accorde_le=dossier.depuis_le,
            engagement=ligne,
        )


def test_la_base_refuse_un_accord_sans_son_engagement(lieu: Territoire, dossier: Demande) -> None:
    avenant = preparer_avenant(dossier)
    lieu.avancer(dossier, "proposer_avenant", "viser_avenant")
    with a_la_porte(dossier), refuse("a son engagement, au même montant"):
        ligne = engagement(lieu, dossier, Decimal(1))
        Avenant.objects.filter(pk=avenant.pk).update(
            etape="accorde",
            accorde_par=lieu.agents[Role.ORDONNATEUR],
            accorde_le=dossier.depuis_le,
            engagement=ligne,
        )


def test_la_base_refuse_un_engagement_d_avenant_sans_avenant(lieu: Territoire) -> None:
    accordee = lieu.demande(Etat.ACCORDEE)
    with refuse("celui d'un avenant accordé"):
        engagement(lieu, accordee, Decimal(1))


def engagement(lieu: Territoire, demande: Demande, montant: Decimal) -> Engagement:
    return Engagement.objects.create(
        allocation=demande.allocation,
        enveloppe=lieu.enveloppe,
        nature="avenant",
        montant=montant,
        saisi_par=lieu.agents[Role.ORDONNATEUR],
    )


@pytest.mark.parametrize(
    ("ligne", "contrainte"),
    [
        ({"mois": 0, "mois_majores": 0}, "ligne_avenant_plausible"),
        ({"mois": 99_999}, "ligne_avenant_plausible"),
        ({"mois": 1, "annee": 5}, "ligne_avenant_annee"),
    ],
)
def test_la_base_borne_une_ligne(dossier: Demande, ligne: dict[str, Any], contrainte: str) -> None:
    avenant = preparer_avenant(dossier)
    with refuse(contrainte), transaction.atomic():
        avenant.lignes.create(**({"titre_id": CHAUDRONNIER} | ligne))
