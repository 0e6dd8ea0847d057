"""The number of a payment request in Chorus: digits, letters and hyphens, by the page and in the database."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from financements.admin.champs_versements import CHAMPS_DES_VERSEMENTS
from financements.etats import MACHINE, Etat
from reseau.socle.etats import Contexte
from tests.financements.conftest import a_la_porte, refuse
from tests.financements.test_versements import paiement
from tests.usines_financements import Territoire, saisies

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("numero", ["<script>abc", "DP 12", "-12", "12-"])
def test_une_demande_de_paiement_illisible_est_refusee_par_la_page_et_par_la_base(
    lieu: Territoire, numero: str
) -> None:
    with pytest.raises(ValidationError, match="que des chiffres, des lettres et des traits d'union"):
        CHAMPS_DES_VERSEMENTS["numero_dp"].clean(numero)
    demande = lieu.demande(Etat.NOTIFIEE)
    with refuse("paiement_dp"), a_la_porte(demande):
        paiement(lieu, demande, numero_dp=numero)


@pytest.mark.parametrize("numero", ["", "4500123456", "DP-2026-001", "a" * 20])
def test_une_demande_de_paiement_a_des_chiffres_et_des_lettres(lieu: Territoire, numero: str) -> None:
    assert CHAMPS_DES_VERSEMENTS["numero_dp"].clean(numero) == numero
    demande = lieu.demande(Etat.NOTIFIEE)
    contexte = Contexte(lieu.qui("payer", demande.ecole), saisies("payer", numero_dp=numero))
    assert MACHINE.franchir(demande, "payer", contexte).allocation.paiements.get().numero_dp == numero
