"""Two people on the last place, with real connections: one passes, the other reads why not."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError
from django.urls import reverse

from ecoles.models import Inscription, Offre
from reseau.champs import uuid7
from reseau.socle.etats import TransitionRefusee
from tests.bases import en_parallele
from tests.ecoles.candidats import avancer, candidature, direction, ecole_qui_recoit
from tests.ecoles.places import enregistrer, inscription, jeune, page_de
from tests.usines import CAP_METALLIER, il_y_a

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg
    from django.test import Client

    from ecoles.models import Ecole

pytestmark = pytest.mark.course
_INSCRIRE = """
INSERT INTO ecoles_inscription (id, apprenant_id, titre_id, du, motif_sortie) VALUES (%s, %s, %s, %s, '')
"""


_EN_ATTENTE = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


def bloquee(temoin: psycopg.Connection) -> bool:
    """Whether some connection of this database waits for another one."""
    temoin.rollback()
    lue = temoin.execute(_EN_ATTENTE).fetchone()
    return lue is not None and lue[0] > 0


def pendant_une_entree(connexions: Any, ecole: Ecole, action: Callable[[], Any]) -> Any:
    """What ``action`` gives or raises when somebody enters, not yet committed, until it waits (or ends)."""
    une, temoin = connexions(2)
    une.execute(_INSCRIRE, (uuid7(), jeune(ecole).pk, CAP_METALLIER, il_y_a(3)))
    fini = threading.Event()

    def agir() -> Any:
        try:
            return action()
        finally:
            fini.set()

    def valider() -> None:
        limite = time.monotonic() + 5
        while not fini.wait(0.02) and not bloquee(temoin) and time.monotonic() < limite:
            pass
        une.commit()

    return en_parallele(agir, valider)[0]


def test_deux_lignes_ecrites_en_meme_temps_ne_prennent_pas_la_meme_place(
    base_jetable: str, connexions: Any
) -> None:
    ecole = ecole_qui_recoit(capacite=1)
    seconde = inscription(ecole)
    issue = pendant_une_entree(connexions, ecole, seconde.save)
    assert isinstance(issue, IntegrityError), issue
    assert Inscription.objects.count() == 1


def test_une_capacite_reduite_pendant_une_entree_attend_et_compte(base_jetable: str, connexions: Any) -> None:
    ecole = ecole_qui_recoit(capacite=1)
    issue = pendant_une_entree(connexions, ecole, lambda: Offre.objects.update(capacite=0))
    assert isinstance(issue, IntegrityError), issue
    assert Offre.objects.get().capacite == 1


def test_la_seconde_secretaire_sur_la_derniere_place_lit_une_phrase(
    base_jetable: str, connexions: Any, client: Client
) -> None:
    ecole = ecole_qui_recoit(capacite=1)
    par, qui = direction(ecole), jeune(ecole)
    page = page_de(ecole, qui)
    issue = pendant_une_entree(connexions, ecole, lambda: enregistrer(client, par, qui, page))
    assert issue.status_code == 200, issue
    assert "1 jeune inscrit ou attendu, pour 1 place." in issue.content.decode()
    assert Inscription.objects.count() == 1


def test_une_candidature_pendant_une_saisie_lit_une_phrase(base_jetable: str, connexions: Any) -> None:
    ecole = ecole_qui_recoit(capacite=1)
    celle = candidature(ecole, "admettre")
    issue = pendant_une_entree(connexions, ecole, lambda: avancer(celle, "inscrire"))
    assert isinstance(issue, TransitionRefusee), issue
    assert "plus de place" in str(issue)


def test_une_capacite_reduite_a_l_ecran_pendant_une_entree_lit_une_phrase(
    base_jetable: str, connexions: Any, client: Client
) -> None:
    ecole = ecole_qui_recoit(capacite=1)
    client.force_login(direction(ecole))
    adresse = reverse("admin:ecoles_offre_change", args=[Offre.objects.get().pk])
    envoi = {"parcours": CAP_METALLIER, "capacite": 0}
    issue = pendant_une_entree(connexions, ecole, lambda: client.post(adresse, envoi))
    assert issue.status_code == 200, issue
    assert "trop petite" in issue.content.decode()
