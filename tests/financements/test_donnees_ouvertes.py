"""Open data: notified decisions only, the amount of the day, nothing personal, the national schema."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from ecoles.models import Ecole
from financements.donnees_ouvertes import publiee
from financements.etats import MACHINE, Etat
from financements.models import Demande
from financements.schema_scdl import champs, fautes, titres
from reseau.models import ServiceRegional
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte
from tests.usines_financements import Territoire, preparer_avenant, produire_les_documents, saisies

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def lire(client: Client) -> list[dict[str, str]]:
    reponse: Any = client.get(reverse("financements:subventions"))
    assert reponse.status_code == 200
    contenu = b"".join(reponse.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(contenu)))


def test_une_decision_notifiee_est_une_ligne_valide(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    [ligne] = lire(client)
    assert list(fautes([ligne])) == []
    assert ligne["montant"] == "202200.00"
    assert ligne["referenceDecision"] == demande.numero
    assert ligne["nomAttribuant"] == "DREETS Auvergne-Rhône-Alpes"
    assert ligne["idBeneficiaire"] == demande.ecole.siret
    assert ligne["dateConvention"] == aujourdhui().isoformat()
    assert (ligne["conditionsVersement"], ligne["notificationUE"]) == ("unique", "non")


@pytest.mark.parametrize("etat", [Etat.PROPOSEE, Etat.VISEE, Etat.ACCORDEE, Etat.CONVENTIONNEE])
def test_rien_n_est_publie_avant_la_notification(client: Client, lieu: Territoire, etat: str) -> None:
    lieu.demande(etat)
    assert lire(client) == []


def test_le_montant_est_celui_du_jour(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    preparer_avenant(demande)
    lieu.avancer(demande, "proposer_avenant", "viser_avenant", "accorder_avenant")
    assert lire(client)[0]["montant"] == "208800.00"


def test_une_decision_resiliee_sans_versement_n_est_plus_publiee(client: Client, lieu: Territoire) -> None:
    demande = lieu.avancer(lieu.demande(Etat.NOTIFIEE), "resilier")
    assert lire(client) == []
    assert publiee(demande.allocation)


def test_rien_ne_nomme_une_personne(client: Client, lieu: Territoire) -> None:
    lieu.demande(Etat.EN_EXECUTION)
    texte = json.dumps(lire(client), ensure_ascii=False)
    assert "Essai" not in texte
    assert "@" not in texte


def test_les_ecoles_fictives_ne_se_melangent_pas(client: Client, lieu: Territoire, settings: Any) -> None:
    vraie, fictive = lieu.demande(Etat.NOTIFIEE), lieu.demande(Etat.NOTIFIEE)
    Ecole.objects.filter(pk=fictive.ecole.pk).update(fictive=True)
    assert [ligne["referenceDecision"] for ligne in lire(client)] == [vraie.numero]
    settings.DEMONSTRATION = True
    assert [ligne["referenceDecision"] for ligne in lire(client)] == [fictive.numero]


def test_un_nom_qui_ressemble_a_une_formule_est_desarme(client: Client, lieu: Territoire) -> None:
    lieu.demande(Etat.NOTIFIEE, ecole=lieu.ecole("=cmd()"))
    assert lire(client)[0]["nomBeneficiaire"] == "'=cmd()"


def test_sans_siret_du_service_rien_ne_se_notifie(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.CONVENTIONNEE)
    produire_les_documents()
    assert ServiceRegional.objects.get(region="84").siret == ""
    contexte = Contexte(lieu.agents[Role.GESTIONNAIRE], saisies("notifier"))
    assert MACHINE.refus(demande, "notifier", contexte) == [
        "Il manque le SIRET de la DREETS Auvergne-Rhône-Alpes : l'administrateur le saisit."
    ]


def test_publiee_dit_ce_que_dit_le_fichier(client: Client, lieu: Territoire) -> None:
    accordee = lieu.demande(Etat.ACCORDEE)
    assert not publiee(accordee.allocation)
    notifiee = lieu.demande(Etat.NOTIFIEE)
    assert publiee(notifiee.allocation)
    assert [ligne["referenceDecision"] for ligne in lire(client)] == [notifiee.numero]


def test_le_fichier_coute_une_requete(
    client: Client, lieu: Territoire, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        lieu.demande(Etat.NOTIFIEE)
    with django_assert_num_queries(1):
        assert len(lire(client)) == 3


def test_la_page_et_le_catalogue_menent_au_fichier(client: Client, lieu: Territoire) -> None:
    lieu.demande(Etat.NOTIFIEE)
    page = client.get("/donnees/").content.decode()
    assert "Le fichier a 1 ligne aujourd’hui." in page
    assert 'href="/donnees/subventions.csv"' in page
    entree = json.loads(client.get("/donnees/catalogue.jsonld").content)
    [jeu] = entree["dcat:dataset"]
    assert jeu["dcat:distribution"]["dcat:downloadURL"]["@id"].endswith("/donnees/subventions.csv")
    assert jeu["dct:conformsTo"]["@id"].endswith("2.1.1")


BONNE = {
    "nomAttribuant": "DREETS", "idAttribuant": "1" * 14, "dateConvention": "2026-04-02",
    "referenceDecision": "", "nomBeneficiaire": "Association", "idBeneficiaire": "2" * 14,
    "rnaBeneficiaire": "W123456789", "objet": "Fonctionnement", "montant": "1.50",
    "nature": "aide en numéraire", "conditionsVersement": "unique", "datesPeriodeVersement": "2026-04-10",
    "idRAE": "", "notificationUE": "non", "pourcentageSubvention": "1.00", "dispositifAide": "",
}  # fmt: skip


def test_la_ligne_temoin_est_bonne_et_le_schema_entier() -> None:
    assert list(BONNE) == titres()
    assert len(champs()) == 16
    assert list(fautes([BONNE])) == []


@pytest.mark.parametrize(
    ("champ", "valeur", "faute"),
    [
        ("nomAttribuant", "", "la valeur manque"),
        ("idAttribuant", "123", "contrainte pattern"),
        ("dateConvention", "02/04/2026", "type attendu (date)"),
        ("montant", "NaN", "type attendu (number)"),
        ("montant", "1,50", "type attendu (number)"),
        ("nature", "aide", "contrainte enum"),
        ("objet", "x" * 257, "contrainte maxLength"),
        ("datesPeriodeVersement", "2026-04", "contrainte pattern"),
        ("notificationUE", "true", "type attendu (boolean)"),
        ("pourcentageSubvention", "1.01", "contrainte maximum"),
        ("pourcentageSubvention", "0", "contrainte minimum"),
    ],
)
def test_le_schema_voit_chaque_faute(champ: str, valeur: str, faute: str) -> None:
    [phrase] = fautes([BONNE | {champ: valeur}])
    assert phrase.startswith(f"Ligne 1, {champ} :")
    assert faute in phrase


def test_des_colonnes_deplacees_se_voient() -> None:
    assert list(fautes([dict(reversed(BONNE.items()))])) == [
        "Ligne 1 : les colonnes ne sont pas celles du schéma."
    ]


def test_onze_lignes_font_le_montant_engage(client: Client, lieu: Territoire) -> None:
    for _ in range(2):
        lieu.demande(Etat.NOTIFIEE)
    total = sum((Decimal(ligne["montant"]) for ligne in lire(client)), Decimal(0))
    assert total == lieu.enveloppe.ae_engagees == Decimal(404_400)
    assert Demande.objects.count() == 2
