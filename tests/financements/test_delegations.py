"""A delegation of signature: by an act, dated, never passed on, and said wherever the signature is read."""

from __future__ import annotations

from datetime import date, timedelta
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from financements.etats import MACHINE, Etat
from reseau.models import AffectationDreets
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.conftest import refuse
from tests.usines_financements import Territoire, personne

if TYPE_CHECKING:
    from django.test import Client

    from reseau.models import Utilisateur

pytestmark = pytest.mark.django_db


def deleguer(lieu: Territoire, a: Utilisateur, **valeurs: Any) -> AffectationDreets:
    jour = aujourdhui()
    defaut = {
        "utilisateur": a, "service_id": "84", "role": Role.ORDONNATEUR, "du": jour, "au": jour,
        "delegue_par": lieu.agents[Role.ORDONNATEUR], "acte": "2026-11",
    }  # fmt: skip
    return AffectationDreets.objects.create(**(defaut | valeurs))


@pytest.fixture
def karim() -> Utilisateur:
    return personne("karim")


def test_le_delegataire_signe_au_nom_de_qui_delegue(
    client: Client, lieu: Territoire, karim: Utilisateur
) -> None:
    deleguer(lieu, karim)
    demande = MACHINE.franchir(lieu.demande(Etat.VISEE), "accorder", Contexte(karim))
    ligne = demande.journal.get(evenement="accorder")
    helene = lieu.agents[Role.ORDONNATEUR]
    assert (ligne.acteur, ligne.pour, ligne.donnees["delegation"]) == (karim, helene, "2026-11")
    signature = demande.actes.get(nature="decision").document.contexte["personnes"][-1]["nom"]
    assert signature == "Karim Essai, par délégation d'Ordonnateur Essai (acte n° 2026-11)"
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    page = unescape(
        client.get(reverse("admin:financements_demande_change", args=[demande.pk])).content.decode()
    )
    assert "Karim Essai, par délégation d'Ordonnateur Essai (acte n° 2026-11)" in page


def test_qui_tient_le_role_agit_en_son_nom(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    assert demande.journal.get(evenement="accorder").pour is None


def test_la_separation_regarde_qui_agit(lieu: Territoire) -> None:
    """The delegate who reviewed the file does not grant it, whoever delegated."""
    instructeur = lieu.agents[Role.INSTRUCTEUR]
    deleguer(lieu, instructeur)
    with pytest.raises(TransitionRefusee, match="troisième personne"):
        MACHINE.franchir(lieu.demande(Etat.VISEE), "accorder", Contexte(instructeur))


def test_une_delegation_finie_a_minuit_ne_signe_plus(lieu: Territoire, karim: Utilisateur) -> None:
    deleguer(lieu, karim)
    demande = lieu.demande(Etat.VISEE)
    demain = aujourdhui() + timedelta(days=1)
    if demain.year != aujourdhui().year:
        pytest.skip("le 31 décembre, l'exercice se ferme en même temps")
    with (
        time_machine.travel(f"{demain.isoformat()}T00:00:30+01:00", tick=False),
        pytest.raises(TransitionRefusee, match="Vos rôles"),
    ):
        MACHINE.franchir(demande, "accorder", Contexte(karim))


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"acte": ""}, "affectation_dreets_delegation"),
        ({"au": None}, "affectation_dreets_delegation|on tient soi-même"),
        ({"role": Role.CHEF_DE_SERVICE}, "on tient soi-même"),
        ({"service_id": "32"}, "on tient soi-même"),
        ({"du": date(2019, 12, 31)}, "on tient soi-même"),
    ],
)
def test_la_base_refuse_une_delegation_bancale(
    lieu: Territoire, karim: Utilisateur, valeurs: dict[str, Any], phrase: str
) -> None:
    with refuse(phrase):
        deleguer(lieu, karim, **valeurs)


def test_nul_ne_se_delegue_a_soi_meme(lieu: Territoire) -> None:
    with refuse("affectation_dreets_delegue_a_un_autre|sans_doublon|on tient soi-même"):
        deleguer(lieu, lieu.agents[Role.ORDONNATEUR])


def test_une_delegation_ne_se_delegue_pas(lieu: Territoire, karim: Utilisateur) -> None:
    deleguer(lieu, karim)
    with refuse("on tient soi-même"):
        deleguer(lieu, personne("troisieme"), delegue_par=karim)


def test_qui_a_delegue_ne_part_pas_avant_la_fin(lieu: Territoire, karim: Utilisateur) -> None:
    deleguer(lieu, karim, au=aujourdhui() + timedelta(days=30))
    helene = AffectationDreets.objects.filter(utilisateur=lieu.agents[Role.ORDONNATEUR])
    with refuse("terminez d'abord la délégation"):
        helene.update(au=aujourdhui() + timedelta(days=10))
    helene.update(au=aujourdhui() + timedelta(days=30))


@pytest.mark.parametrize(
    ("valeurs", "champ"),
    [({"acte": ""}, "acte"), ({"au": None}, "au"), ({"delegue_par": None}, "delegue_par")],
)
def test_chaque_refus_est_a_son_champ(
    lieu: Territoire, karim: Utilisateur, valeurs: dict[str, Any], champ: str
) -> None:
    jour = aujourdhui()
    saisie = {
        "utilisateur": karim, "service_id": "84", "role": Role.ORDONNATEUR, "du": jour, "au": jour,
        "delegue_par": lieu.agents[Role.ORDONNATEUR], "acte": "2026-11",
    }  # fmt: skip
    with pytest.raises(ValidationError) as refus:
        AffectationDreets(**(saisie | valeurs)).full_clean()
    assert champ in refus.value.message_dict
