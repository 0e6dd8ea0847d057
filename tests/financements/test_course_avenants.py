"""Amendments under two people at once: one line in the ledger, never below what is paid."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError

from financements.avenants import engage
from financements.etats import MACHINE, Etat
from financements.models import Avenant, Engagement
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.bases import en_parallele
from tests.financements.test_course_enveloppe import tout_se_tient
from tests.financements.test_versements import echeancier
from tests.usines_financements import preparer_avenant, saisies, territoire

pytestmark = pytest.mark.course


def test_un_double_accord_d_avenant_est_un_engagement(base_jetable: str) -> None:
    lieu = territoire()
    demande = lieu.demande(Etat.EN_EXECUTION)
    preparer_avenant(demande)
    lieu.avancer(demande, "proposer_avenant", "viser_avenant")
    contexte = Contexte(lieu.agents[Role.ORDONNATEUR])
    issues = en_parallele(*[lambda: MACHINE.franchir(demande, "accorder_avenant", contexte)] * 2)
    assert len([issue for issue in issues if isinstance(issue, TransitionRefusee)]) == 1
    assert Engagement.objects.filter(nature="avenant").count() == 1
    tout_se_tient()


def test_une_baisse_et_un_paiement_au_meme_instant(base_jetable: str) -> None:
    """Either the payment comes first and the cut is refused, or the cut does and the payment follows it."""
    lieu = territoire()
    echeancier(lieu, ("50", "30", "20"))
    demande = lieu.demande(Etat.EN_EXECUTION)
    preparer_avenant(demande, -150)
    lieu.avancer(demande, "proposer_avenant", "viser_avenant")
    ordonnateur, liquidateur = lieu.agents[Role.ORDONNATEUR], lieu.agents[Role.LIQUIDATEUR]
    en_parallele(
        lambda: MACHINE.franchir(demande, "accorder_avenant", Contexte(ordonnateur)),
        lambda: MACHINE.franchir(demande, "payer", Contexte(liquidateur, saisies("payer"))),
    )
    paye = sum((p.montant for p in demande.allocation.paiements.all()), Decimal(0))
    assert paye <= engage(demande.allocation)
    tout_se_tient()


def test_deux_avenants_prepares_au_meme_instant(base_jetable: str) -> None:
    lieu = territoire()
    demande = lieu.demande(Etat.EN_EXECUTION)
    issues = en_parallele(*[lambda: preparer_avenant(demande)] * 2)
    assert len([issue for issue in issues if isinstance(issue, IntegrityError)]) == 1
    assert Avenant.objects.count() == 1
