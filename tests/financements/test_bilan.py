"""The report: what the portal writes in it, what the school changes, what comes back to be corrected."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from commandes.indicateurs import Indicateurs
from financements.bilans import calcule, final
from financements.etats import MACHINE, Etat
from financements.models import Bilan, Campagne, Demande
from financements.regles import ajouter_jours_ouvres
from reseau.nombres import aujourdhui, maintenant
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.usines import ApprenantUsine
from tests.usines_bilans import ecrire_bilan
from tests.usines_financements import (
    Territoire,
    personne,
    preparer_avenant,
    saisies,
)

if TYPE_CHECKING:
    from reseau.models import Utilisateur

pytestmark = pytest.mark.django_db


def refus_de(lieu: Territoire, demande: Demande, nom: str, par: Utilisateur | None = None, **v: Any) -> str:
    with pytest.raises(TransitionRefusee) as refuse:
        agent = par or lieu.qui(nom, demande.ecole)
        MACHINE.franchir(demande, nom, Contexte(agent, saisies(nom, **v)))
    return " | ".join(refuse.value.refus)


@pytest.fixture
def prepare(lieu: Territoire) -> Demande:
    """360 learner-months agreed, 140 of them with a supplement; a report that nobody wrote yet."""
    return lieu.avancer(lieu.demande(Etat.EN_EXECUTION), "preparer_bilan")


@pytest.fixture
def depose(lieu: Territoire) -> Demande:
    return lieu.demande(Etat.BILAN_DEPOSE)


def bilan(demande: Demande) -> Bilan:
    return Bilan.objects.get(allocation__demande=demande)


def campagne(demande: Demande, **valeurs: Any) -> None:
    Campagne.objects.filter(pk=demande.campagne_id).update(**valeurs)


# --- what the portal writes


def test_le_bilan_part_de_ce_qui_est_convenu(prepare: Demande) -> None:
    ligne = bilan(prepare).lignes.get()
    assert (ligne.mois_convenus, ligne.majores_convenus, ligne.unitaire) == (360, 140, Decimal(550))
    assert (ligne.mois_inscrits, ligne.mois_realises) == (None, None)


def test_les_avenants_accordes_comptent_dans_le_convenu(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    preparer_avenant(demande)
    lieu.avancer(demande, "proposer_avenant", "viser_avenant", "accorder_avenant", "preparer_bilan")
    assert bilan(demande).lignes.get().mois_convenus == 372


def test_les_inscriptions_remplissent_les_mois_realises(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    campagne(demande, periode_du=date(2026, 1, 1), periode_au=date(2026, 6, 30))
    ApprenantUsine(ecole=demande.ecole, inscription__du=date(2026, 2, 15))
    lieu.avancer(Demande.objects.get(pk=demande.pk), "preparer_bilan")
    ligne = bilan(demande).lignes.get(annee=1)
    assert (ligne.mois_inscrits, ligne.mois_realises, ligne.majores_realises) == (5, 5, 5)


def test_le_compte_rendu_part_des_ventes_et_du_verse(
    lieu: Territoire, monkeypatch: pytest.MonkeyPatch
) -> None:
    ventes = Indicateurs(chiffre_affaires=Decimal("8300.50"))
    monkeypatch.setattr("financements.effets_bilan.indicateurs", lambda _ecole, _annee: ventes)
    demande = lieu.avancer(lieu.demande(Etat.EN_EXECUTION), "preparer_bilan")
    postes = {p.compte: (p.prevu, p.realise) for p in bilan(demande).postes.all()}
    assert postes["74-etat"] == (Decimal("202200.00"), Decimal("202200.00"))
    assert postes["70"][1] == bilan(demande).chiffre_affaires == Decimal("8300.50")
    assert len(postes) == 21


def test_preparer_de_nouveau_garde_ce_que_l_ecole_a_ecrit(lieu: Territoire, prepare: Demande) -> None:
    bilan(prepare).lignes.update(mois_realises=351, majores_realises=133)
    lieu.avancer(prepare, "preparer_bilan")
    assert bilan(prepare).lignes.get().mois_realises == 351
    assert Bilan.objects.count() == 1


# --- row 16


def test_depose_le_bilan_est_fige_avec_son_recu(depose: Demande) -> None:
    rendu = bilan(depose)
    assert rendu.depose_par is not None
    assert rendu.lignes.get().mois_retenus == 360
    recu = depose.actes.get(nature="recu_bilan").document
    assert recu.contexte["lignes"][0]["realise"] == "360, dont 140 avec supplément"
    assert recu.contexte["charges"] == "480\u202f000,00\xa0€"


def test_deposer_dit_tous_les_refus_d_un_coup(lieu: Territoire, prepare: Demande) -> None:
    campagne(prepare, periode_au=aujourdhui())
    preparer_avenant(prepare)
    prepare.refresh_from_db()
    refus = refus_de(lieu, Demande.objects.get(pk=prepare.pk), "deposer_bilan", certifie=False)
    for phrase in (
        "La période financée se termine",
        "Un avenant est en cours",
        "écrivez les mois-élèves réalisés",
        "Écrivez ce qui a été fait",
        "Remplissez le compte rendu financier",
        "Cochez la case",
    ):
        assert phrase in refus


def test_sans_bilan_prepare_rien_ne_se_depose(lieu: Territoire) -> None:
    assert "Préparez d'abord" in refus_de(lieu, lieu.demande(Etat.EN_EXECUTION), "deposer_bilan")


def test_la_periode_se_termine_a_minuit(lieu: Territoire, prepare: Demande) -> None:
    ecrire_bilan(prepare)
    campagne(prepare, periode_au=aujourdhui())
    prepare = Demande.objects.get(pk=prepare.pk)
    assert "La période financée" in refus_de(lieu, prepare, "deposer_bilan")
    with time_machine.travel(maintenant() + timedelta(days=1)):
        assert MACHINE.refus(prepare, "deposer_bilan", Contexte(lieu.qui("deposer_bilan", prepare.ecole), {
            "certifie": True})) == []  # fmt: skip


def test_des_inscriptions_changees_se_reprennent(lieu: Territoire, prepare: Demande) -> None:
    ecrire_bilan(prepare)
    ApprenantUsine(ecole=prepare.ecole)
    assert "Les inscriptions ont changé" in refus_de(lieu, prepare, "deposer_bilan")
    lieu.avancer(prepare, "preparer_bilan")
    assert bilan(prepare).lignes.get(annee=1).motif_ecole == "À expliquer : les inscriptions ont changé."


def test_les_dons_en_nature_ont_deux_cotes_egaux(lieu: Territoire, prepare: Demande) -> None:
    ecrire_bilan(prepare)
    bilan(prepare).postes.filter(compte="86").update(realise=100)
    assert "contributions en nature" in refus_de(lieu, prepare, "deposer_bilan")
    bilan(prepare).postes.filter(compte="87").update(realise=100)
    lieu.avancer(prepare, "deposer_bilan")


# --- row 17 and 17b


def test_une_correction_se_demande_ligne_par_ligne(lieu: Territoire, depose: Demande) -> None:
    with pytest.raises(TransitionRefusee, match="Écrivez ce qui est à corriger"):
        MACHINE.franchir(depose, "corriger_bilan", Contexte(lieu.agents[Role.INSTRUCTEUR]))
    demande = lieu.avancer(depose, "corriger_bilan")
    rendu = bilan(depose)
    attendue = ajouter_jours_ouvres(aujourdhui(), 15)
    assert (rendu.phase, rendu.reponse_avant_le, demande.echeance_le) == ("amiable", attendue, attendue)


def test_chaque_ligne_nommee_est_changee_ou_a_sa_reponse(lieu: Territoire, depose: Demande) -> None:
    bilan(depose).lignes.update(a_corriger="Septembre est compté deux fois.")
    Bilan.objects.update(a_corriger="La taxe d'apprentissage manque.")
    lieu.avancer(depose, "corriger_bilan")
    depose.refresh_from_db()
    refus = refus_de(lieu, depose, "redeposer_bilan")
    assert "corrigez-la, ou répondez" in refus
    assert "corrigez-le, ou répondez" in refus
    bilan(depose).lignes.update(mois_realises=351, majores_realises=133)
    Bilan.objects.update(reponse="Elle est ajoutée.")
    lieu.avancer(depose, "redeposer_bilan")
    ligne = bilan(depose).lignes.get()
    assert (ligne.mois_avant, ligne.mois_retenus, ligne.a_corriger) == (360, 351, "")
    assert depose.actes.filter(nature="recu_bilan").count() == 2


def test_apres_la_phase_contradictoire_rien_ne_se_demande_plus(lieu: Territoire, depose: Demande) -> None:
    lieu.avancer(depose, "corriger_bilan", "redeposer_bilan")
    bilan(depose).lignes.update(a_corriger="Toujours deux fois.")
    lieu.avancer(depose, "corriger_bilan")
    assert bilan(depose).phase == "contradictoire"
    lieu.avancer(depose, "redeposer_bilan")
    depose.refresh_from_db()
    assert "La phase contradictoire a eu lieu" in refus_de(lieu, depose, "corriger_bilan")


def test_le_delai_de_l_ecole_se_respecte(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.BILAN_A_CORRIGER)
    assert "L'école peut répondre jusqu'au" in refus_de(lieu, demande, "contredire_bilan")
    assert "n'est pas en phase contradictoire" in refus_de(lieu, demande, "figer_bilan")
    demande = lieu.avancer(demande, "contredire_bilan")
    assert "n'est pas en phase amiable" in refus_de(lieu, demande, "contredire_bilan")
    assert "L'école peut répondre jusqu'au" in refus_de(lieu, demande, "figer_bilan")


def test_sans_reponse_le_bilan_se_fige_comme_au_depot(lieu: Territoire, depose: Demande) -> None:
    lignes = bilan(depose).lignes
    lignes.update(
        mois_retenus=340, majores_retenus=120, motif_service="Registre d'appel.", a_corriger="Écart."
    )
    lieu.avancer(depose, "corriger_bilan", "contredire_bilan")
    lignes.update(mois_realises=300, majores_realises=0)
    lieu.avancer(depose, "figer_bilan")
    ligne = lignes.get()
    assert (ligne.mois_realises, ligne.mois_retenus, bilan(depose).phase) == (360, 340, "figee")
    assert final(Demande.objects.get(pk=depose.pk)) == Decimal("190600.00")


# --- row 18


def test_certifier_demande_une_personne_qui_n_a_ni_depose_ni_accorde(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.BILAN_DEPOSE)
    for role, phrase in ((Role.ORDONNATEUR, "Vous avez accordé"), (Role.DIRECTION, "Vous avez déposé")):
        agent = lieu.agents.get(role) or lieu.directions[demande.ecole]
        lieu.agents[Role.CERTIFICATEUR].affectations.model.objects.create(
            utilisateur=agent, service_id="84", role=Role.CERTIFICATEUR, du=aujourdhui()
        )
        assert phrase in refus_de(lieu, demande, "certifier", agent)


def test_certifier_attend_que_chaque_ligne_soit_retenue(lieu: Territoire, depose: Demande) -> None:
    bilan(depose).lignes.update(mois_retenus=None, majores_retenus=None)
    assert "Chaque ligne du bilan" in refus_de(lieu, depose, "certifier")


def test_le_montant_final_ne_depasse_pas_l_accord(lieu: Territoire, depose: Demande) -> None:
    bilan(depose).lignes.update(mois_retenus=999, majores_retenus=140, motif_service="Tous venus.")
    assert calcule(bilan(depose)) == Decimal("553650.00")
    assert lieu.avancer(depose, "certifier").montant_final == Decimal("202200.00")


def test_un_passant_ne_prepare_pas_le_bilan(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    assert "Vos rôles" in refus_de(lieu, demande, "preparer_bilan", personne("passant"))
