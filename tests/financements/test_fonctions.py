"""Who holds which duty: names, dates, acts, what is blocked, what collides, and who reads the page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from financements.a_faire import a_faire
from financements.fonctions import Fonction, Service, fonctions, services_lus
from reseau.models import AffectationDreets, AffectationNationale, ServiceRegional
from reseau.nombres import aujourdhui, montrer_date_courte
from reseau.roles import Role
from tests.usines_financements import Territoire, personne, territoire

if TYPE_CHECKING:
    from django.test import Client

    from reseau.models import Utilisateur

pytestmark = pytest.mark.django_db
PAGE = "admin:financements_enveloppe_fonctions"


def service(region: str = "84") -> Service:
    return fonctions(ServiceRegional.objects.filter(pk=region))[0]


def fonction(role: Role, region: str = "84") -> Fonction:
    return next(f for f in service(region).fonctions if f.role == role.value)


def tenir(compte: Utilisateur, role: Role, **valeurs: Any) -> AffectationDreets:
    debut = {"du": date(2020, 1, 1), "service_id": "84"}
    return AffectationDreets.objects.create(utilisateur=compte, role=role, **(debut | valeurs))


def finir(lieu: Territoire, role: Role, au: date) -> None:
    AffectationDreets.objects.filter(utilisateur=lieu.agents[role], role=role).update(au=au)


def test_chaque_fonction_nomme_qui_la_tient(lieu: Territoire) -> None:
    lu = service()
    assert [f.libelle for f in lu.fonctions] == [
        *("Instructeur", "Chef de service", "Ordonnateur", "Gestionnaire", "Liquidateur"),
        "Certificateur du service fait",
    ]
    assert [f.titulaires[0].nom for f in lu.fonctions][:2] == ["Instructeur Essai", "Chef_de_service Essai"]
    assert fonction(Role.ORDONNATEUR).titulaires[0].periode == "depuis le 01/01/2020, sans fin prévue"
    assert (lu.conflits, lu.nb_manques, lu.vide) == ((), 0, False)


def test_une_delegation_montre_son_acte_et_ses_dates(lieu: Territoire) -> None:
    karim, fin = personne("karim"), aujourdhui() + timedelta(10)
    tenir(karim, Role.ORDONNATEUR, delegue_par=lieu.agents[Role.ORDONNATEUR], acte="2026-11",
          du=aujourdhui(), au=fin)  # fmt: skip
    delegue = fonction(Role.ORDONNATEUR).titulaires[1]
    assert delegue.delegation == "par délégation d'Ordonnateur Essai, acte n° 2026-11"
    assert delegue.periode.endswith(f"jusqu'au {montrer_date_courte(fin)}")


@pytest.mark.parametrize(
    ("role", "phrase"),
    [
        (Role.ORDONNATEUR, "Il manque un ordonnateur : les décisions sont bloquées."),
        (Role.LIQUIDATEUR, "Il manque un liquidateur : les paiements sont bloqués."),
        (Role.CERTIFICATEUR, "Il manque un certificateur : les soldes sont bloqués."),
    ],
)
def test_ce_que_personne_ne_tient_dit_ce_qui_est_bloque(lieu: Territoire, role: Role, phrase: str) -> None:
    finir(lieu, role, aujourdhui() - timedelta(1))
    assert fonction(role).blocage == phrase
    assert service().nb_manques == 1
    accueil = a_faire(lieu.agents[Role.INSTRUCTEUR])
    assert phrase in " ".join(rubrique.avertissement for rubrique in accueil)


def test_un_compte_ferme_ne_tient_rien(lieu: Territoire) -> None:
    compte = lieu.agents[Role.ORDONNATEUR]
    compte.is_active = False
    compte.save()
    assert fonction(Role.ORDONNATEUR).blocage


def test_le_dernier_jour_tient_encore_le_lendemain_plus(lieu: Territoire) -> None:
    with time_machine.travel(datetime(2026, 12, 31, 22, 59, tzinfo=UTC)):
        finir(lieu, Role.ORDONNATEUR, date(2026, 12, 31))
        assert fonction(Role.ORDONNATEUR).bientot == "Plus personne après le 31/12/2026."
        assert not fonction(Role.ORDONNATEUR).blocage
    with time_machine.travel(datetime(2026, 12, 31, 23, 0, tzinfo=UTC)):
        assert fonction(Role.ORDONNATEUR).blocage


def test_qui_prend_la_suite_se_voit_et_rassure(lieu: Territoire) -> None:
    fin = aujourdhui() + timedelta(5)
    finir(lieu, Role.LIQUIDATEUR, fin)
    assert fonction(Role.LIQUIDATEUR).bientot
    tenir(personne("zoe"), Role.LIQUIDATEUR, du=fin + timedelta(2))
    assert fonction(Role.LIQUIDATEUR).bientot
    tenir(personne("ana"), Role.LIQUIDATEUR, du=fin + timedelta(1))
    lue = fonction(Role.LIQUIDATEUR)
    assert (lue.bientot, [t.nom for t in lue.a_venir]) == ("", ["Ana Essai", "Zoe Essai"])


def test_une_seule_personne_pour_deux_fonctions_separees_est_un_conflit(lieu: Territoire) -> None:
    finir(lieu, Role.LIQUIDATEUR, aujourdhui() - timedelta(1))
    tenir(lieu.agents[Role.ORDONNATEUR], Role.LIQUIDATEUR)
    (phrase,) = service().conflits
    assert phrase.startswith(
        "Ordonnateur Essai est la seule personne pour « Ordonnateur » et « Liquidateur »"
    )
    tenir(personne("luc"), Role.LIQUIDATEUR)
    assert service().conflits == ()


def test_deux_personnes_ne_suffisent_pas_a_la_decision(lieu: Territoire) -> None:
    un, deux = lieu.agents[Role.INSTRUCTEUR], lieu.agents[Role.CHEF_DE_SERVICE]
    finir(lieu, Role.ORDONNATEUR, aujourdhui() - timedelta(1))
    for role in (Role.CHEF_DE_SERVICE, Role.ORDONNATEUR):
        tenir(un, role)
    for role in (Role.INSTRUCTEUR, Role.ORDONNATEUR):
        tenir(deux, role)
    (phrase,) = service().conflits
    assert phrase.endswith(
        "sont seuls à instruire, viser et accorder : un même dossier demande trois personnes."
    )


def test_la_meme_personne_gestionnaire_et_liquidatrice_ne_gene_pas(lieu: Territoire) -> None:
    finir(lieu, Role.LIQUIDATEUR, aujourdhui() - timedelta(1))
    tenir(lieu.agents[Role.GESTIONNAIRE], Role.LIQUIDATEUR)
    assert service().conflits == ()


def test_chacun_lit_sa_region_le_national_et_l_administrateur_toutes(
    lieu: Territoire, client: Client
) -> None:
    territoire("32", exercice=lieu.campagne)
    ici, la_bas = (ServiceRegional.objects.get(pk=cle).nom for cle in ("84", "32"))
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    page = client.get(reverse(PAGE)).content.decode()
    assert ici in page
    assert la_bas not in page
    for role in (Role.LECTEUR_NATIONAL, Role.ADMINISTRATEUR):
        compte = personne(role.value)
        AffectationNationale.objects.create(utilisateur=compte, role=role, du=date(2020, 1, 1))
        client.force_login(compte)
        page = client.get(reverse(PAGE)).content.decode()
        assert ici in page
        assert la_bas in page
        assert ("Affecter une personne" in page) is (role is Role.ADMINISTRATEUR)
    client.force_login(lieu.directions[lieu.ecole()])
    assert client.get(reverse(PAGE)).status_code == 403


def test_sans_region_rien_n_est_lu(lieu: Territoire) -> None:
    assert list(services_lus(personne("personne"))) == []


def test_la_page_coute_autant_a_une_region_et_a_trois(lieu: Territoire, client: Client) -> None:
    compte = personne("lecteur")
    AffectationNationale.objects.create(utilisateur=compte, role=Role.LECTEUR_NATIONAL, du=date(2020, 1, 1))
    client.force_login(compte)
    client.get(reverse(PAGE))

    def compter() -> int:
        with CaptureQueriesContext(connection) as capture:
            client.get(reverse(PAGE))
        return len(capture)

    avant = compter()
    assert avant <= 8
    for region in ("32", "52"):
        territoire(region, exercice=lieu.campagne)
    assert compter() == avant


def test_l_accueil_mene_aux_pages_de_chacun(lieu: Territoire) -> None:
    def liens(compte: Utilisateur) -> list[str]:
        return [ligne.lien for r in a_faire(compte) if r.titre == "Pilotage" for ligne in r.lignes]

    racine = "admin:financements_enveloppe_"
    lecteur, administrateur = personne("lecteur"), personne("administrateur")
    AffectationNationale.objects.create(utilisateur=lecteur, role=Role.LECTEUR_NATIONAL)
    AffectationNationale.objects.create(utilisateur=administrateur, role=Role.ADMINISTRATEUR)
    assert liens(lieu.agents[Role.CERTIFICATEUR]) == [reverse(racine + n) for n in ("tableau", "fonctions")]
    assert liens(lecteur) == [reverse(racine + n) for n in ("tableau_national", "tableau", "fonctions")]
    assert liens(administrateur) == [reverse(racine + "fonctions")]
    assert liens(lieu.directions[lieu.ecole()]) == []
