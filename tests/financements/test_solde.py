"""Balance, recovery, closing: the figures of the story to the cent, and each guard."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from financements.avenants import engage, net_paye
from financements.bilans import solde
from financements.etats import MACHINE, Etat
from financements.invariants import violations
from financements.models import Bareme, Campagne, Demande
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.test_bilan import bilan, refus_de
from tests.financements.test_versements import echeancier
from tests.usines_financements import (
    FONDEUR,
    METALLIER,
    Territoire,
    preparer_avenant,
    saisies,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def rives(lieu: Territoire) -> Demande:
    """The story's DR: 208 800,00 EUR granted with its amendment, 163 740,00 paid, in execution."""
    echeancier(lieu, ("50", "30", "20"))
    demande = lieu.demande(Etat.EN_EXECUTION)
    preparer_avenant(demande)
    return lieu.avancer(
        demande, "proposer_avenant", "viser_avenant", "accorder_avenant", "payer", "preparer_bilan"
    )


@pytest.fixture
def fonderie(lieu: Territoire) -> Demande:
    """The story's B: 20 founders at 5 490,48 EUR, four fifths paid."""
    echeancier(lieu, ("50", "30", "20"))
    Bareme.objects.create(campagne=lieu.campagne, titre_id=FONDEUR, unitaire=Decimal("549.048"))
    ligne = {"titre_id": FONDEUR, "effectif_demande": 20, "majorations_demandees": 0}
    demande = lieu.demande(Etat.EN_EXECUTION, **ligne)
    return lieu.avancer(demande, "payer", "preparer_bilan")


def realiser(demande: Demande, mois: int, majores: int) -> None:
    bilan(demande).lignes.update(mois_realises=mois, majores_realises=majores)


def test_deux_rives_351_mois_sur_372_font_197040(lieu: Territoire, rives: Demande) -> None:
    decision = rives.allocation
    assert (engage(decision), net_paye(decision)) == (Decimal("208800.00"), Decimal("163740.00"))
    realiser(rives, 351, 133)
    lieu.avancer(rives, "deposer_bilan")
    ligne = bilan(rives).lignes.get()
    assert (ligne.mois_convenus, ligne.montant) == (372, Decimal("193050.00") + Decimal("3990.00"))
    libre = lieu.enveloppe.ae_disponibles
    demande = lieu.avancer(rives, "certifier")
    assert demande.montant_final == Decimal("197040.00")
    assert lieu.enveloppe.ae_disponibles - libre == Decimal("11760.00")
    assert solde(demande) == Decimal("33300.00")
    assert demande.actes.get(nature="service_fait").document.contexte["rendu"] == "11\u202f760,00\xa0€"
    demande = lieu.avancer(demande, "solder")
    assert demande.etat == Etat.SOLDEE
    assert engage(decision) == net_paye(decision) == Decimal("197040.00")
    assert decision.paiements.order_by("saisi_le").last().montant == Decimal("33300.00")
    lieu.avancer(demande, "clore")
    assert [(i.code, exemples) for i, exemples in violations() if exemples] == []


def test_le_solde_ne_reprend_pas_la_cle_d_un_paiement_fait(lieu: Territoire, rives: Demande) -> None:
    """The same form sent twice is one payment, here too; both refusals are read together."""
    realiser(rives, 351, 133)
    demande = lieu.avancer(rives, "deposer_bilan", "certifier")
    cle, demain = demande.allocation.paiements.order_by("saisi_le")[0].cle, aujourdhui() + timedelta(1)
    phrases = refus_de(lieu, demande, "solder", cle=cle, paye_le=demain).split(" | ")
    assert (phrases[0], phrases[-1]) == ("Ce paiement est déjà enregistré.", "Cette date est dans le futur.")
    assert demande.allocation.paiements.count() == 2


def test_la_fonderie_rend_15922_39_et_ne_desengage_le_reste_qu_apres(
    lieu: Territoire, fonderie: Demande
) -> None:
    decision = fonderie.allocation
    assert (engage(decision), net_paye(decision)) == (Decimal("109809.60"), Decimal("87847.68"))
    realiser(fonderie, 131, 0)
    demande = lieu.avancer(fonderie, "deposer_bilan", "certifier")
    assert demande.montant_final == Decimal("71925.29")
    assert engage(decision) == Decimal("87847.68")
    demande = lieu.avancer(demande, "reclamer")
    assert demande.actes.get(nature="ordre").document.contexte["trop"] == "15\u202f922,39\xa0€"
    assert engage(decision) == Decimal("87847.68")
    demande = lieu.avancer(demande, "recouvrer")
    assert demande.etat == Etat.SOLDEE
    assert Decimal("109809.60") - engage(decision) == Decimal("37884.31")
    assert engage(decision) == net_paye(decision) == Decimal("71925.29")
    lieu.avancer(demande, "clore")
    assert [(i.code, exemples) for i, exemples in violations() if exemples] == []


def test_des_parties_rendues_s_ajoutent(lieu: Territoire, fonderie: Demande) -> None:
    realiser(fonderie, 131, 0)
    demande = lieu.avancer(fonderie, "deposer_bilan", "certifier", "reclamer")
    for montant in ("0", "-1", "15922.39", "99999"):
        refus = refus_de(lieu, demande, "recouvrer_en_partie", montant_rendu=Decimal(montant))
        assert "plus que zéro et moins que" in refus
    demande = lieu.avancer(demande, "recouvrer_en_partie", "recouvrer_en_partie")
    assert engage(demande.allocation) == Decimal("87647.68")
    demande = lieu.avancer(demande, "recouvrer")
    sommes = [str(r.montant) for r in demande.allocation.reversements.filter(nature="recouvrement")]
    assert sommes == ["100.00", "100.00", "15722.39"]


def test_un_double_clic_ne_paie_le_solde_qu_une_fois(lieu: Territoire, rives: Demande) -> None:
    realiser(rives, 351, 133)
    demande = lieu.avancer(rives, "deposer_bilan", "certifier")
    envoi = saisies("solder", cle=uuid4())
    agent = lieu.agents[Role.LIQUIDATEUR]
    MACHINE.franchir(demande, "solder", Contexte(agent, envoi))
    with pytest.raises(TransitionRefusee):
        MACHINE.franchir(demande, "solder", Contexte(agent, envoi))
    assert demande.allocation.paiements.count() == 3


def test_sans_solde_le_dossier_se_solde_sans_paiement(lieu: Territoire) -> None:
    demande = lieu.avancer(lieu.demande(Etat.SERVICE_FAIT), "solder")
    assert (demande.etat, demande.allocation.paiements.count()) == (Etat.SOLDEE, 1)


def test_rien_a_realiser_tout_est_a_rendre(lieu: Territoire, fonderie: Demande) -> None:
    realiser(fonderie, 0, 0)
    demande = lieu.avancer(fonderie, "deposer_bilan", "certifier", "reclamer", "recouvrer")
    assert engage(demande.allocation) == net_paye(demande.allocation) == 0


# --- guards of row 19


def test_un_trop_verse_ne_se_solde_pas(lieu: Territoire) -> None:
    lieu.manque = 9
    refus = refus_de(lieu, lieu.demande(Etat.SERVICE_FAIT), "solder")
    assert "versés en trop : c'est un reversement" in refus


@pytest.fixture
def a_payer(lieu: Territoire, rives: Demande) -> Demande:
    realiser(rives, 351, 133)
    return lieu.avancer(rives, "deposer_bilan", "certifier")


def test_qui_a_accorde_ne_paie_pas_le_solde(lieu: Territoire, a_payer: Demande) -> None:
    agent = lieu.agents[Role.ORDONNATEUR]
    lieu.agents[Role.LIQUIDATEUR].affectations.model.objects.create(
        utilisateur=agent, service_id="84", role=Role.LIQUIDATEUR, du=aujourdhui()
    )
    assert "Vous avez accordé" in refus_de(lieu, a_payer, "solder", agent)


def test_le_solde_attend_un_iban_confirme(lieu: Territoire, a_payer: Demande) -> None:
    a_payer.ecole.coordonnees_bancaires.all().delete()
    assert "Il manque l'IBAN" in refus_de(lieu, a_payer, "solder")


def test_le_solde_prend_les_cp_de_son_annee(lieu: Territoire, a_payer: Demande) -> None:
    autre = aujourdhui().replace(year=aujourdhui().year - 1)
    refus = refus_de(lieu, a_payer, "solder", paye_le=autre)
    assert "Aucune enveloppe de" in refus


def test_un_paiement_de_demain_n_existe_pas(lieu: Territoire, a_payer: Demande) -> None:
    demain = aujourdhui() + timedelta(days=1)
    assert "dans le futur" in refus_de(lieu, a_payer, "solder", paye_le=demain)


# --- guards of row 20


def test_on_ne_reclame_que_s_il_y_a_trop_verse(lieu: Territoire, a_payer: Demande) -> None:
    for nom in ("reclamer", "renoncer"):
        assert "il n'y a rien à réclamer" in refus_de(lieu, a_payer, nom)


def test_le_seuil_separe_reclamer_et_renoncer(lieu: Territoire) -> None:
    lieu.manque = 9
    demande = lieu.demande(Etat.SERVICE_FAIT)
    assert "On ne renonce qu'à une somme" in refus_de(lieu, demande, "renoncer")
    Campagne.objects.update(seuil_reversement=10_000)
    demande = Demande.objects.get(pk=demande.pk)
    assert "renoncez-y, avec la raison" in refus_de(lieu, demande, "reclamer")
    assert "Écrivez la raison" in refus_de(lieu, demande, "renoncer", motif=" ")
    demande = lieu.avancer(demande, "renoncer")
    assert net_paye(demande.allocation) == demande.montant_final + Decimal("4950.00")
    assert engage(demande.allocation) == net_paye(demande.allocation)
    assert [(i.code, exemples) for i, exemples in violations() if exemples] == []


def test_une_somme_ne_revient_pas_demain(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.REVERSEMENT)
    demain = aujourdhui() + timedelta(days=1)
    for nom in ("recouvrer", "recouvrer_en_partie"):
        assert "dans le futur" in refus_de(lieu, demande, nom, rendu_le=demain)


# --- guards of row 21


def test_clore_attend_les_donnees_ouvertes_les_actes_et_la_conservation(
    lieu: Territoire, monkeypatch: pytest.MonkeyPatch
) -> None:
    demande = lieu.demande(Etat.SOLDEE)
    with monkeypatch.context() as non_publiee:  # only a file from before the tool may lack a SIRET
        non_publiee.setattr("financements.gardes_solde.publiee", lambda _decision: False)
        refus = refus_de(lieu, demande, "clore", conserver_jusqu_au=aujourdhui())
    for phrase in ("données ouvertes", "n'est pas encore produit en PDF", "jusqu'à quand le dossier"):
        assert phrase in refus
    demande = lieu.avancer(demande, "clore")
    assert demande.etat == Etat.CLOSE
    assert bilan(demande).conserver_jusqu_au is not None
    assert demande.actes.get(nature="cloture").document.contexte["conserver"]


def test_un_dossier_du_metallier_garde_ses_taux(lieu: Territoire, a_payer: Demande) -> None:
    Bareme.objects.create(campagne=lieu.campagne, version=2, unitaire=Decimal(999), majoration=Decimal(1))
    assert bilan(a_payer).lignes.get(titre_id=METALLIER).unitaire == Decimal(550)
