"""The page of a file asks few questions, as many whatever it holds, and prints what more would print."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ecoles.models import Ecole, Gestionnaire
from financements import comptes_certifies, lecture
from financements.admin import page as admin_page
from financements.etats import MACHINE, Etat
from financements.models import Avis, Demande
from financements.natures import NaturePiece
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte
from reseau.socle.relations import valeurs_de
from tests.usines_avenants import preparer_avenant
from tests.usines_financements import Territoire, ajouter_piece

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
# What an instructing officer's page may ask, in the state where it asks most.
QUESTIONS = 10
ETATS = (
    *(Etat.DEPOSEE, Etat.A_COMPLETER, Etat.EN_INSTRUCTION, Etat.VISEE, Etat.ACCORDEE, Etat.NOTIFIEE),
    *(Etat.EN_EXECUTION, Etat.BILAN_DEPOSE, Etat.SERVICE_FAIT, Etat.CLOSE, Etat.REFUSEE),
)
_ALEA = re.compile(r'(?:csrfmiddlewaretoken" value|nonce)="[^"]*"')


def lire(client: Client, demande: Demande) -> str:
    reponse = client.get(reverse("admin:financements_demande_change", args=[demande.pk]))
    assert reponse.status_code == 200
    return _ALEA.sub("", reponse.content.decode())


def remplir(lieu: Territoire, demande: Demande) -> None:
    """Two rows, where a state allows them, of all that the page shows."""
    for organisme, sens in (("region", "favorable"), ("branche", "reserve")):
        Avis.objects.create(
            demande=demande,
            organisme=organisme,
            sens=sens,
            texte="Le plateau est prêt.",
            rendu_le=aujourdhui(),
            saisi_par=lieu.agents[Role.INSTRUCTEUR],
        )
    if demande.etat == Etat.EN_EXECUTION:
        preparer_avenant(demande)


@pytest.mark.parametrize("role", [Role.INSTRUCTEUR, Role.LIQUIDATEUR, Role.GESTIONNAIRE, Role.DIRECTION])
@pytest.mark.parametrize("etat", ETATS)
def test_une_lecture_dit_la_meme_chose_que_beaucoup(
    client: Client, lieu: Territoire, monkeypatch: pytest.MonkeyPatch, etat: Etat, role: Role
) -> None:
    demande = lieu.demande(etat)
    remplir(lieu, demande)
    client.force_login(lieu.directions[demande.ecole] if role == Role.DIRECTION else lieu.agents[role])
    d_un_coup = lire(client, demande)
    for nom in ("lire_le_dossier", "lire_les_droits"):
        monkeypatch.setattr(admin_page, nom, lambda *_: None)
    assert d_un_coup == lire(client, demande)


@pytest.mark.parametrize("etat", ETATS)
def test_un_instructeur_pose_peu_de_questions(client: Client, lieu: Territoire, etat: Etat) -> None:
    demande = lieu.demande(etat)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    lire(client, demande)
    with CaptureQueriesContext(connection) as capture:
        lire(client, demande)
    assert len(capture) <= QUESTIONS


def test_un_dossier_qui_grossit_ne_pose_pas_une_question_de_plus(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    lire(client, demande)
    with CaptureQueriesContext(connection) as avant:
        lire(client, demande)
    remplir(lieu, demande)
    for nature in (NaturePiece.BUDGET, NaturePiece.AUTRE):
        ajouter_piece(demande, nature, lieu.agents[Role.INSTRUCTEUR])
    with CaptureQueriesContext(connection) as apres:
        lire(client, demande)
    assert len(apres) == len(avant)


def test_les_lignes_d_un_coup_sont_celles_de_la_base(lieu: Territoire) -> None:
    """Column by column, cents and hours included."""
    lieu.manque = 9
    demande = lieu.demande(Etat.SERVICE_FAIT)
    remplir(lieu, demande)
    lue: Any = type(demande).objects.select_related("allocation__bilan").get(pk=demande.pk)
    lecture.lire_le_dossier(lue)
    comparees = 0
    for racine in (lue, lue.campagne, lue.allocation, lue.allocation.bilan):
        for nom, lignes in racine._prefetched_objects_cache.items():
            fraiches = type(racine).objects.get(pk=racine.pk)
            for ligne in lignes:
                sienne = getattr(fraiches, nom).get(pk=ligne.pk)
                for champ in ligne._meta.fields:
                    lu, attendu = (getattr(une, champ.attname) for une in (ligne, sienne))
                    assert lu == attendu, (nom, champ.name)
                    assert type(lu) is type(attendu), (nom, champ.name)
                    comparees += 1
    assert comparees > 150


def _decides(demande: Demande) -> tuple[Any, ...]:
    decision = getattr(demande, "allocation", None)
    return decision, getattr(decision, "bilan", None)


def test_deux_dossiers_de_meme_forme_ne_se_melent_pas(lieu: Territoire) -> None:
    """What is written once is asked again with the keys, the year and the body of each file."""
    la = Gestionnaire.objects.create(nom="Association des forges", siren="732829320")
    etats = (Etat.EN_EXECUTION, Etat.DEPOSEE, Etat.DEPOSEE, Etat.EN_EXECUTION, Etat.CLOSE, Etat.CLOSE)
    demandes = [lieu.demande(etat) for etat in etats]
    Ecole.objects.filter(pk__in=[demandes[0].ecole_id, demandes[1].ecole_id]).update(gestionnaire=la)
    for _ in range(2):
        for cle in (demande.pk for demande in demandes):
            lue, fraiche = (Demande.objects.select_related("allocation__bilan").get(pk=cle) for _ in "ab")
            lecture.lire_le_dossier(lue)
            for questions in vars(lue)["_valeurs_lues"]:
                assert valeurs_de(lue, questions) == valeurs_de(fraiche, questions), questions
            for racine in filter(None, (lue, lue.campagne, lue.ecole, *_decides(lue))):
                siennes = type(racine)._default_manager.get(pk=racine.pk)
                for nom, lignes in getattr(racine, "_prefetched_objects_cache", {}).items():
                    attendues = set(getattr(siennes, nom).values_list("pk", flat=True))
                    assert {ligne.pk for ligne in lignes} == attendues, nom
    assert valeurs_de(Demande.objects.get(pk=demandes[1].pk), comptes_certifies.questions)["recu"] > 0
    assert valeurs_de(Demande.objects.get(pk=demandes[2].pk), comptes_certifies.questions)["recu"] == 0


def test_un_silence_ne_pose_pas_une_question_par_ligne_ni_par_piece(client: Client, lieu: Territoire) -> None:
    """What a school began to change, and never sent, is compared with what it had handed in."""
    demande = lieu.demande()
    nombres = []
    direction, agent = lieu.directions[demande.ecole], lieu.agents[Role.INSTRUCTEUR]
    for nature in (NaturePiece.BUDGET, NaturePiece.STATUTS):
        ajouter_piece(demande, nature, direction)
    lieu.avancer(demande, "deposer", "demander_complement")
    demande.refresh_from_db()
    demande.lignes.update(effectif_demande=30)
    assert demande.echeance_le is not None
    with time_machine.travel(demande.echeance_le + timedelta(2)):
        MACHINE.franchir(demande, "constater_silence", Contexte(agent))
        client.force_login(agent)
        for _ in range(2):
            with CaptureQueriesContext(connection) as capture:
                assert "jeunes, maintenant 30" in lire(client, demande)
            nombres.append(len(capture))
    assert nombres[-1] <= QUESTIONS + 1  # the bank details of the day


def test_ce_qui_s_ecrit_est_relu(client: Client, lieu: Territoire) -> None:
    """A page sent asks the door again: what its page read at once is not what the guards look at."""
    demande = lieu.demande(Etat.DEPOSEE)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    lire(client, demande)
    affectation = lieu.agents[Role.INSTRUCTEUR].affectations.get()
    type(affectation).objects.filter(pk=affectation.pk).update(au=aujourdhui() - timedelta(1))
    adresse = reverse("admin:financements_demande_transition", args=[demande.pk, "instruire"])
    assert client.post(adresse).status_code in {302, 403, 404}
    demande.refresh_from_db()
    assert demande.etat == Etat.DEPOSEE
