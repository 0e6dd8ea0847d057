"""Refusals that only the door says: each transition is really tried, its sentence read, and nothing moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from financements.etats import Etat
from financements.models import Bilan, Paiement, Reprise
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.financements.test_gardes import refus
from tests.usines_financements import saisies
from tests.usines_reprises import reprendre, reprise_a_solder

if TYPE_CHECKING:
    from financements.models import Demande
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db
RIEN_NE_MANQUE = "Ce dossier ne manque pas de convention."


# --- A convention recorded late


def test_une_convention_ne_s_enregistre_pas_deux_fois_apres_la_notification(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    envoi = saisies("conventionner_notifiee")
    assert refus(lieu, demande, "conventionner_notifiee", **envoi) == [RIEN_NE_MANQUE]
    assert demande.allocation.conventions.count() == 1


def test_une_convention_ne_s_enregistre_pas_deux_fois_avant_le_solde(lieu: Territoire) -> None:
    """A file taken over records it once, up to its balance; not once more."""
    demande = reprise_a_solder(lieu)
    lieu.avancer(demande, "conventionner_service_fait")
    envoi = saisies("conventionner_service_fait")
    assert refus(lieu, demande, "conventionner_service_fait", **envoi) == [RIEN_NE_MANQUE]
    assert demande.allocation.conventions.count() == 1


# --- A payment


def test_qui_a_accorde_ne_paie_pas(lieu: Territoire) -> None:
    """The database refuses it too; the person reads why before."""
    demande = lieu.demande(Etat.NOTIFIEE)
    ordonnateur = lieu.agents[Role.ORDONNATEUR]
    ordonnateur.affectations.create(service_id=lieu.region, role=Role.LIQUIDATEUR, du=aujourdhui())
    lieu.agents[Role.LIQUIDATEUR] = ordonnateur
    assert refus(lieu, demande, "payer", **saisies("payer")) == [
        "Vous avez accordé cette demande ou son avenant : une autre personne doit liquider."
    ]
    assert not Paiement.objects.exists()


# --- A report that comes back


@pytest.fixture
def a_corriger(lieu: Territoire) -> Demande:
    """The school changed what was asked: as it stands, it could send the report back."""
    demande = lieu.demande(Etat.BILAN_DEPOSE)
    Bilan.objects.update(a_corriger="La taxe d'apprentissage manque.")
    demande = lieu.avancer(demande, "corriger_bilan")
    Bilan.objects.update(reponse="Elle est ajoutée.")
    demande.allocation.bilan.lignes.update(reponse="C'est juste.")
    return demande


def test_un_bilan_renvoye_garde_toutes_ses_lignes_ecrites(lieu: Territoire, a_corriger: Demande) -> None:
    bilan = a_corriger.allocation.bilan
    bilan.lignes.update(mois_realises=None, majores_realises=0)
    (phrase,) = refus(lieu, a_corriger, "redeposer_bilan")
    assert phrase.endswith("écrivez les mois-élèves réalisés, zéro s'il n'y en a pas.")


def test_un_bilan_renvoye_dit_toujours_ce_qui_a_ete_fait(lieu: Territoire, a_corriger: Demande) -> None:
    Bilan.objects.update(commentaire="  ")
    assert refus(lieu, a_corriger, "redeposer_bilan") == ["Écrivez ce qui a été fait avec la subvention."]


def test_un_bilan_renvoye_garde_son_compte_rendu_financier(lieu: Territoire, a_corriger: Demande) -> None:
    bilan = a_corriger.allocation.bilan
    bilan.postes.filter(compte="64").update(realise=0)
    assert refus(lieu, a_corriger, "redeposer_bilan") == [
        "Remplissez le compte rendu financier : les charges et les produits réalisés."
    ]


def test_un_bilan_renvoye_se_certifie_de_nouveau(lieu: Territoire, a_corriger: Demande) -> None:
    assert refus(lieu, a_corriger, "redeposer_bilan", certifie=False) == [
        "Cochez la case « Je certifie que ces informations sont exactes »."
    ]
    assert lieu.avancer(a_corriger, "redeposer_bilan").etat == Etat.BILAN_DEPOSE


# --- A takeover taken back


def test_annuler_une_reprise_se_motive(lieu: Territoire) -> None:
    demande = reprendre(lieu)
    assert refus(lieu, demande, "annuler_reprise", motif=" ") == ["Écrivez la raison."]
    assert Reprise.objects.get().annulee_le is None
