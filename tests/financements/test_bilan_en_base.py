"""What the database refuses about reports and the end of a file: one test per clause."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from financements.bilans import calcule
from financements.etats import Etat
from financements.models import Bilan, Demande, LigneRealisee, PosteCompteRendu
from reseau.nombres import aujourdhui, maintenant
from reseau.roles import Role
from tests.financements.conftest import a_la_porte, refuse
from tests.financements.test_bilan import bilan
from tests.financements.test_versements import echeancier

if TYPE_CHECKING:
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db


@pytest.fixture
def prepare(lieu: Territoire) -> Demande:
    return lieu.avancer(lieu.demande(Etat.EN_EXECUTION), "preparer_bilan")


@pytest.fixture
def depose(lieu: Territoire) -> Demande:
    return lieu.demande(Etat.BILAN_DEPOSE)


def test_un_bilan_nait_par_la_porte(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    with refuse("par une transition"):
        Bilan.objects.create(allocation=demande.allocation, du=aujourdhui(), au=aujourdhui())


@pytest.mark.parametrize(
    "valeurs",
    [{"phase": "figee"}, {"chiffre_affaires": 1}, {"depose_le": maintenant()}, {"du": "2020-01-01"}],
)
def test_un_bilan_n_avance_que_par_une_transition(prepare: Demande, valeurs: dict[str, Any]) -> None:
    with refuse("que par une transition|bilan_"):
        Bilan.objects.filter(pk=bilan(prepare).pk).update(**valeurs)


def test_rien_d_un_bilan_ne_s_efface(prepare: Demande) -> None:
    rendu = bilan(prepare)
    for ensemble in (rendu.lignes.all(), rendu.postes.all(), Bilan.objects.filter(pk=rendu.pk)):
        with refuse("ne s'efface pas"):
            ensemble._raw_delete(using="default")


def test_depose_un_bilan_ne_change_plus(depose: Demande) -> None:
    rendu = bilan(depose)
    with refuse("ne change plus"):
        rendu.lignes.update(mois_realises=1, majores_realises=1)
    with refuse("ne change plus"):
        rendu.postes.filter(compte="64").update(realise=1)
    with refuse("ne change plus"):
        Bilan.objects.filter(pk=rendu.pk).update(commentaire="Autre chose.")


def test_seule_la_ligne_nommee_s_ouvre_a_la_correction(lieu: Territoire, depose: Demande) -> None:
    Bilan.objects.filter(pk=bilan(depose).pk).update(a_corriger="Un total.")
    lieu.avancer(depose, "corriger_bilan")
    lignes = bilan(depose).lignes
    lignes.update(mois_realises=350, majores_realises=1)
    with a_la_porte(depose):
        lignes.update(a_corriger="")
    with refuse("ne change plus"):
        lignes.update(mois_realises=340, majores_realises=1)
    bilan(depose).postes.filter(compte="64").update(realise=1)


def test_l_ecole_n_ecrit_pas_ce_qui_est_retenu(prepare: Demande) -> None:
    with refuse("entre le dépôt du bilan et le service fait"):
        bilan(prepare).lignes.update(mois_retenus=1, majores_retenus=0, motif_service="Non.")
    with refuse("Rien ne se demande plus"):
        Bilan.objects.filter(pk=bilan(prepare).pk).update(a_corriger="Un total.")


@pytest.mark.parametrize("champ", ["mois_convenus", "mois_inscrits", "unitaire", "annee"])
def test_ce_que_le_portail_ecrit_ne_change_pas(prepare: Demande, champ: str) -> None:
    with refuse("que par une transition"):
        bilan(prepare).lignes.update(**{champ: 2})


@pytest.mark.parametrize(
    ("valeurs", "contrainte"),
    [
        ({"mois_realises": -1, "majores_realises": 0}, "ligne_realisee_plausible"),
        ({"mois_realises": 5, "majores_realises": 6}, "ligne_realisee_plausible"),
        ({"mois_realises": 5, "majores_realises": None}, "ligne_realisee_plausible"),
        ({"mois_realises": 99_999, "majores_realises": 0}, "ligne_realisee_plausible"),
    ],
)
def test_une_ligne_realisee_est_plausible(prepare: Demande, valeurs: dict[str, Any], contrainte: str) -> None:
    with refuse(contrainte):
        bilan(prepare).lignes.update(**valeurs)


def test_un_ecart_a_sa_raison_des_deux_cotes(prepare: Demande, depose: Demande) -> None:
    with a_la_porte(prepare):
        bilan(prepare).lignes.update(mois_inscrits=5)
    with refuse("ligne_realisee_ou_motif"):
        bilan(prepare).lignes.update(mois_realises=6, majores_realises=0)
    with refuse("ligne_retenue_ou_motif"):
        bilan(depose).lignes.update(mois_retenus=6, majores_retenus=0)
    with refuse("ligne_retenue_plausible"):
        bilan(depose).lignes.update(mois_retenus=6, majores_retenus=7, motif_service="Non.")


def test_un_poste_n_est_pas_negatif_ni_double(prepare: Demande) -> None:
    postes = bilan(prepare).postes
    with refuse("poste_positif"):
        postes.filter(compte="64").update(realise=-1)
    with refuse("poste_compte_unique"), a_la_porte(prepare):
        postes.create(compte="64", rang=40)
    with refuse("que par une transition"):
        PosteCompteRendu.objects.create(bilan=bilan(prepare), compte="autre", rang=41)


def test_qui_a_depose_ou_accorde_ne_certifie_pas(lieu: Territoire, depose: Demande) -> None:
    rendu = Bilan.objects.filter(pk=bilan(depose).pk)
    with refuse("bilan_certifie_par_une_autre"), a_la_porte(depose):
        rendu.update(certifie_par=bilan(depose).depose_par, certifie_le=maintenant())
    with refuse("Qui a accordé ne certifie pas"), a_la_porte(depose):
        rendu.update(certifie_par=lieu.agents[Role.ORDONNATEUR], certifie_le=maintenant())


def test_le_montant_final_s_ecrit_une_fois(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.SERVICE_FAIT)
    with refuse("s'écrit une fois"), a_la_porte(demande):
        Demande.objects.filter(pk=demande.pk).update(montant_final=Decimal(1))


def test_le_service_fait_est_le_plus_petit_du_calcule_et_de_l_accorde(
    lieu: Territoire, depose: Demande
) -> None:
    certifie = {"certifie_par": lieu.agents[Role.CERTIFICATEUR], "certifie_le": maintenant()}
    with refuse("plus petit du calculé"), a_la_porte(depose):
        Demande.objects.filter(pk=depose.pk).update(etat=Etat.SERVICE_FAIT, montant_final=Decimal(1))
    with refuse("plus petit du calculé"), a_la_porte(depose):
        Bilan.objects.filter(pk=bilan(depose).pk).update(**certifie)
        Demande.objects.filter(pk=depose.pk).update(etat=Etat.SERVICE_FAIT, montant_final=Decimal(1))


def test_au_service_fait_l_engagement_s_arrete_au_final(lieu: Territoire) -> None:
    echeancier(lieu, ("50", "50"))
    lieu.manque = 9
    demande = lieu.demande(Etat.BILAN_DEPOSE)
    certifie = {"certifie_par": lieu.agents[Role.CERTIFICATEUR], "certifie_le": maintenant()}
    with refuse("l'engagement s'arrête au montant final"), a_la_porte(demande):
        Bilan.objects.filter(pk=bilan(demande).pk).update(**certifie)
        montants = {"etat": Etat.SERVICE_FAIT, "montant_final": calcule(bilan(demande))}
        Demande.objects.filter(pk=demande.pk).update(**montants)


def test_un_dossier_solde_tombe_juste(lieu: Territoire) -> None:
    lieu.manque = 9
    demande = lieu.demande(Etat.SERVICE_FAIT)
    with refuse("Un dossier soldé a payé, net"), a_la_porte(demande):
        Demande.objects.filter(pk=demande.pk).update(etat=Etat.SOLDEE)


def test_un_dossier_clos_dit_sa_conservation(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.SOLDEE)
    with refuse("jusqu'à quand il est conservé"), a_la_porte(demande):
        Demande.objects.filter(pk=demande.pk).update(etat=Etat.CLOSE)


def test_un_dossier_au_bilan_depose_a_son_bilan(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    with refuse("a son bilan"), a_la_porte(demande):
        Demande.objects.filter(pk=demande.pk).update(etat=Etat.BILAN_DEPOSE)


def test_une_phase_a_sa_date_et_une_periode_son_sens(prepare: Demande) -> None:
    with refuse("bilan_phase_datee"), a_la_porte(prepare):
        Bilan.objects.filter(pk=bilan(prepare).pk).update(phase="amiable")
    with refuse("bilan_periode"), a_la_porte(prepare):
        Bilan.objects.filter(pk=bilan(prepare).pk).update(du="2099-01-01")
    with refuse("bilan_depose_entier"), a_la_porte(prepare):
        Bilan.objects.filter(pk=bilan(prepare).pk).update(depose_le=maintenant())


def test_une_annee_du_parcours_va_de_un_a_quatre(prepare: Demande) -> None:
    ligne = bilan(prepare).lignes.get()
    for annee, contrainte in ((5, "ligne_realisee_annee"), (1, "ligne_realisee_unique")):
        with refuse(contrainte), a_la_porte(prepare):
            LigneRealisee.objects.create(bilan=ligne.bilan, titre_id=ligne.titre_id, annee=annee)


def test_une_ligne_de_bilan_ne_s_ajoute_pas_sans_la_porte(prepare: Demande) -> None:
    ligne = bilan(prepare).lignes.get()
    with refuse("que par une transition"):
        LigneRealisee.objects.create(bilan=ligne.bilan, titre_id=ligne.titre_id, annee=ligne.annee + 1)
