"""Amendments: the chain of a decision again, the signed line, the schedule that follows; one test a guard."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from financements.avenants import convenu, engage
from financements.etats import MACHINE, Etat
from financements.models import Avenant
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.test_transitions import sans_convention
from tests.financements.test_versements import echeancier
from tests.usines_financements import (
    CHAUDRONNIER,
    METALLIER,
    Territoire,
    mouvement,
    preparer_avenant,
    saisies,
)

if TYPE_CHECKING:
    from financements.models import Demande

pytestmark = pytest.mark.django_db
CHAINE = ("proposer_avenant", "viser_avenant", "accorder_avenant")


@pytest.fixture
def dossier(lieu: Territoire) -> Demande:
    """202 200,00 EUR granted, the advance of 101 100,00 paid."""
    echeancier(lieu, ("50", "30", "20"))
    return lieu.demande(Etat.EN_EXECUTION)


def montants(demande: Demande) -> list[str]:
    return [str(t.montant) for t in demande.allocation.tranches.order_by("rang")]


def refus_de(lieu: Territoire, demande: Demande, nom: str, par: Role | None = None) -> list[str]:
    agent = lieu.agents[par] if par else lieu.qui(nom, demande.ecole)
    with pytest.raises(TransitionRefusee) as refuse:
        MACHINE.franchir(demande, nom, Contexte(agent, saisies(nom)))
    return refuse.value.refus


# --- what it writes


def test_trois_jeunes_de_plus_font_6600_et_l_echeancier_suit(lieu: Territoire, dossier: Demande) -> None:
    libre = lieu.enveloppe.ae_disponibles
    avenant = preparer_avenant(dossier)
    assert avenant.montant == Decimal("6600.00")
    lieu.avancer(dossier, *CHAINE)
    avenant.refresh_from_db()
    assert (avenant.etape, avenant.rang) == ("accorde", 1)
    assert engage(dossier.allocation) == Decimal("208800.00")
    assert lieu.enveloppe.ae_disponibles == libre - Decimal(6600)
    assert montants(dossier) == ["101100.00", "62640.00", "45060.00"]
    acte = dossier.actes.get(nature="avenant")
    assert acte.document.contexte["variation"] == "+\xa06\u202f600,00\xa0€"
    assert acte.document.contexte["apres"] == "208\u202f800,00\xa0€"


def test_un_avenant_a_la_baisse_rend_a_l_enveloppe(lieu: Territoire, dossier: Demande) -> None:
    libre = lieu.enveloppe.ae_disponibles
    preparer_avenant(dossier, -10, -10)
    lieu.avancer(dossier, *CHAINE)
    assert lieu.enveloppe.ae_disponibles == libre + Decimal(5800)
    assert montants(dossier) == ["101100.00", "58920.00", "36380.00"]


def test_une_tranche_reduite_a_rien_disparait(lieu: Territoire, dossier: Demande) -> None:
    lieu.avancer(dossier, "payer")
    preparer_avenant(dossier, -72, -28)
    lieu.avancer(dossier, *CHAINE)
    assert montants(dossier) == ["101100.00", "60660.00"]
    assert engage(dossier.allocation) == Decimal("161760.00")


def test_tout_paye_une_hausse_ajoute_une_tranche(lieu: Territoire, dossier: Demande) -> None:
    lieu.avancer(dossier, "payer", "payer")
    preparer_avenant(dossier)
    lieu.avancer(dossier, *CHAINE)
    derniere = dossier.allocation.tranches.order_by("rang").last()
    assert derniere is not None
    assert (derniere.rang, derniere.montant) == (4, Decimal("6600.00"))


def test_le_convenu_compte_les_mois_de_la_decision_et_des_avenants_accordes(
    lieu: Territoire, dossier: Demande
) -> None:
    preparer_avenant(dossier, 12, 4)
    assert convenu(dossier.allocation)[METALLIER, 1].mois == 360
    lieu.avancer(dossier, *CHAINE)
    compte = convenu(dossier.allocation)[METALLIER, 1]
    assert (compte.mois, compte.mois_majores, compte.unitaire) == (372, 144, Decimal(550))


def test_un_diplome_de_la_decision_garde_son_taux(lieu: Territoire, dossier: Demande) -> None:
    lieu.campagne.baremes.create(version=2, unitaire=Decimal(600), majoration=Decimal(40))
    ligne = preparer_avenant(dossier).lignes.get()
    assert ligne.unitaire == Decimal(550)
    nouveau = Avenant.objects.get().lignes.create(titre_id=CHAUDRONNIER, mois=1)
    nouveau.refresh_from_db()
    assert nouveau.unitaire == Decimal(600)


def test_renvoye_il_se_corrige_et_perd_son_visa(lieu: Territoire, dossier: Demande) -> None:
    avenant = preparer_avenant(dossier)
    lieu.avancer(dossier, "proposer_avenant", "viser_avenant", "renvoyer_avenant")
    avenant.refresh_from_db()
    assert (avenant.etape, avenant.vise_par_id, avenant.propose_par_id) == ("prepare", None, None)
    assert avenant.renvoi == "Comptez les mois à partir de septembre."
    avenant.lignes.update(mois=10)
    avenant.refresh_from_db()
    assert avenant.montant == Decimal("5500.00")


def test_abandonne_il_garde_son_numero_et_le_suivant_prend_le_sien(
    lieu: Territoire, dossier: Demande
) -> None:
    preparer_avenant(dossier)
    lieu.avancer(dossier, "abandonner_avenant")
    assert preparer_avenant(dossier).rang == 2
    assert engage(dossier.allocation) == Decimal("202200.00")


# --- guards, each with its sentence


def dit_d_avance(lieu: Territoire, demande: Demande, nom: str, **saisie: Any) -> list[str]:
    """What the confirmation page says before anything is sent."""
    return MACHINE.refus(demande, nom, Contexte(lieu.qui(nom, demande.ecole), saisie))


def test_la_page_dit_d_avance_ce_qui_empeche(lieu: Territoire, dossier: Demande) -> None:
    aucun = ["Aucun avenant n'est en cours sur ce dossier."]
    assert dit_d_avance(lieu, dossier, "renvoyer_avenant", motif="Non") == aucun
    assert dit_d_avance(lieu, dossier, "abandonner_avenant", motif="Non") == aucun
    preparer_avenant(dossier)
    assert dit_d_avance(lieu, dossier, "renvoyer_avenant", motif="Non") == aucun
    assert dit_d_avance(lieu, dossier, "abandonner_avenant", motif=" ") == ["Écrivez la raison."]
    lieu.avancer(dossier, "proposer_avenant", "viser_avenant")
    assert dit_d_avance(lieu, dossier, "renvoyer_avenant", motif="") == ["Écrivez la raison."]
    reste = lieu.enveloppe.ae_disponibles
    mouvement(lieu.enveloppe, lieu.agents[Role.GESTIONNAIRE], f"-{reste}", "retrait")
    dossier.refresh_from_db()
    [phrase] = dit_d_avance(lieu, dossier, "accorder_avenant")
    assert phrase.startswith("L'enveloppe ne dispose plus que de 0,00")


def test_ce_qui_est_paye_entre_la_proposition_et_le_visa_compte(lieu: Territoire, dossier: Demande) -> None:
    preparer_avenant(dossier, -150)
    lieu.avancer(dossier, "proposer_avenant", "payer")
    assert "déjà versé" in refus_de(lieu, dossier, "viser_avenant")[0]


def test_sans_avenant_rien_ne_se_propose(lieu: Territoire, dossier: Demande) -> None:
    assert refus_de(lieu, dossier, "proposer_avenant") == [
        "Aucun avenant n'est en préparation sur ce dossier."
    ]
    assert refus_de(lieu, dossier, "abandonner_avenant") == ["Aucun avenant n'est en cours sur ce dossier."]


def test_on_ne_vise_que_ce_qui_est_propose_on_n_accorde_que_ce_qui_est_vise(
    lieu: Territoire, dossier: Demande
) -> None:
    preparer_avenant(dossier)
    assert refus_de(lieu, dossier, "viser_avenant") == ["Aucun avenant n'attend de visa sur ce dossier."]
    lieu.avancer(dossier, "proposer_avenant")
    assert refus_de(lieu, dossier, "accorder_avenant") == [
        "Aucun avenant visé n'attend de décision sur ce dossier."
    ]
    assert refus_de(lieu, dossier, "proposer_avenant") == [
        "Aucun avenant n'est en préparation sur ce dossier."
    ]


def test_un_avenant_vide_ou_nul_ne_se_propose_pas(lieu: Territoire, dossier: Demande) -> None:
    avenant = preparer_avenant(dossier)
    avenant.lignes.all().delete()
    assert refus_de(lieu, dossier, "proposer_avenant") == ["Ajoutez au moins une ligne à l'avenant."]
    avenant.lignes.create(titre_id=METALLIER, mois=6)
    avenant.lignes.create(titre_id=METALLIER, annee=2, mois=-6)
    assert "il n'y a rien à décider" in refus_de(lieu, dossier, "proposer_avenant")[0]


def test_on_ne_retire_pas_plus_de_mois_que_convenu(lieu: Territoire, dossier: Demande) -> None:
    preparer_avenant(dossier, 12, titre_id=CHAUDRONNIER)
    Avenant.objects.get().lignes.create(titre_id=METALLIER, mois=-361)
    [phrase] = [p for p in refus_de(lieu, dossier, "proposer_avenant") if "retire plus de mois" in p]
    assert "année 1" in phrase


def test_pas_plus_de_supplements_que_de_mois(lieu: Territoire, dossier: Demande) -> None:
    preparer_avenant(dossier, 0, 221)
    assert "avec supplément que de mois" in refus_de(lieu, dossier, "proposer_avenant")[0]


def test_un_avenant_ne_descend_pas_sous_ce_qui_est_verse(lieu: Territoire, dossier: Demande) -> None:
    preparer_avenant(dossier, -184)
    assert refus_de(lieu, dossier, "proposer_avenant") == [
        "Le nouveau total, 101\u202f000,00\xa0€, passe sous ce qui est déjà versé, 101\u202f100,00\xa0€."
    ]


def test_ce_qui_est_paye_entre_la_proposition_et_l_accord_compte(lieu: Territoire, dossier: Demande) -> None:
    preparer_avenant(dossier, -150)
    lieu.avancer(dossier, "proposer_avenant", "viser_avenant", "payer")
    assert "déjà versé" in refus_de(lieu, dossier, "accorder_avenant")[0]


def test_proposer_viser_accorder_trois_personnes(lieu: Territoire, dossier: Demande) -> None:
    lieu.agents[Role.INSTRUCTEUR].affectations.create(
        service_id="84", role=Role.CHEF_DE_SERVICE, du=aujourdhui()
    )
    lieu.agents[Role.INSTRUCTEUR].affectations.create(service_id="84", role=Role.ORDONNATEUR, du=aujourdhui())
    preparer_avenant(dossier)
    lieu.avancer(dossier, "proposer_avenant")
    [phrase] = refus_de(lieu, dossier, "viser_avenant", Role.INSTRUCTEUR)
    assert "une autre personne doit le viser" in phrase
    lieu.avancer(dossier, "viser_avenant")
    [phrase] = refus_de(lieu, dossier, "accorder_avenant", Role.INSTRUCTEUR)
    assert "une troisième personne" in phrase


def test_une_hausse_demande_des_ae_une_baisse_non(lieu: Territoire, dossier: Demande) -> None:
    reste = lieu.enveloppe.ae_disponibles
    mouvement(lieu.enveloppe, lieu.agents[Role.GESTIONNAIRE], f"-{reste - 6000}", "retrait")
    preparer_avenant(dossier)
    lieu.avancer(dossier, "proposer_avenant", "viser_avenant")
    assert refus_de(lieu, dossier, "accorder_avenant") == [
        "L'enveloppe ne dispose plus que de 6\u202f000,00\xa0€, et l'avenant en prend 6\u202f600,00\xa0€."
    ]
    lieu.avancer(dossier, "abandonner_avenant")
    preparer_avenant(dossier, -12)
    lieu.avancer(dossier, *CHAINE)


def test_une_hausse_s_engage_pendant_l_annee_une_baisse_a_tout_moment(
    lieu: Territoire, dossier: Demande, monkeypatch: pytest.MonkeyPatch
) -> None:
    preparer_avenant(dossier)
    lieu.avancer(dossier, "proposer_avenant", "viser_avenant")
    plus_tard = lieu.campagne.exercice + 1
    monkeypatch.setattr("financements.gardes.exercice_de", lambda _instant: plus_tard)
    assert "ne s'engagent que pendant l'année" in refus_de(lieu, dossier, "accorder_avenant")[0]
    lieu.avancer(dossier, "abandonner_avenant")
    preparer_avenant(dossier, -12)
    lieu.avancer(dossier, *CHAINE)


def test_la_convention_manque_quand_un_avenant_passe_le_seuil(lieu: Territoire) -> None:
    """Eleven thousand euros need no convention; an amendment brings them above the threshold."""
    assert lieu.campagne.seuil_convention == Decimal(23_000)
    echeancier(lieu, ("50", "30", "20"))
    demande = lieu.demande(Etat.ACCORDEE, effectif_demande=4, majorations_demandees=0)
    assert not demande.allocation.convention_manque()
    demande = lieu.avancer(demande, "notifier", "payer")
    preparer_avenant(demande, 12)
    lieu.avancer(demande, *CHAINE)
    assert demande.allocation.convention_manque()
    assert demande.actes.filter(nature="convention").exists()
    assert "d'abord la convention signée" in refus_de(lieu, demande, "payer")[0]
    lieu.avancer(demande, "conventionner_en_cours", "payer")


def test_les_echeances_de_demain_restent_a_demain(lieu: Territoire, dossier: Demande) -> None:
    jours = list(dossier.allocation.tranches.order_by("rang").values_list("prevue_le", flat=True))
    preparer_avenant(dossier)
    lieu.avancer(dossier, *CHAINE)
    assert list(dossier.allocation.tranches.order_by("rang").values_list("prevue_le", flat=True)) == jours
    assert jours[0] == aujourdhui() - timedelta(days=30)


def test_une_autre_ecole_du_meme_gestionnaire_fait_passer_le_seuil(lieu: Territoire) -> None:
    """The convention to sign is there, and nothing more is paid before it is signed."""
    petite = sans_convention(lieu, Etat.NOTIFIEE)
    assert petite.actes.filter(nature="convention").count() == 1
    assert "d'abord la convention signée" in refus_de(lieu, petite, "payer")[0]
    lieu.avancer(petite, "conventionner_notifiee", "payer")
    [phrase] = refus_de(lieu, petite, "conventionner_en_cours")
    assert phrase == "Ce dossier ne manque pas de convention."
