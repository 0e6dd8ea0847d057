"""Two steps on one page: both pass, each with its journal line, or nothing is written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from financements.etats import Etat
from financements.models import Demande, Paiement
from reseau.models import AffectationDreets
from reseau.roles import Role
from tests.financements.test_page_versements import texte
from tests.financements.test_versements import echeancier
from tests.usines_financements import (
    Territoire,
    identifier_le_service,
    produire_les_documents,
    saisies,
    territoire,
)

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
BOUTONS = {
    "conventionner_et_notifier": "Enregistrer la convention signée et notifier",
    "certifier_et_solder": "Certifier le service fait et payer le solde",
    "recouvrer_et_clore": "Enregistrer la somme rendue et clore",
}


def page(demande: Demande) -> str:
    return reverse("admin:financements_demande_change", args=[demande.pk])


def ensemble(demande: Demande, nom: str) -> str:
    return reverse("admin:financements_demande_ensemble", args=[demande.pk, nom])


def envoi(*noms: str, **valeurs: Any) -> dict[str, Any]:
    donnees: dict[str, Any] = {}
    for nom in noms:
        donnees |= saisies(nom)
    return {cle: valeur for cle, valeur in (donnees | valeurs).items() if valeur is not None}


def donner(lieu: Territoire, personne: Role, role: Role) -> None:
    """One person holds two duties: allowed as long as no guard says otherwise."""
    AffectationDreets.objects.create(
        utilisateur=lieu.agents[personne], service_id=lieu.region, role=role, du=date(2020, 1, 1)
    )


def evenements(demande: Demande) -> list[str]:
    return list(demande.journal.order_by("-rang").values_list("evenement", flat=True)[:2])


@pytest.fixture
def a_clore(lieu: Territoire) -> Demande:
    demande = lieu.demande(Etat.REVERSEMENT)
    produire_les_documents()
    identifier_le_service(lieu.region)
    return demande


def test_convention_et_notification_d_un_geste(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    produire_les_documents()
    identifier_le_service(lieu.region)
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    assert BOUTONS["conventionner_et_notifier"] in texte(client.get(page(demande)))
    vue = texte(client.get(ensemble(demande, "conventionner_et_notifier")))
    assert "pas encore signée" in vue
    assert "Lettre de notification" in vue
    reponse = client.post(
        ensemble(demande, "conventionner_et_notifier"), envoi("conventionner", "notifier"), follow=True
    )
    assert "c'est fait" in texte(reponse)
    demande.refresh_from_db()
    assert demande.etat == Etat.NOTIFIEE
    assert evenements(demande) == ["notifier", "conventionner"]


def test_si_la_seconde_est_refusee_la_premiere_n_a_pas_eu_lieu(client: Client, lieu: Territoire) -> None:
    """The service has no SIRET: nothing may be notified, so the convention is not recorded either."""
    demande = lieu.demande(Etat.ACCORDEE)
    produire_les_documents()
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    reponse = client.post(ensemble(demande, "conventionner_et_notifier"), envoi("conventionner", "notifier"))
    assert "SIRET" in texte(reponse)
    demande.refresh_from_db()
    assert demande.etat == Etat.ACCORDEE
    assert not hasattr(demande.allocation, "convention")
    assert "conventionner" not in evenements(demande)


def test_une_saisie_fausse_reste_a_son_champ(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    donnees = envoi("conventionner", "notifier", numero_ej="12")
    reponse = client.post(ensemble(demande, "conventionner_et_notifier"), donnees)
    assert "a dix chiffres" in texte(reponse)
    assert "Sonia Essai" in texte(reponse)


def test_service_fait_et_solde_par_qui_tient_les_deux_fonctions(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.BILAN_DEPOSE)
    nom, certificateur = "certifier_et_solder", lieu.agents[Role.CERTIFICATEUR]
    client.force_login(certificateur)
    assert BOUTONS[nom] not in texte(client.get(page(demande)))
    refus = texte(client.post(ensemble(demande, nom), envoi("solder")))
    assert "Vos rôles ne permettent pas" in refus
    demande.refresh_from_db()
    assert demande.etat == Etat.BILAN_DEPOSE
    donner(lieu, Role.CERTIFICATEUR, Role.LIQUIDATEUR)
    client.force_login(certificateur)
    assert BOUTONS[nom] in texte(client.get(page(demande)))
    assert "toutes ces étapes" not in texte(client.get(ensemble(demande, nom)))
    assert client.post(ensemble(demande, nom), envoi("solder")).status_code == 302
    demande.refresh_from_db()
    assert (demande.etat, evenements(demande)) == (Etat.SOLDEE, ["solder", "certifier"])


def test_un_double_envoi_ne_paie_qu_une_fois(client: Client, lieu: Territoire) -> None:
    echeancier(lieu, ("50", "50"))
    demande = lieu.demande(Etat.BILAN_DEPOSE)
    donner(lieu, Role.CERTIFICATEUR, Role.LIQUIDATEUR)
    client.force_login(lieu.agents[Role.CERTIFICATEUR])
    donnees = envoi("solder")
    for _ in range(2):
        client.post(ensemble(demande, "certifier_et_solder"), donnees)
    assert Paiement.objects.filter(cle=donnees["cle"]).count() == 1


def test_le_solde_n_est_pas_propose_ou_il_y_a_trop_verse(client: Client, lieu: Territoire) -> None:
    lieu.manque = 60
    demande = lieu.demande(Etat.BILAN_DEPOSE)
    donner(lieu, Role.CERTIFICATEUR, Role.LIQUIDATEUR)
    client.force_login(lieu.agents[Role.CERTIFICATEUR])
    vue = texte(client.get(page(demande)))
    assert "Certifier le service fait" in vue
    assert BOUTONS["certifier_et_solder"] not in vue


def test_somme_rendue_et_cloture(client: Client, lieu: Territoire, a_clore: Demande) -> None:
    """The letter frozen in the same step is not waited for; every other paper is."""
    nom = "recouvrer_et_clore"
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    assert BOUTONS[nom] in texte(client.get(page(a_clore)))
    assert client.post(ensemble(a_clore, nom), envoi("recouvrer", "clore")).status_code == 302
    a_clore.refresh_from_db()
    assert (a_clore.etat, evenements(a_clore)) == (Etat.CLOSE, ["clore", "recouvrer"])


def test_un_acte_d_avant_qui_n_est_pas_imprime_empeche_de_clore(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.REVERSEMENT)
    identifier_le_service(lieu.region)
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    reponse = client.post(ensemble(demande, "recouvrer_et_clore"), envoi("recouvrer", "clore"))
    assert "pas encore produit en PDF" in texte(reponse)
    demande.refresh_from_db()
    assert demande.etat == Etat.REVERSEMENT


@pytest.mark.parametrize("nom", [*BOUTONS, "renoncer_et_clore"])
def test_une_autre_region_n_y_vient_pas(client: Client, lieu: Territoire, nom: str) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    ailleurs = territoire("32", exercice=lieu.campagne)
    client.force_login(ailleurs.agents[Role.GESTIONNAIRE])
    assert client.get(ensemble(demande, nom)).status_code == 404
    assert client.post(ensemble(demande, nom)).status_code == 404


def test_un_enchainement_inconnu_n_existe_pas(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    assert client.get(ensemble(demande, "tout")).status_code == 404


def test_l_ecole_ne_les_voit_pas(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    client.force_login(lieu.directions[demande.ecole])
    assert "et notifier" not in texte(client.get(page(demande)))
    reponse = client.post(ensemble(demande, "conventionner_et_notifier"), envoi("conventionner", "notifier"))
    assert "Vos rôles ne permettent pas" in texte(reponse)
