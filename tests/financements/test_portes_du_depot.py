"""Guards of a deposit and of a complement, each refused at the door itself, with its own sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecoles.models import Ecole
from financements.etats import Etat
from financements.models import Demande
from reseau.nombres import aujourdhui, montrer_date
from reseau.roles import Role
from tests.financements.conftest import a_la_porte
from tests.financements.test_confirmations import refus, sur_papier
from tests.usines_financements import ajouter_piece

if TYPE_CHECKING:
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db
SANS_JEUNE = ["Ajoutez au moins une ligne avec un jeune."]


def _papier_revenu(lieu: Territoire) -> Demande:
    return lieu.avancer(sur_papier(lieu), "deposer_sur_scan", "demander_complement")


def test_une_ecole_fermee_ne_demande_plus_rien_meme_sur_papier(lieu: Territoire) -> None:
    demande = sur_papier(lieu)
    Ecole.objects.filter(pk=demande.ecole_id).update(publication="fermee", fermee_le=aujourdhui())
    assert refus(lieu, demande, "deposer_sur_scan") == [
        f"L'école est fermée depuis le {montrer_date(aujourdhui())}."
    ]


def test_un_papier_sans_jeune_ne_s_enregistre_pas(lieu: Territoire) -> None:
    demande = sur_papier(lieu)
    demande.lignes.update(effectif_demande=0, majorations_demandees=0)
    assert refus(lieu, demande, "deposer_sur_scan") == SANS_JEUNE


def test_une_demande_videe_de_ses_jeunes_ne_se_renvoie_pas(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.A_COMPLETER)
    demande.lignes.all().delete()
    assert refus(lieu, demande, "completer") == SANS_JEUNE


def test_sans_siret_ni_iban_une_demande_ne_se_renvoie_pas(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.A_COMPLETER)
    demande.ecole.coordonnees_bancaires.all().delete()
    demande.ecole.siret = ""
    demande.ecole.save()
    assert refus(lieu, demande, "completer") == [
        "Il manque le SIRET de l'école.",
        "Il manque l'IBAN de l'école.",
    ]


def test_sans_la_piece_demandee_un_dossier_ne_se_renvoie_pas(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.A_COMPLETER)
    lieu.campagne.pieces_obligatoires = ["budget"]
    lieu.campagne.save()
    assert refus(lieu, demande, "completer") == ["Il manque une pièce : « Budget prévisionnel »."]
    ajouter_piece(demande, "budget", lieu.directions[demande.ecole])
    assert lieu.avancer(demande, "completer").etat == Etat.DEPOSEE


def test_sans_certification_un_dossier_ne_se_renvoie_pas(lieu: Territoire) -> None:
    assert refus(lieu, lieu.demande(Etat.A_COMPLETER), "completer", certifie=False) == [
        "Cochez la case « Je certifie que ces informations sont exactes »."
    ]


def test_l_agent_ne_renvoie_pas_ce_que_l_ecole_ecrit(lieu: Territoire) -> None:
    demande = lieu.avancer(lieu.demande(), "deposer")
    ajouter_piece(demande, "scan", lieu.agents[Role.INSTRUCTEUR])
    Demande.objects.filter(pk=demande.pk).update(recue_par_courriel_le=aujourdhui())
    demande = lieu.avancer(demande, "demander_complement")
    assert refus(lieu, demande, "completer_sur_scan") == [
        "Cette demande est écrite par l'école : elle seule peut la déposer."
    ]


def test_un_complement_sur_papier_garde_au_moins_un_jeune(lieu: Territoire) -> None:
    demande = _papier_revenu(lieu)
    demande.lignes.all().delete()
    assert refus(lieu, demande, "completer_sur_scan") == SANS_JEUNE


def test_un_complement_sur_papier_garde_son_scan(lieu: Territoire) -> None:
    demande = _papier_revenu(lieu)
    demande.pieces.filter(nature="scan").delete()
    assert refus(lieu, demande, "completer_sur_scan") == ["Joignez la demande signée, numérisée."]
    ajouter_piece(demande, "scan", lieu.agents[Role.INSTRUCTEUR], "refuse")
    assert refus(lieu, demande, "completer_sur_scan") == [
        "« Demande signée, numérisée » a été refusée à l'analyse : remplacez ce fichier."
    ]


@pytest.mark.parametrize(("nom", "etat"), [("viser", Etat.PROPOSEE), ("accorder", Etat.VISEE)])
def test_un_montant_change_depuis_la_proposition_ne_se_vise_ni_ne_s_accorde(
    lieu: Territoire, nom: str, etat: str
) -> None:
    demande = lieu.demande(etat)
    with a_la_porte(demande):
        demande.lignes.update(effectif_retenu=35, motif="Changé après coup.")
    assert refus(lieu, demande, nom) == [
        "Le montant a changé depuis la proposition : renvoyez le dossier en instruction."
    ]
