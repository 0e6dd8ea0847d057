"""What is typed late or wrong about money that goes out: dates in their order, names, numbers used once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from financements.barre import barre
from financements.etats import MACHINE, Etat
from financements.models import Campagne, Demande
from financements.scans import actes_qui_attendent
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.conftest import a_la_porte, refuse
from tests.financements.test_conventions_dues import sans_convention
from tests.financements.test_page_versements import texte
from tests.financements.test_versements import echeancier, paiement
from tests.usines_financements import Territoire, produire_les_documents, saisies, territoire, un_pdf

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def refus(lieu: Territoire, demande: Demande, nom: str, **valeurs: Any) -> list[str]:
    with pytest.raises(TransitionRefusee) as refuse_:
        MACHINE.franchir(demande, nom, Contexte(lieu.qui(nom, demande.ecole), saisies(nom, **valeurs)))
    return refuse_.value.refus


# --- dates in their order


def test_un_paiement_ne_precede_pas_la_decision(lieu: Territoire) -> None:
    demande, hier = lieu.demande(Etat.NOTIFIEE), aujourdhui() - timedelta(1)
    phrases = refus(lieu, demande, "payer", paye_le=hier)
    assert any("on ne paie pas avant ce jour" in phrase for phrase in phrases)
    with refuse("Un paiement ne précède pas la décision|les CP de sa région et de son année"):
        paiement(lieu, demande, paye_le=hier)


def test_une_convention_ne_precede_pas_la_decision(lieu: Territoire) -> None:
    demande, avant = lieu.demande(Etat.ACCORDEE), aujourdhui() - timedelta(1)
    for champ in ("signee_ecole_le", "signee_etat_le"):
        phrases = refus(lieu, demande, "conventionner", **{champ: avant})
        assert any("la convention est signée ce jour-là ou après" in phrase for phrase in phrases)


@pytest.mark.parametrize(
    ("nom", "etat"),
    [
        ("conventionner_notifiee", Etat.NOTIFIEE),
        ("conventionner_en_cours", Etat.EN_EXECUTION),
        ("conventionner_service_fait", Etat.SERVICE_FAIT),
    ],
)
def test_une_convention_tardive_est_relue_comme_les_autres(lieu: Territoire, nom: str, etat: Etat) -> None:
    demande = sans_convention(lieu, etat)
    Campagne.objects.update(seuil_convention=23_000)
    avant = aujourdhui() - timedelta(1)
    nommee, datee = refus(lieu, demande, nom, signataire_etat="12", signee_ecole_le=avant)
    assert nommee == "Écrivez le nom de la personne qui signe pour l'État."
    assert "la convention est signée ce jour-là ou après" in datee
    assert not demande.allocation.conventions.exists()


# --- names, numbers


@pytest.mark.parametrize("nom", ["=1+1", "12", "<b>", "a@b.fr", "Sonia\tEssai", "-"])
def test_un_signataire_est_une_personne(lieu: Territoire, nom: str) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    assert refus(lieu, demande, "conventionner", signataire_ecole=nom, signataire_etat=nom) == [
        "Écrivez le nom de la personne qui signe pour l'école.",
        "Écrivez le nom de la personne qui signe pour l'État.",
    ]


@pytest.mark.parametrize("nom", ["Anne-Lise D'Aubépin", "M. Karim Benoît", "Zoë O’Neill", "J. P. Durand"])
def test_un_nom_reste_un_nom(lieu: Territoire, nom: str) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    saisie = saisies("conventionner", signataire_ecole=nom)
    MACHINE.franchir(demande, "conventionner", Contexte(lieu.agents[Role.GESTIONNAIRE], saisie))
    assert demande.allocation.conventions.get().signataire_ecole == nom


def test_un_numero_d_engagement_n_est_qu_a_un_dossier(lieu: Territoire) -> None:
    premiere, seconde = lieu.demande(Etat.NOTIFIEE), lieu.demande(Etat.CONVENTIONNEE)
    produire_les_documents()
    assert refus(lieu, seconde, "notifier", numero_ej=premiere.numero_ej) == [
        "Ce numéro d'engagement juridique est celui d'un autre dossier : relisez-le dans Chorus."
    ]
    seconde = lieu.demande(Etat.NOTIFIEE)
    with refuse("demande_une_par_ej"), a_la_porte(seconde):
        Demande.objects.filter(pk=seconde.pk).update(numero_ej=premiere.numero_ej)


# --- the signed convention, the bar


def test_la_convention_jointe_une_a_une_se_lit_et_n_attend_plus(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    produire_les_documents()
    attendus = actes_qui_attendent((lieu.region,)).filter(demande=demande, nature="convention")
    assert attendus.exists()
    scan = SimpleUploadedFile("signee.pdf", un_pdf(), "application/pdf")
    saisie = Contexte(lieu.agents[Role.GESTIONNAIRE], saisies("conventionner", scan=scan))
    MACHINE.franchir(demande, "conventionner", saisie)
    assert not attendus.exists()
    acte = demande.actes.get(nature="convention")
    assert acte.scan_signe.fichier == demande.allocation.conventions.get().scan
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    lien = reverse("admin:financements_demande_signe", args=[demande.pk, acte.pk])
    assert lien in texte(client.get(reverse("admin:financements_demande_change", args=[demande.pk])))


def test_la_barre_ne_compte_que_les_paiements_de_ses_engagements(lieu: Territoire) -> None:
    """Last year's decision is paid by this year's CP: the AE of this year are not less to pay."""
    echeancier(lieu, ("50", "50"))
    lieu.demande(Etat.EN_EXECUTION)
    lieu.demande(Etat.PROPOSEE)
    parts = {part.code: part.montant for part in barre(lieu.enveloppe).parts}
    assert (parts["paye"], parts["engage"]) == ("101\u202f100,00\u00a0€", "101\u202f100,00\u00a0€")
    assert parts["propose"] == "202\u202f200,00\u00a0€"
    autre = territoire("32", exercice=lieu.campagne)
    assert {p.code: p.montant for p in barre(autre.enveloppe).parts}["paye"] == "0,00\u00a0€"
    avant = lieu.enveloppe
    avant.cp_payes = Decimal(1)  # whatever the counter of the CP says
    assert {p.code: p.montant for p in barre(avant).parts}["paye"] == parts["paye"]
