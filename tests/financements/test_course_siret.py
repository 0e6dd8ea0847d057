"""A decision is notified while its school's SIRET is emptied: one waits, and the open data stays whole."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from ecoles.models import Ecole
from financements.etats import MACHINE, Etat
from reseau.models import ServiceRegional
from reseau.roles import Role
from reseau.socle.etats import Contexte
from tests.bases import en_parallele
from tests.usines_financements import (
    identifier_le_service,
    produire_les_documents,
    saisies,
    territoire,
)

if TYPE_CHECKING:
    from financements.models import Demande

pytestmark = pytest.mark.course


@pytest.mark.parametrize("qui", ["ecole", "service"])
def test_qui_efface_un_siret_attend_qui_notifie(base_jetable: str, qui: str) -> None:
    lieu = territoire()
    demande = lieu.demande(Etat.CONVENTIONNEE)
    identifier_le_service("84")
    produire_les_documents()
    notifiee = threading.Event()

    def notifier() -> Demande:
        with transaction.atomic():
            franchie = MACHINE.franchir(
                demande, "notifier", Contexte(lieu.agents[Role.GESTIONNAIRE], saisies("notifier"))
            )
            notifiee.set()
            threading.Event().wait(0.5)  # the other one has time to write, if nothing holds it
        return franchie

    def effacer() -> int:
        notifiee.wait(30)
        if qui == "ecole":
            return Ecole.objects.filter(pk=demande.ecole_id).update(siret="")
        return ServiceRegional.objects.filter(region="84").update(siret="")

    franchie, effacee = en_parallele(notifier, effacer)
    assert franchie.etat == Etat.NOTIFIEE
    assert isinstance(effacee, IntegrityError)
    call_command("verifier_invariants")
