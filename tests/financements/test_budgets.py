"""The provisional budget: balanced, frozen with what is handed in, and the share of the State."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from financements.budgets import part_de_l_etat
from financements.depots import changements
from financements.etats import MACHINE, Etat
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.conftest import refuse
from tests.financements.test_page_versements import texte

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Demande
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db


def page(demande: Demande, nom: str = "budget") -> str:
    return reverse(f"admin:financements_demande_{nom}", args=[demande.pk])


def test_le_budget_s_ecrit_et_dit_la_part_de_l_etat(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    saisie = {"c60": "161 000,00", "c64": "400\u202f000", "p70": "358800", "p74_etat": "202 200,00"}
    lu = texte(client.post(page(demande), saisie, follow=True))
    assert "561 000,00 €" in lu
    assert "Part de l'État dans ce budget : 0,36" in lu
    demande = lieu.avancer(demande, "deposer")
    assert demande.depots.get().contenu["budget"]["c60"] == "161000.00"


def test_un_budget_desequilibre_se_dit_et_rien_n_est_perdu(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    lu = texte(client.post(page(demande), {"c60": "100,00", "p70": "99,99"}))
    assert "Charges : 100,00" in lu
    assert 'value="99,99"' in lu
    for faux in ("NaN", "1e5", "abc", "-3"):
        reponse = client.post(page(demande), {"c60": faux})
        assert reponse.context["formulaire"].errors["c60"]
    assert not demande.budget.exists()
    demande.budget.create(poste="c60", montant=Decimal(100))
    with pytest.raises(TransitionRefusee, match="Le budget n'est pas équilibré"):
        lieu.avancer(demande, "deposer")


def test_le_budget_remis_ne_change_que_s_il_est_nomme(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    demande.budget.create(poste="c60", montant=Decimal(100))
    demande.budget.create(poste="p70", montant=Decimal(100))
    demande = lieu.avancer(demande, "deposer")
    direction, agent = lieu.directions[demande.ecole], lieu.agents[Role.INSTRUCTEUR]
    client.force_login(direction)
    assert client.get(page(demande)).status_code == 403
    with refuse("ne change plus"):
        demande.budget.update(montant=Decimal(90))
    points = {"motif": "À revoir.", "raison_effectifs": "incorrect"}
    demande = MACHINE.franchir(demande, "demander_complement", Contexte(agent, points))
    with refuse("ne change plus"):
        demande.budget.all().delete()
    demande = MACHINE.franchir(
        demande, "completer", Contexte(direction, {"certifie": True, "reponse_effectifs": "Vu."})
    )
    points = {"motif": "À revoir.", "raison_piece_budget": "incorrect"}
    demande = MACHINE.franchir(demande, "demander_complement", Contexte(agent, points))
    client.post(page(demande), {"c60": "120", "p70": "120"})
    demande = MACHINE.franchir(demande, "completer", Contexte(direction, {"certifie": True}))
    assert changements(demande)[0].startswith("Budget, 60 – Achats : 100,00")


def test_la_part_s_arrondit_et_ne_divise_pas_par_zero(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.PROPOSEE)
    assert part_de_l_etat(demande, Decimal(561000)) == Decimal("0.36")
    assert part_de_l_etat(demande, Decimal(0)) == 0


def test_une_autre_ecole_n_ecrit_pas_ce_budget(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[lieu.ecole()])
    assert client.get(page(demande)).status_code == 404
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert client.get(page(demande)).status_code == 403
