"""A delegation at the pages: it expires while the form is open, and is not passed on by who received it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.urls import reverse

from financements.etats import Etat
from financements.models import Demande, Engagement
from reseau.models import AffectationDreets, AffectationNationale
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.financements.test_delegations import deleguer
from tests.financements.test_page_versements import texte
from tests.usines_financements import personne, territoire

if TYPE_CHECKING:
    from django.test import Client

    from reseau.models import Utilisateur
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db
# Half a minute before midnight in Paris, ten seconds after it; summer, winter, the last day of the year.
MINUITS = [
    ("2026-06-30T23:59:30+02:00", "2026-07-01T00:00:10+02:00"),
    ("2026-11-30T23:59:30+01:00", "2026-12-01T00:00:10+01:00"),
    ("2026-12-31T23:59:30+01:00", "2027-01-01T00:00:10+01:00"),
]


def ouvrir_accorder(client: Client, karim: Utilisateur, demande: Demande) -> str:
    """Before midnight the confirmation page opens, and nothing prevents the decision."""
    client.force_login(karim)
    page = reverse("admin:financements_demande_transition", args=[demande.pk, "accorder"])
    vue = texte(client.get(page))
    assert "Ce qui va changer" in vue
    assert "Montant accordé" in vue
    return page


def rien_n_est_engage(demande: Demande) -> None:
    assert Demande.objects.get(pk=demande.pk).etat == Etat.VISEE
    assert not Engagement.objects.exists()


@pytest.mark.parametrize(("avant", "apres"), MINUITS)
def test_la_delegation_finit_a_minuit_pendant_que_le_formulaire_est_ouvert(
    client: Client, avant: str, apres: str
) -> None:
    """She has another duty there: the file is still hers to read, the decision is not hers to take."""
    with time_machine.travel(avant, tick=False) as horloge:
        lieu, karim = territoire(), personne("karim")
        deleguer(lieu, karim)
        AffectationDreets.objects.create(
            utilisateur=karim, service_id=lieu.region, role=Role.GESTIONNAIRE, du=date(2020, 1, 1)
        )
        demande = lieu.demande(Etat.VISEE)
        page = ouvrir_accorder(client, karim, demande)
        horloge.move_to(apres)
        reponse = client.post(page)
        assert reponse.status_code == 200
        assert "Vos rôles ne permettent pas cette action sur ce dossier." in texte(reponse)
        rien_n_est_engage(demande)


@pytest.mark.parametrize(("avant", "apres"), MINUITS)
def test_sans_autre_role_le_portail_dit_que_l_affectation_a_pris_fin(
    client: Client, avant: str, apres: str
) -> None:
    with time_machine.travel(avant, tick=False) as horloge:
        lieu, karim = territoire(), personne("karim")
        deleguer(lieu, karim)
        demande = lieu.demande(Etat.VISEE)
        page = ouvrir_accorder(client, karim, demande)
        horloge.move_to(apres)
        reponse = client.post(page, follow=True)
        assert reponse.status_code == 403
        assert "Une affectation a peut-être pris fin." in texte(reponse)
        rien_n_est_engage(demande)


def test_avant_minuit_la_meme_page_signe(client: Client) -> None:
    with time_machine.travel("2026-06-30T23:59:30+02:00", tick=False) as horloge:
        lieu, karim = territoire(), personne("karim")
        deleguer(lieu, karim)
        demande = lieu.demande(Etat.VISEE)
        page = ouvrir_accorder(client, karim, demande)
        horloge.move_to("2026-06-30T23:59:59+02:00")
        assert client.post(page).status_code == 302
        assert demande.journal.get(evenement="accorder").pour == lieu.agents[Role.ORDONNATEUR]


@pytest.fixture
def administratrice() -> Utilisateur:
    compte = personne("anne")
    AffectationNationale.objects.create(utilisateur=compte, role=Role.ADMINISTRATEUR, du=date(2020, 1, 1))
    return compte


def test_une_delegation_deleguee_a_son_tour_est_refusee_sur_sa_page(
    client: Client, lieu: Territoire, administratrice: Utilisateur
) -> None:
    karim, troisieme = personne("karim"), personne("troisieme")
    client.force_login(administratrice)
    page = reverse("admin:reseau_affectationdreets_add")
    jour = aujourdhui().isoformat()
    envoi = {
        "utilisateur": str(karim.pk), "service": lieu.region, "role": Role.ORDONNATEUR.value,
        "du": jour, "au": jour, "delegue_par": str(lieu.agents[Role.ORDONNATEUR].pk), "acte": "2026-11",
    }  # fmt: skip
    assert client.post(page, envoi).status_code == 302
    encore = envoi | {"utilisateur": str(troisieme.pk), "delegue_par": str(karim.pk), "acte": "2026-12"}
    reponse = client.post(page, encore)
    assert reponse.status_code == 200
    assert "Cette personne ne tient pas ce rôle elle-même pendant toute la période." in texte(reponse)
    assert AffectationDreets.objects.filter(delegue_par=karim).count() == 0
