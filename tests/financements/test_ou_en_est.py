"""A school reads where its file stands: the step, whose turn it is, since when, and what comes next."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.urls import reverse

from financements.etats import Etat
from financements.models import Campagne
from financements.ou_en_est import ETAPES, Main, etape_de, ou_en_est
from financements.tableau import ATTEND
from reseau.nombres import aujourdhui
from reseau.roles import MATRICE, Role
from tests.financements.test_page_versements import texte

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Demande
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db


def page(demande: Demande) -> str:
    return reverse("admin:financements_demande_change", args=[demande.pk])


@pytest.mark.parametrize("etat", [e for e in Etat if e not in {Etat.EN_EXECUTION, Etat.RESILIEE}])
def test_a_qui_le_tour_est_ce_que_dit_la_matrice(etat: Etat) -> None:
    """The school's turn is where the matrix gives its head something that moves the file."""
    verbes = {verbe for verbe, etats in ATTEND.items() if etat in etats}
    de_l_ecole = {verbe for verbe in verbes if f"demande.{verbe}" in MATRICE[Role.DIRECTION]}
    demande = Demande_(etat)
    attendu = Main.ECOLE if de_l_ecole else Main.DREETS if verbes else Main.PERSONNE
    if etat == Etat.REVERSEMENT:  # the school gives the money back, outside the portal
        attendu = Main.ECOLE
    if etat == Etat.SOLDEE:  # the service closes it, which changes nothing for the school
        attendu = Main.PERSONNE
    assert etape_de(demande).main == attendu


def Demande_(etat: Etat) -> Demande:  # noqa: N802 - a bare request, never stored
    from financements.models import Demande

    return Demande(etat=etat, campagne=Campagne(exercice=2026))


def test_l_ecole_lit_l_etape_le_tour_et_la_suite(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    client.force_login(lieu.directions[demande.ecole])
    vue = texte(client.get(page(demande)))
    assert "Où en est mon dossier ?" in vue
    assert '<li aria-current="step" class="ici">Étude</li>' in vue
    assert "C'est à la DREETS d'agir." in vue
    assert "la loi dit que la demande est rejetée" in vue
    assert "Ensuite : elle l'étudie, ou vous demande ce qui manque." in vue


def test_l_agent_garde_sa_page(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert "Où en est mon dossier ?" not in texte(client.get(page(demande)))


def test_une_proposition_ne_se_devine_pas(lieu: Territoire) -> None:
    """What is proposed is not the school's to read: the panel is the same as before."""
    avant, apres = lieu.demande(Etat.EN_INSTRUCTION), lieu.demande(Etat.PROPOSEE)
    assert ou_en_est(avant).phrase == ou_en_est(apres).phrase
    assert ou_en_est(avant).ensuite == ou_en_est(apres).ensuite


def test_la_periode_finie_c_est_a_l_ecole() -> None:
    demande = Demande_(Etat.EN_EXECUTION)
    demande.campagne.periode_au = aujourdhui()
    assert etape_de(demande).main == Main.DREETS
    demande.campagne.periode_au = aujourdhui() - timedelta(1)
    etape = etape_de(demande)
    assert (etape.main, ETAPES[etape.rang or 0]) == (Main.ECOLE, "Bilan")


def test_depuis_se_compte_en_jours_de_paris(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    assert ou_en_est(demande).depuis.endswith(".")
    assert "jour" not in ou_en_est(demande).depuis
    with time_machine.travel(aujourdhui() + timedelta(3)):
        assert ou_en_est(demande).depuis.endswith(", 3 jours.")


def test_une_date_passee_se_dit(lieu: Territoire) -> None:
    demande, a_completer = lieu.demande(Etat.DEPOSEE), lieu.demande(Etat.A_COMPLETER)
    assert "Si la DREETS ne répond pas" in ou_en_est(demande).avant
    assert "À envoyer avant le" in ou_en_est(a_completer).avant
    with time_machine.travel(aujourdhui() + timedelta(90)):
        assert "n'a pas répondu" in ou_en_est(demande).avant
        assert "La date limite était" in ou_en_est(a_completer).avant


@pytest.mark.parametrize("etat", [Etat.REFUSEE, Etat.SANS_SUITE, Etat.RESILIEE])
def test_un_refus_dit_ou_lire_pourquoi(lieu: Territoire, etat: Etat) -> None:
    panneau = ou_en_est(lieu.demande(etat))
    assert panneau.etapes == ()
    assert "comment contester" in panneau.ensuite
