"""A convention becomes compulsory late: the officer and the school are told, once each, in any state."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.db import IntegrityError

from ecoles.models import Ecole, Gestionnaire
from financements.conventions_dues import A_SIGNER, conventions_dues
from financements.etats import Etat
from financements.models import Campagne, Demande
from financements.rappels import rappeler
from financements.rappels_dreets import rappeler_les_services
from financements.regles import ajouter_jours_ouvres
from reseau.models import Courriel
from reseau.nombres import PARIS, aujourdhui
from reseau.roles import Role
from tests.usines_financements import preparer_avenant
from tests.usines_reprises import reprendre

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _en_juin() -> Iterator[None]:
    """Far from the end of the year, after which nothing is committed."""
    with time_machine.travel(datetime(2026, 6, 15, 9, tzinfo=PARIS)):
        yield


HAUT = 300_000  # above one file of 202 200, below two


def sans_convention(lieu: Territoire, etat: Etat, **autres: Ecole) -> Demande:
    """A file under the threshold, brought to ``etat`` without a convention."""
    Campagne.objects.update(seuil_convention=HAUT)
    chemin = {
        Etat.ACCORDEE: (),
        Etat.NOTIFIEE: ("notifier",),
        Etat.EN_EXECUTION: ("notifier", "payer"),
        Etat.SERVICE_FAIT: ("notifier", "payer", "preparer_bilan", "deposer_bilan", "certifier"),
    }[etat]
    return lieu.avancer(lieu.demande(Etat.ACCORDEE, **autres), *chemin)


def seuil_passe(lieu: Territoire, ecole: Ecole, jour: date) -> Demande:
    """Another file of the same managing body, granted on ``jour``."""
    corps = Gestionnaire.objects.create(nom="Un même gestionnaire")
    with time_machine.travel(datetime.combine(jour, time(9), PARIS)):
        autre = lieu.demande(Etat.ACCORDEE)
    Ecole.objects.filter(pk__in=(ecole.pk, autre.ecole.pk)).update(gestionnaire=corps)
    return autre


def nuits_dites(jour: date, du_service: bool) -> list[date]:
    nuits = [jour + timedelta(n) for n in range(60) for _ in range(2)]
    donner = rappeler_les_services if du_service else rappeler
    avant = Courriel.objects.filter(corps__contains="onvention").count
    dites = []
    for nuit in nuits:
        nombre = avant()
        donner(nuit)
        dites += [nuit] * (avant() - nombre)
    return dites


def test_les_etats_ou_elle_s_enregistre_encore() -> None:
    assert set(A_SIGNER) == {Etat.ACCORDEE, Etat.NOTIFIEE, Etat.EN_EXECUTION, Etat.SERVICE_FAIT}


@pytest.mark.parametrize("etat", A_SIGNER)
def test_un_autre_dossier_du_gestionnaire_passe_le_seuil(lieu: Territoire, etat: Etat) -> None:
    demande = sans_convention(lieu, etat)
    assert list(conventions_dues()) == []
    jour = aujourdhui() + timedelta(20)
    autre = seuil_passe(lieu, demande.ecole, jour)
    assert {(due.demande.pk, due.depuis) for due in conventions_dues()} == {
        (demande.pk, jour),
        (autre.pk, jour),
    }
    assert nuits_dites(jour, du_service=True) == [ajouter_jours_ouvres(jour, 10)]
    dit = f"{demande.numero}), {demande.get_etat_display().lower()} : convention obligatoire depuis le"
    assert Courriel.objects.filter(cle__startswith="service:", corps__contains=dit).count() == 1


@pytest.mark.parametrize("etat", A_SIGNER)
def test_l_ecole_apprend_le_lendemain_qu_elle_doit_signer(lieu: Territoire, etat: Etat) -> None:
    demande = sans_convention(lieu, etat)
    jour = aujourdhui() + timedelta(20)
    autre = seuil_passe(lieu, demande.ecole, jour)
    assert nuits_dites(jour, du_service=False) == [jour + timedelta(1)] * 2  # two schools, one mail each
    for qui in (demande, autre):
        (courriel,) = Courriel.objects.filter(
            destinataire=lieu.directions[qui.ecole], corps__contains="convention à signer"
        )
        assert f"- Demande {qui.numero}, convention à signer et à rendre à la DREETS" in courriel.corps


def test_un_avenant_passe_le_seuil(lieu: Territoire) -> None:
    Campagne.objects.update(seuil_convention=205_000)
    demande = lieu.avancer(lieu.demande(Etat.ACCORDEE), "notifier", "payer")
    jour = aujourdhui() + timedelta(20)
    with time_machine.travel(datetime.combine(jour, time(9), PARIS)):
        preparer_avenant(demande)
        lieu.avancer(demande, "proposer_avenant", "viser_avenant", "accorder_avenant")
    (due,) = conventions_dues()
    assert (due.depuis, due.avant_le) == (jour, ajouter_jours_ouvres(jour, 10))
    with time_machine.travel(datetime.combine(jour, time(10), PARIS)):
        lieu.avancer(demande, "conventionner_en_cours")
    assert list(conventions_dues()) == []


def test_deux_avenants_c_est_le_dernier_passage_qui_date(lieu: Territoire) -> None:
    """Passed, then back under, then passed again: the need is the last one's."""
    Campagne.objects.update(seuil_convention=205_000)
    demande = lieu.avancer(lieu.demande(Etat.ACCORDEE), "notifier")
    jours = [aujourdhui() + timedelta(n) for n in (10, 20, 30)]
    lieu.avancer(demande, "payer")
    for jour, mois in zip(jours, (12, -12, 12), strict=True):
        with time_machine.travel(datetime.combine(jour, time(9), PARIS)):
            preparer_avenant(demande, mois=mois)
            lieu.avancer(demande, "proposer_avenant", "viser_avenant", "accorder_avenant")
    (due,) = conventions_dues()
    assert due.depuis == jours[2]


def test_ce_qui_revient_sous_le_seuil_n_est_plus_a_signer(lieu: Territoire) -> None:
    demande = sans_convention(lieu, Etat.NOTIFIEE)
    autre = seuil_passe(lieu, demande.ecole, aujourdhui())
    assert len(list(conventions_dues())) == 2
    lieu.avancer(autre, "resilier")
    assert list(conventions_dues()) == []


def test_qui_l_a_rendue_signee_n_est_plus_rappele(lieu: Territoire, monkeypatch: pytest.MonkeyPatch) -> None:
    lieu.demande(Etat.ACCORDEE)
    demain = aujourdhui() + timedelta(1)
    with monkeypatch.context() as signee:
        signee.setattr("financements.rappels.scan_de_la_convention", lambda _demande: object())
        assert rappeler(demain) == (0, 0)
    assert rappeler(demain) == (1, 1)


def test_un_dossier_repris_sans_convention_se_rappelle(lieu: Territoire) -> None:
    demande = reprendre(lieu, accorde="30 000,00")
    (due,) = conventions_dues()
    assert (due.demande.pk, due.depuis) == (demande.pk, aujourdhui())
    fin = ajouter_jours_ouvres(aujourdhui(), 10)
    assert rappeler_les_services(fin)[0] >= 1
    corps = Courriel.objects.filter(destinataire=lieu.agents[Role.GESTIONNAIRE]).values_list(
        "corps", flat=True
    )
    assert any("convention obligatoire" in texte for texte in corps)


@pytest.mark.parametrize("delai", [0, 121])
def test_le_delai_pour_signer_a_ses_bornes(lieu: Territoire, delai: int) -> None:
    with pytest.raises(IntegrityError, match="campagne_delai_convention"):
        Campagne.objects.update(delai_convention=delai)
