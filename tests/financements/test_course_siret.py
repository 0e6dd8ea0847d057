"""A decision is notified while its school's SIRET is emptied: one waits, and the open data stays whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import DatabaseError

from ecoles.models import Ecole
from financements.etats import MACHINE, Etat
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
    from collections.abc import Callable

    from financements.models import Demande

pytestmark = pytest.mark.course


def test_notifier_et_effacer_le_siret_au_meme_moment(base_jetable: str) -> None:
    lieu = territoire()
    demandes = [lieu.demande(Etat.CONVENTIONNEE) for _ in range(5)]
    identifier_le_service("84")
    produire_les_documents()
    notifier = Contexte(lieu.agents[Role.GESTIONNAIRE], saisies("notifier"))

    def geste(demande: Demande) -> tuple[Callable[[], object], Callable[[], object]]:
        return (
            lambda: MACHINE.franchir(demande, "notifier", notifier),
            lambda: Ecole.objects.filter(pk=demande.ecole_id).update(siret=""),
        )

    issues = en_parallele(*(action for demande in demandes for action in geste(demande)))
    for notifiee, effacee in zip(issues[::2], issues[1::2], strict=True):
        assert sum(isinstance(issue, DatabaseError) for issue in (notifiee, effacee)) == 1
    call_command("verifier_invariants")
