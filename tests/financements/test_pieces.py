"""The signed commitment, the quarantine and the last day of a piece: what stops, what may be passed over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, transaction

from financements.etats import MACHINE, Etat
from financements.recevabilite import PAR_CODE
from reseau.models import FichierDepose
from reseau.nombres import aujourdhui, maintenant, montrer_date
from reseau.roles import Role
from reseau.socle.etats import Contexte
from tests.financements.conftest import a_la_porte, refuse
from tests.financements.test_confirmations import page, refus, sur_papier
from tests.financements.test_page_versements import texte
from tests.recits.guichet import pdf
from tests.usines_financements import Territoire, ajouter_piece, saisies

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Demande

pytestmark = pytest.mark.django_db
CER = "Contrat d'engagement républicain signé"
ABSENT = "Le contrat d'engagement républicain signé n'est pas dans le dossier."


def _juger(demande: Demande, nature: str, analyse: str) -> None:
    FichierDepose.objects.filter(piece__demande=demande, piece__nature=nature).update(analyse=analyse)


@pytest.mark.parametrize(
    ("analyse", "phrase"),
    [
        (None, f"Il manque une pièce : « {CER} »."),
        ("en_attente", f"« {CER} » est en cours d'analyse : réessayez dans quelques instants."),
        ("refuse", f"« {CER} » a été refusée à l'analyse : remplacez ce fichier."),
    ],
)
def test_sans_contrat_d_engagement_rien_ne_se_depose_meme_si_la_campagne_ne_demande_rien(
    lieu: Territoire, analyse: str | None, phrase: str
) -> None:
    demande = lieu.demande()
    assert lieu.campagne.pieces_obligatoires == []
    if analyse:
        _juger(demande, "cer", analyse)
    else:
        demande.pieces.all().delete()
    assert refus(lieu, demande, "deposer") == [phrase]


def test_un_dossier_revenu_ne_se_renvoie_pas_sans_contrat_et_l_ecole_peut_toujours_le_joindre(
    client: Client, lieu: Territoire
) -> None:
    demande = lieu.demande(Etat.A_COMPLETER)
    client.force_login(lieu.directions[demande.ecole])
    refusee = client.post(page(demande, "joindre"), {"nature": "cer", "televerse": pdf()})
    assert "nature" in refusee.context["formulaire"].errors
    with refuse("pas demandé de changer cette pièce"):
        demande.pieces.get(nature="cer").delete()
    _juger(demande, "cer", "refuse")
    assert f"« {CER} » a été refusée à l'analyse : remplacez ce fichier." in refus(lieu, demande, "completer")
    client.post(page(demande, "joindre"), {"nature": "cer", "televerse": pdf()})
    assert lieu.avancer(demande, "completer").etat == Etat.DEPOSEE


@pytest.mark.parametrize(
    ("code", "casser", "phrase"),
    [
        ("cer", lambda d: _juger(d, "cer", "refuse"), f"{CER} : {ABSENT}"),
        ("pieces", lambda d: _juger(d, "budget", "refuse"), "« Budget prévisionnel » : refusé."),
        (
            "pieces",
            lambda d: _juger(d, "budget", "en_attente"),
            "« Budget prévisionnel » : en cours d'analyse.",
        ),
    ],
)
def test_ni_le_contrat_ni_la_quarantaine_n_ont_de_derogation(
    client: Client, lieu: Territoire, code: str, casser: Any, phrase: str
) -> None:
    demande = lieu.demande()
    ajouter_piece(demande, "budget", lieu.directions[demande.ecole])
    demande = lieu.avancer(demande, "deposer")
    casser(demande)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    regles = page(demande, "recevabilite")
    assert "Non remplie, à régler" in texte(client.get(regles))
    client.post(regles, {code: "On verra plus tard."})
    assert not demande.controles.exclude(derogation="").exists()
    assert any(phrase in dite for dite in refus(lieu, demande, "instruire"))
    ecrite = {"regle": code, "bloquante": True, "derogation": "On verra.", "derogation_le": maintenant()}
    with refuse("n'ont pas de dérogation"):
        demande.controles.create(**ecrite, derogation_par=lieu.agents[Role.INSTRUCTEUR])
    ecart = {"regle": code, "bloquante": False, "resultat": "ecart", "controle_le": maintenant()}
    with refuse("n'ont pas de dérogation"):
        demande.controles.create(**ecart)


def test_une_derogation_d_avant_n_ouvre_plus_rien(lieu: Territoire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written before the law was kept: the guard does not read it."""
    demande = lieu.demande(Etat.DEPOSEE)
    liste = PAR_CODE["liste"]
    demande.controles.create(
        regle="liste", bloquante=True, derogation="Bientôt.", derogation_le=maintenant(),
        derogation_par=lieu.agents[Role.INSTRUCTEUR],
    )  # fmt: skip
    demande.ecole.inscriptions_liste.all().delete()
    monkeypatch.setattr(
        "financements.recevabilite.REGLES", [type(liste)(**(vars(liste) | {"derogeable": False}))]
    )
    assert "liste annuelle" in refus(lieu, demande, "instruire")[0]


def test_sur_papier_le_contrat_vient_avant_la_proposition(lieu: Territoire) -> None:
    """The paper is received without it; nothing goes further, and joining it is enough."""
    demande = lieu.avancer(sur_papier(lieu, cer=False), "deposer_sur_scan")
    assert ABSENT in refus(lieu, demande, "instruire")[0]
    ajouter_piece(demande, "cer", lieu.agents[Role.INSTRUCTEUR])
    assert lieu.avancer(demande, "instruire", "proposer").etat == Etat.PROPOSEE


@pytest.mark.parametrize(
    ("analyse", "phrases"),
    [
        ("refuse", [ABSENT, f"« {CER} » : refusé."]),
        (
            "en_attente",
            [
                "Le contrat d'engagement républicain signé est en cours d'analyse.",
                f"« {CER} » : en cours d'analyse.",
            ],
        ),
    ],
)
def test_rien_ne_se_propose_sans_contrat_sain(lieu: Territoire, analyse: str, phrases: list[str]) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    _juger(demande, "cer", analyse)
    assert refus(lieu, demande, "proposer") == phrases
    ajouter_piece(demande, "cer", lieu.agents[Role.INSTRUCTEUR])
    if analyse == "refuse":
        assert lieu.avancer(demande, "proposer").etat == Etat.PROPOSEE


def test_la_base_refuse_la_proposition_sans_contrat_meme_sans_la_garde(
    lieu: Territoire, monkeypatch: pytest.MonkeyPatch
) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    _juger(demande, "cer", "refuse")
    proposer = MACHINE.transitions["proposer"]
    sans = type(proposer)(**(vars(proposer) | {"gardes": ()}))
    monkeypatch.setitem(MACHINE.transitions, "proposer", sans)
    contexte = Contexte(lieu.agents[Role.INSTRUCTEUR], saisies("proposer"))
    with pytest.raises(DatabaseError, match="Rien ne se propose sans le contrat"), transaction.atomic():
        MACHINE.franchir(demande, "proposer", contexte)


def test_une_attestation_perimee_se_lit_se_choisit_et_peut_se_motiver(
    client: Client, lieu: Territoire
) -> None:
    demande = lieu.demande()
    hier = aujourdhui() - timedelta(1)
    ajouter_piece(demande, "fiscale", lieu.directions[demande.ecole], fin=hier)
    ajouter_piece(demande, "assurance", lieu.directions[demande.ecole], fin=aujourdhui())
    demande = lieu.avancer(demande, "deposer")
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    perimee = f"périmée depuis le {montrer_date(aujourdhui())}"
    vue = client.get(page(demande)).content.decode()
    assert perimee in vue
    assert f"valable jusqu&#x27;au {montrer_date(aujourdhui())}" in vue
    champs = client.get(page(demande, "transition", "demander_complement")).context["formulaire"].fields
    assert champs["raison_piece_fiscale"].initial == "perime"
    assert champs["texte_piece_fiscale"].initial == f"Cette pièce est {perimee}."
    assert champs["raison_piece_assurance"].initial == ""
    dit = f"« Attestation de régularité fiscale » : {perimee}."
    assert dit in champs["motif"].initial
    assert refus(lieu, demande, "instruire") == [f"Recevabilité, Pièces en cours de validité : {dit}"]
    client.post(page(demande, "recevabilite"), {"validite": "La nouvelle est promise pour lundi."})
    assert lieu.avancer(demande, "instruire").etat == Etat.EN_INSTRUCTION


def test_une_piece_plus_recente_remplace_celle_qui_est_perimee(lieu: Territoire) -> None:
    demande = lieu.demande()
    direction, hier = lieu.directions[demande.ecole], aujourdhui() - timedelta(1)
    assert PAR_CODE["validite"].controle(demande) is None
    ajouter_piece(demande, "sociale", direction, fin=hier)
    assert PAR_CODE["validite"].controle(demande) != []
    ajouter_piece(demande, "sociale", direction, "refuse", fin=aujourdhui())
    assert PAR_CODE["validite"].controle(demande) != []
    ajouter_piece(demande, "sociale", direction, fin=aujourdhui())
    assert PAR_CODE["validite"].controle(demande) == []


def test_l_ecole_ecrit_la_date_de_fin_la_ou_la_piece_en_a_une(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    joindre = page(demande, "joindre")
    envoi = {"nature": "statuts", "televerse": pdf(), "valable_jusqu_au": "2031-05-12"}
    assert "Cette pièce n'a pas de date de fin" in texte(client.post(joindre, envoi))
    with refuse("piece_fin_selon_nature"):
        ajouter_piece(demande, "statuts", lieu.directions[demande.ecole], fin=date(2031, 5, 12))
    client.post(joindre, envoi | {"nature": "assurance", "televerse": pdf()})
    piece = demande.pieces.get(nature="assurance")
    assert piece.valable_jusqu_au == date(2031, 5, 12)
    assert "valable jusqu'au 12 mai 2031" in texte(client.get(page(demande)))
    photo = lieu.avancer(demande, "deposer").depots.get().contenu["pieces"]
    assert {p["nature"]: p["valable_jusqu_au"] for p in photo} == {"cer": "", "assurance": "2031-05-12"}


def test_une_date_de_fin_ne_se_change_pas_apres_coup(lieu: Territoire) -> None:
    demande = lieu.demande()
    piece = ajouter_piece(demande, "assurance", lieu.directions[demande.ecole], fin=aujourdhui())
    demande = lieu.avancer(demande, "deposer")
    with refuse("ne changent plus"), a_la_porte(demande):
        type(piece).objects.filter(pk=piece.pk).update(valable_jusqu_au=date(2099, 1, 1))
