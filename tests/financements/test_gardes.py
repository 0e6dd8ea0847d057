"""Each guard of the state table, refused with its own sentence; all refusals come at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse

from ecoles.models import CoordonneesBancaires
from financements.etats import MACHINE, Etat
from financements.models import Bareme, Demande, Enveloppe
from financements.ouverture import ouvrir_demande
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.usines_financements import (
    SAISIES,
    Territoire,
    ajouter_ligne,
    ajouter_piece,
    mouvement,
    personne,
    territoire,
)

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def refus(lieu: Territoire, demande: Demande, nom: str, **saisies: Any) -> list[str]:
    """Try to cross, and return the sentences; the request has not moved."""
    depart = demande.etat
    contexte = Contexte(lieu.qui(nom, demande.ecole), {**SAISIES.get(nom, {}), **saisies})
    with pytest.raises(TransitionRefusee) as attrape:
        MACHINE.franchir(demande, nom, contexte)
    assert Demande.objects.get(pk=demande.pk).etat == depart
    return attrape.value.refus


def test_sans_certification_la_demande_ne_part_pas(lieu: Territoire) -> None:
    demande = lieu.demande()
    assert refus(lieu, demande, "deposer", certifie=False) == [
        "Cochez la case « Je certifie que ces informations sont exactes »."
    ]


def test_tous_les_refus_sont_dits_ensemble(lieu: Territoire) -> None:
    ecole = lieu.ecole()
    CoordonneesBancaires.objects.filter(ecole=ecole).delete()
    ecole.siret = ""
    ecole.save()
    demande = ouvrir_demande(ecole=ecole, campagne=lieu.campagne, par=lieu.directions[ecole])
    assert refus(lieu, demande, "deposer", certifie=False) == [
        "Ajoutez au moins une ligne avec un jeune.",
        "Il manque le SIRET de l'école.",
        "Il manque l'IBAN de l'école.",
        "Il manque une pièce : « Contrat d'engagement républicain signé ».",
        "Cochez la case « Je certifie que ces informations sont exactes ».",
    ]


def test_une_ligne_a_zero_jeune_ne_suffit_pas(lieu: Territoire) -> None:
    demande = lieu.demande(effectif_demande=0, majorations_demandees=0)
    assert refus(lieu, demande, "deposer") == ["Ajoutez au moins une ligne avec un jeune."]


@pytest.mark.parametrize(
    ("analyse", "phrase"),
    [
        (None, "Il manque une pièce : « Budget prévisionnel »."),
        ("en_attente", "« Budget prévisionnel » est en cours d'analyse : réessayez dans quelques instants."),
        ("refuse", "« Budget prévisionnel » a été refusée à l'analyse : remplacez ce fichier."),
    ],
)
def test_une_piece_obligatoire_est_la_et_saine(lieu: Territoire, analyse: str | None, phrase: str) -> None:
    lieu.campagne.pieces_obligatoires = ["budget"]
    lieu.campagne.save()
    demande = lieu.demande()
    if analyse:
        ajouter_piece(demande, "budget", lieu.directions[demande.ecole], analyse)
    assert refus(lieu, demande, "deposer") == [phrase]


def test_une_piece_saine_laisse_passer(lieu: Territoire) -> None:
    lieu.campagne.pieces_obligatoires = ["budget"]
    lieu.campagne.save()
    demande = lieu.demande()
    ajouter_piece(demande, "budget", lieu.directions[demande.ecole])
    assert lieu.avancer(demande, "deposer").etat == Etat.DEPOSEE


def test_avant_l_ouverture_et_apres_la_cloture(lieu: Territoire) -> None:
    demande, jour = lieu.demande(), aujourdhui()
    lieu.campagne.ouverte_du, lieu.campagne.ouverte_au = jour + timedelta(1), jour + timedelta(9)
    lieu.campagne.save()
    assert "ouvre le" in refus(lieu, demande, "deposer")[0]
    lieu.campagne.ouverte_du, lieu.campagne.ouverte_au = jour - timedelta(9), jour - timedelta(1)
    lieu.campagne.save()
    assert "est close depuis le" in refus(lieu, demande, "deposer")[0]


def _sur_scan(lieu: Territoire) -> Demande:
    agent = lieu.agents[Role.INSTRUCTEUR]
    demande = ouvrir_demande(ecole=lieu.ecole(), campagne=lieu.campagne, par=agent, voie="service")
    ajouter_ligne(demande)
    return demande


def test_sans_document_signe_l_agent_n_enregistre_rien(lieu: Territoire) -> None:
    assert refus(lieu, _sur_scan(lieu), "deposer_sur_scan") == [
        "Joignez la demande signée, numérisée.",
        "Indiquez quel jour la demande est arrivée.",
    ]


def test_l_agent_ne_depose_pas_le_brouillon_de_l_ecole(lieu: Territoire) -> None:
    demande = lieu.demande()
    ajouter_piece(demande, "scan", lieu.agents[Role.INSTRUCTEUR])
    Demande.objects.filter(pk=demande.pk).update(recue_par_courriel_le=aujourdhui())
    assert refus(lieu, demande, "deposer_sur_scan") == [
        "Cette demande est écrite par l'école : elle seule peut la déposer."
    ]


def test_l_ecole_ne_depose_pas_ce_que_l_agent_saisit(lieu: Territoire) -> None:
    demande = _sur_scan(lieu)
    ajouter_piece(demande, "cer", lieu.agents[Role.INSTRUCTEUR])
    assert refus(lieu, demande, "deposer") == [
        "Cette demande est saisie par la DREETS d'après un document signé."
    ]


@pytest.mark.parametrize(
    ("nom", "etat"),
    [
        ("demander_complement", Etat.DEPOSEE),
        ("renvoyer", Etat.PROPOSEE),
        ("retirer", Etat.DEPOSEE),
    ],
)
def test_revenir_en_arriere_se_motive(lieu: Territoire, nom: str, etat: str) -> None:
    assert refus(lieu, lieu.demande(etat), nom, motif="  ") == ["Écrivez la raison."]


def test_proposer_demande_une_enveloppe(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    Demande.objects.filter(pk=demande.pk).update(enveloppe=None)
    assert refus(lieu, demande, "proposer") == ["Choisissez l'enveloppe."]


def test_un_ecart_se_motive(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    demande.lignes.update(effectif_retenu=35)
    (phrase,) = refus(lieu, demande, "proposer")
    assert phrase.endswith("écrivez la raison de l'écart avec la demande.")
    demande.lignes.update(effectif_retenu=None, nb_majorations=0)
    demande.refresh_from_db()
    assert refus(lieu, demande, "proposer")[0].endswith("indiquez l'effectif retenu.")


def test_un_ecart_de_suppleaments_seul_se_motive_aussi(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    demande.lignes.update(nb_majorations=13)
    assert "écrivez la raison de l'écart" in refus(lieu, demande, "proposer")[0]


def test_le_bareme_du_jour_s_applique(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    Bareme.objects.create(campagne=lieu.campagne, version=2, unitaire=Decimal(600), majoration=Decimal(30))
    assert "le barème a changé" in refus(lieu, demande, "proposer")[0]
    for ligne in demande.lignes.all():
        ligne.save()
    assert lieu.avancer(demande, "proposer").montant_propose == Decimal("220200.00")


def test_rien_a_proposer(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    demande.lignes.update(effectif_retenu=0, nb_majorations=0, motif="Aucun élève présent.")
    demande.refresh_from_db()
    assert refus(lieu, demande, "proposer") == ["Le montant retenu est nul : il n'y a rien à proposer."]


def _cumuler(lieu: Territoire, de: Role, vers: Role) -> None:
    """Give one person a second duty."""
    lieu.agents[de].affectations.create(service_id=lieu.region, role=vers, du=aujourdhui())
    lieu.agents[vers] = lieu.agents[de]


def test_nadia_ne_vise_pas_sa_propre_proposition(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.PROPOSEE)
    _cumuler(lieu, Role.INSTRUCTEUR, Role.CHEF_DE_SERVICE)
    assert refus(lieu, demande, "viser") == [
        "Vous avez proposé ce montant : une autre personne doit le viser."
    ]


@pytest.mark.parametrize("ligne", ["instruire", "retenir", "proposer"])
@pytest.mark.parametrize(
    ("role", "geste", "depart", "phrase"),
    [
        (Role.CHEF_DE_SERVICE, "viser", Etat.PROPOSEE, "Vous avez instruit ce dossier : une autre personne"),
        (Role.ORDONNATEUR, "accorder", Etat.VISEE, "Vous êtes déjà intervenu sur ce dossier : une troisième"),
    ],
)
def test_qui_a_ecrit_le_montant_ne_le_vise_ni_ne_l_accorde(
    lieu: Territoire, ligne: str, role: Role, geste: str, depart: Etat, phrase: str
) -> None:
    """Somebody else clicked "proposer": what she looks at is still her own work."""
    demande = lieu.demande(depart)
    contexte = Contexte(lieu.agents[role])
    MACHINE.consigner(demande, contexte, ligne, depart, depart, {})
    (dit,) = refus(lieu, demande, geste)
    assert dit.startswith(phrase)
    autre = personne("autre")
    autre.affectations.create(service_id=lieu.region, role=role, du=aujourdhui())
    MACHINE.franchir(demande, geste, Contexte(autre, SAISIES.get(geste, {})))


@pytest.mark.parametrize("deja", [Role.INSTRUCTEUR, Role.CHEF_DE_SERVICE])
def test_accorder_demande_une_troisieme_personne(lieu: Territoire, deja: Role) -> None:
    demande = lieu.demande(Etat.VISEE)
    _cumuler(lieu, deja, Role.ORDONNATEUR)
    assert refus(lieu, demande, "accorder") == [
        "Vous êtes déjà intervenu sur ce dossier : une troisième personne doit accorder."
    ]


def test_apres_un_renvoi_le_visa_tombe(lieu: Territoire) -> None:
    demande = lieu.avancer(lieu.demande(Etat.VISEE), "renvoyer")
    assert (demande.visee_par, demande.montant_propose) == (None, None)
    assert demande.renvoi == "Vérifiez les effectifs."
    assert demande.motif == ""


@pytest.mark.parametrize("annee", [2025, 2027])
def test_les_credits_d_une_annee_ne_s_engagent_pas_une_autre_annee(annee: int) -> None:
    with time_machine.travel("2026-06-01T10:00:00+00:00", tick=False):
        lieu = territoire()
        demande = lieu.demande(Etat.VISEE)
    with time_machine.travel(f"{annee}-06-01T10:00:00+00:00", tick=False):
        assert refus(lieu, demande, "accorder") == [
            "Les crédits de 2026 ne s'engagent que pendant l'année 2026."
        ]


def test_l_enveloppe_trop_petite_dit_ce_qui_reste() -> None:
    lieu = territoire(ouvert="100000")
    demande = lieu.demande(Etat.VISEE)
    (phrase,) = refus(lieu, demande, "accorder")
    assert phrase.replace("\u202f", " ").replace("\xa0", " ") == (
        "L'enveloppe ne dispose plus que de 100 000,00 €, et la demande en prend 202 200,00 €."
    )
    mouvement(lieu.enveloppe, lieu.agents[Role.GESTIONNAIRE], "102200", "complement")
    lieu.avancer(demande, "accorder")
    assert lieu.enveloppe.ae_disponibles == 0


def test_la_page_dit_l_euro_de_trop_avant_qu_on_accorde(client: Client) -> None:
    """Nobody is offered a button that the database would refuse."""
    lieu = territoire(ouvert="202199.99")
    demande = lieu.demande(Etat.VISEE)
    client.force_login(lieu.agents[Role.ORDONNATEUR])
    page = client.get(reverse("admin:financements_demande_transition", args=[demande.pk, "accorder"]))
    (phrase,) = page.context["refus"]
    assert str(phrase).startswith("L'enveloppe ne dispose plus que de 202\u202f199,99")


def test_la_base_refuse_l_euro_de_trop_meme_sans_la_garde(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the guard away: the CHECK stands, and speaks the same sentence."""
    lieu = territoire(ouvert="202199.99")
    demande = lieu.demande(Etat.VISEE)
    accorder = MACHINE.transitions["accorder"]
    sans = tuple(g for g in accorder.gardes if g.__name__ != "enveloppe_suffisante")
    monkeypatch.setitem(
        MACHINE.transitions, "accorder", type(accorder)(**(vars(accorder) | {"gardes": sans}))
    )
    (phrase,) = refus(lieu, demande, "accorder")
    assert "ne dispose plus que de 202\u202f199,99" in phrase
    assert Enveloppe.objects.get(pk=lieu.enveloppe.pk).ae_engagees == 0
