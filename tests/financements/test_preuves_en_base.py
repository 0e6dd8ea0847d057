"""What the database refuses inside the door too: a state without its proof, a line of another region."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from ecoles.models import Ecole
from financements.etats import Etat
from financements.models import Acte, Allocation, Demande, Engagement, JournalDemande, Paiement
from reseau.models import AffectationNationale, DocumentFige, ServiceRegional
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.financements.conftest import a_la_porte, refuse
from tests.usines_financements import SIRETS, Territoire, identifier_le_service, personne, territoire
from tests.usines_reprises import reprendre

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db

EJ = "2100012399"


def passer(demande: Demande, **valeurs: Any) -> None:
    """Write as a transition would, without what it should have written beside."""
    with a_la_porte(demande):
        Demande.objects.filter(pk=demande.pk).update(**valeurs)


# --- F15: a state stands on its proof


def test_conventionnee_sans_convention(demande: Demande) -> None:
    with refuse("a sa convention signée"):
        passer(demande, etat=Etat.CONVENTIONNEE)


def test_notifiee_sans_numero(demande: Demande) -> None:
    identifier_le_service("84")
    with refuse("a son numéro d'engagement juridique"):
        passer(demande, etat=Etat.NOTIFIEE)


@pytest.mark.parametrize(("qui", "phrase"), [("ecole", "SIRET de l'école"), ("service", "SIRET du service")])
def test_notifiee_sans_siret(demande: Demande, qui: str, phrase: str) -> None:
    identifier_le_service("84")
    if qui == "ecole":
        Ecole.objects.filter(pk=demande.ecole_id).update(siret="")
    else:
        ServiceRegional.objects.filter(region="84").update(siret="")
    with refuse(phrase):
        passer(demande, etat=Etat.NOTIFIEE, numero_ej=EJ)


def test_en_execution_sans_paiement(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    with refuse("a son premier paiement"):
        passer(demande, etat=Etat.EN_EXECUTION)


@pytest.mark.parametrize("etat", [Etat.VISEE, Etat.ACCORDEE, Etat.CONVENTIONNEE])
def test_un_numero_d_avance(lieu: Territoire, etat: Etat) -> None:
    demande = lieu.demande(etat)
    with refuse("vient avec la notification"):
        passer(demande, numero_ej=EJ)


def test_un_dossier_repris_va_jusqu_au_paiement(lieu: Territoire) -> None:
    """It was born notified, before the tool: what comes next stands on its proofs like any other."""
    demande = reprendre(lieu, accorde="20 000,00", paye="", versements="")
    assert demande.etat == Etat.NOTIFIEE
    with refuse("a son premier paiement"):
        passer(demande, etat=Etat.EN_EXECUTION)
    assert lieu.avancer(demande, "payer").etat == Etat.EN_EXECUTION


# --- F25: what was published stays


def test_le_siret_d_une_ecole_notifiee_se_corrige_et_ne_s_efface_pas(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    ecole = Ecole.objects.filter(pk=demande.ecole_id)
    with refuse("une subvention publiée avec son SIRET"):
        ecole.update(siret="")
    assert ecole.update(siret=SIRETS[1]) == 1


@pytest.mark.parametrize("etat", [Etat.BROUILLON, Etat.ACCORDEE])
def test_avant_la_notification_il_s_efface(lieu: Territoire, etat: Etat) -> None:
    assert Ecole.objects.filter(pk=lieu.demande(etat).ecole_id).update(siret="") == 1


def test_le_siret_du_service_qui_a_notifie_ne_s_efface_pas(lieu: Territoire) -> None:
    lieu.demande(Etat.NOTIFIEE)
    identifier_le_service("32")
    with refuse("des subventions publiées"):
        ServiceRegional.objects.filter(region="84").update(siret="")
    assert ServiceRegional.objects.filter(region="32").update(siret="") == 1


@pytest.mark.parametrize(
    ("modele", "url"), [("ecole", "ecoles_ecole"), ("service", "reseau_serviceregional")]
)
def test_la_page_dit_le_refus(client: Client, lieu: Territoire, modele: str, url: str) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    tenue = demande.ecole if modele == "ecole" else ServiceRegional.objects.get(region="84")
    administrateur = personne("administrateur")
    AffectationNationale.objects.create(
        utilisateur=administrateur, role=Role.ADMINISTRATEUR, du=aujourdhui() - timedelta(9)
    )
    client.force_login(administrateur)
    page = reverse(f"admin:{url}_change", args=[tenue.pk])
    formulaire = client.get(page).context["adminform"].form
    valeurs = {nom: "" if v is None else v for nom, v in formulaire.initial.items()} | {"siret": ""}
    valeurs |= {nom: [getattr(c, "pk", c) for c in v] for nom, v in valeurs.items() if isinstance(v, list)}
    for jeu in client.get(page).context["inline_admin_formsets"]:
        prefixe = jeu.formset.prefix
        valeurs |= {f"{prefixe}-TOTAL_FORMS": 0, f"{prefixe}-INITIAL_FORMS": 0}
    reponse = client.post(page, valeurs, follow=True)
    assert reponse.status_code == 200
    assert "il se corrige, il ne s’efface pas" in reponse.content.decode().replace("&#x27;", "’").replace(
        "'", "’"
    )
    tenue.refresh_from_db()
    assert tenue.siret


# --- F22: each row is of the region of its file


def test_le_journal_est_celui_de_la_region(demande: Demande) -> None:
    with refuse("dans la chaîne de sa région"):
        JournalDemande.objects.create(demande=demande, chaine="demande:32", evenement="aviser")


def test_un_acte_est_celui_de_la_decision_de_son_dossier(lieu: Territoire, demande: Demande) -> None:
    autre = lieu.demande(Etat.ACCORDEE)
    document = DocumentFige.objects.create(gabarit="g", version_gabarit="1", titre="t", nom_fichier="t.pdf")
    with refuse("de la décision de son dossier"):
        Acte.objects.create(
            demande=demande, nature="note", rang=9, document=document, allocation=autre.allocation
        )


def test_rien_ne_s_engage_ni_ne_se_paie_ailleurs(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    ailleurs = territoire("32", exercice=lieu.campagne)
    par = lieu.agents[Role.LIQUIDATEUR]
    commun = {"allocation": demande.allocation, "enveloppe": ailleurs.enveloppe, "saisi_par": par}
    with refuse("l'enveloppe de sa région"):
        Engagement.objects.create(nature="desengagement", montant=-1, **commun)
    with refuse("les CP de sa région"):
        Paiement.objects.create(
            cle=uuid4(), montant=1, paye_le=aujourdhui(), numero_ej=demande.numero_ej, **commun
        )
    with refuse("celle de la région"):
        passer(demande, enveloppe=ailleurs.enveloppe)


# --- F17: decisions and acts are written once


@pytest.mark.parametrize("modele", [Allocation, Acte])
@pytest.mark.parametrize("ordre", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_une_decision_et_un_acte_ne_changent_pas(demande: Demande, modele: Any, ordre: str) -> None:
    with refuse("ne s'écrit qu'en ajout|must be owner|permission denied"), connection.cursor() as curseur:
        curseur.execute(ordre.format(modele._meta.db_table))
