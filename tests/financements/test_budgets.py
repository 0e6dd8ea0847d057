"""The provisional budget: balanced, frozen with what is handed in, and the share of the State."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.urls import reverse

from financements.budgets import part_de_l_etat
from financements.depots import changements
from financements.etats import MACHINE, Etat
from financements.invariants import ETATS, INVARIANTS
from financements.natures import PosteBudget
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.conftest import refuse
from tests.financements.test_confirmations import sur_papier
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
    assert "Part de l'État dans ce budget : 36,0 %" in lu
    demande = lieu.avancer(demande, "deposer")
    assert demande.depots.get().contenu["budget"]["c60"] == "161000.00"


def test_un_budget_desequilibre_se_garde_et_dit_son_ecart(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    reponse = client.post(page(demande), {"c60": "300 000", "p70": "299 999,99"}, follow=True)
    lu = texte(reponse)
    assert reponse.redirect_chain == [(page(demande), 302)]
    assert "L'écart est de 0,01 € : les deux côtés doivent être égaux." in lu
    assert 'value="299999,99"' in lu
    assert demande.budget.count() == 2
    assert "les deux côtés doivent être égaux" in texte(client.get(page(demande, "change")))
    with pytest.raises(TransitionRefusee, match="Le budget n'est pas équilibré"):
        lieu.avancer(demande, "deposer")
    client.post(page(demande), {"c60": "300 000", "p70": "300 000"})
    assert lieu.avancer(demande, "deposer").etat == Etat.DEPOSEE


def test_un_montant_illisible_se_dit_en_haut_et_a_son_champ(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    for faux in ("NaN", "1e5", "abc", "-3"):
        reponse = client.post(page(demande), {"c60": faux, "p70": "99,99"})
        assert reponse.context["formulaire"].errors["c60"]
        assert 'value="99,99"' in texte(reponse)
        assert '<a href="#id_c60">60 – Achats</a>' in texte(reponse)
    assert not demande.budget.exists()


def test_les_postes_sont_ranges_en_charges_et_produits_avec_leurs_totaux(
    client: Client, lieu: Territoire
) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    client.post(page(demande), {"c60": "300 000", "c64": "1 000", "p70": "200 000"})
    reponse = client.get(page(demande))
    lu = texte(reponse)
    assert lu.index("<legend>Charges") < lu.index('id="id_c68"') < lu.index("301 000,00 €</strong>")
    assert lu.index("<legend>Produits") < lu.index('id="id_p78"') < lu.index("200 000,00 €</strong>")
    assert sum(len(champs) for _, _, champs in reponse.context["formulaire"].cotes) == len(PosteBudget)


def test_un_budget_plus_petit_que_la_demande_est_refuse_au_depot(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    client.post(page(demande), {"c60": "1 000", "p70": "1 000"})
    phrase = "Le budget (1 000,00 € de charges) est plus petit que le montant demandé à l'État (202 200,00 €)"
    assert phrase in texte(client.get(page(demande, "change")))
    with pytest.raises(TransitionRefusee) as refus:
        lieu.avancer(demande, "deposer")
    assert phrase in str(refus.value).replace("\xa0", " ").replace("\u202f", " ")
    client.post(page(demande), {"c60": "202 200", "p70": "202 200"})
    assert lieu.avancer(demande, "deposer").etat == Etat.DEPOSEE


def test_un_budget_ecrit_au_portail_vaut_la_piece(client: Client, lieu: Territoire) -> None:
    lieu.campagne.pieces_obligatoires = ["budget"]
    lieu.campagne.save()
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    assert "Il manque une pièce : « Budget prévisionnel »." in texte(client.get(page(demande, "change")))
    client.post(page(demande), {"c60": "300 000", "p70": "300 000"})
    vue = client.get(page(demande, "change"))
    assert vue.context["pieces_manquantes"] == []
    assert "Il manque" not in texte(vue)
    demande = lieu.avancer(demande, "deposer", "instruire", "proposer")
    assert demande.etat == Etat.PROPOSEE
    with connection.cursor() as curseur:
        curseur.execute(next(i.requete for i in INVARIANTS if i.code == "F21"), ETATS)
        assert curseur.fetchall() == []


def test_un_budget_rouvert_ne_revient_pas_desequilibre(client: Client, lieu: Territoire) -> None:
    demande = lieu.avancer(lieu.demande(), "deposer")
    points = {"motif": "À revoir.", "raison_piece_budget": "incorrect"}
    agent, direction = lieu.agents[Role.INSTRUCTEUR], lieu.directions[demande.ecole]
    demande = MACHINE.franchir(demande, "demander_complement", Contexte(agent, points))
    client.force_login(direction)
    client.post(page(demande), {"c60": "300 000", "p70": "299 000"})
    with pytest.raises(TransitionRefusee, match="Le budget n'est pas équilibré"):
        MACHINE.franchir(demande, "completer", Contexte(direction, {"certifie": True}))


def test_le_budget_saisi_d_un_papier_est_equilibre_au_depot_et_au_complement(
    client: Client, lieu: Territoire
) -> None:
    """What an officer types for a school is held to the same rule, the first time and when it comes back."""
    demande, agent = sur_papier(lieu), lieu.agents[Role.INSTRUCTEUR]
    client.force_login(agent)
    client.post(page(demande), {"c60": "300 000", "p70": "299 000"})
    with pytest.raises(TransitionRefusee, match="Le budget n'est pas équilibré"):
        lieu.avancer(demande, "deposer_sur_scan")
    client.post(page(demande), {"c60": "300 000", "p70": "300 000"})
    demande = lieu.avancer(demande, "deposer_sur_scan", "demander_complement")
    client.post(page(demande), {"c60": "300 000", "p70": "301 000"})
    with pytest.raises(TransitionRefusee, match="Le budget n'est pas équilibré"):
        lieu.avancer(demande, "completer_sur_scan")


def test_le_budget_remis_ne_change_que_s_il_est_nomme(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    demande.budget.create(poste="c60", montant=Decimal(300_000))
    demande.budget.create(poste="p70", montant=Decimal(300_000))
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
    client.post(page(demande), {"c60": "320000", "p70": "320000"})
    demande = MACHINE.franchir(demande, "completer", Contexte(direction, {"certifie": True}))
    assert changements(demande)[0].startswith("Budget, 60 – Achats : 300")


def test_la_part_s_arrondit_et_ne_divise_pas_par_zero(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.PROPOSEE)
    assert part_de_l_etat(demande, Decimal(561000)) == Decimal("0.3604")
    assert part_de_l_etat(demande, Decimal(0)) == 0


def test_une_autre_ecole_n_ecrit_pas_ce_budget(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[lieu.ecole()])
    assert client.get(page(demande)).status_code == 404
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert client.get(page(demande)).status_code == 403
