"""A school that never answers: the service says so once the delay is over, and takes the file up again."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from financements.etats import MACHINE, Etat
from financements.models import Demande
from reseau.models import Courriel
from reseau.nombres import PARIS, aujourdhui, montrer_date
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.conftest import a_la_porte, refuse
from tests.financements.test_confirmations import sur_papier
from tests.financements.test_page_versements import texte
from tests.usines_financements import Territoire, ajouter_piece, territoire

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
BOUTON = "Constater l'absence de réponse"
BUDGET = "Pièce « Budget prévisionnel »"


def page(demande: Demande, nom: str = "change", *suite: Any) -> str:
    return reverse(f"admin:financements_demande_{nom}", args=[demande.pk, *suite])


def dernier_jour(demande: Demande, *, ajoute: int = 0, heure: time = time(23, 59, 59)) -> datetime:
    """An instant of the last day that the school was given, by a clock of Paris, or some days after."""
    assert demande.echeance_le is not None
    return datetime.combine(demande.echeance_le + timedelta(ajoute), heure, PARIS)


def constater(lieu: Territoire, demande: Demande, le: datetime) -> Demande:
    with time_machine.travel(le, tick=False):
        agent = Contexte(lieu.agents[Role.INSTRUCTEUR])
        return MACHINE.franchir(demande, "constater_silence", agent)


@pytest.fixture
def attendue(lieu: Territoire) -> Demande:
    """Sent back for its lines and its budget, a week after it was handed in."""
    demande = lieu.demande()
    ajouter_piece(demande, "budget", lieu.directions[demande.ecole])
    demande = lieu.avancer(demande, "deposer")
    with time_machine.travel(aujourdhui() + timedelta(7)):
        return lieu.avancer(demande, "demander_complement")


def test_le_dernier_jour_est_encore_a_l_ecole_le_suivant_ne_l_est_plus(
    lieu: Territoire, attendue: Demande
) -> None:
    assert attendue.echeance_le is not None
    with connection.cursor() as curseur:
        curseur.execute("SET TIME ZONE 'UTC'")
    with pytest.raises(TransitionRefusee) as refus:
        constater(lieu, attendue, dernier_jour(attendue))
    limite = montrer_date(attendue.echeance_le)
    assert refus.value.refus == [f"L'école peut répondre jusqu'au {limite}, jour compris."]
    lendemain = dernier_jour(attendue, ajoute=1, heure=time(0, 0, 1))
    demande = constater(lieu, attendue, lendemain)
    assert demande.etat == Etat.DEPOSEE
    with pytest.raises(TransitionRefusee, match="n'est pas possible : l'étape est « Déposée »"):
        constater(lieu, demande, lendemain)


def test_seul_qui_instruit_dans_la_region_le_constate(lieu: Territoire, attendue: Demande) -> None:
    voisin = territoire("32", exercice=lieu.campagne)
    autres = [lieu.directions[attendue.ecole], voisin.agents[Role.INSTRUCTEUR]]
    autres += [lieu.agents[role] for role in (Role.ORDONNATEUR, Role.LIQUIDATEUR, Role.GESTIONNAIRE)]
    for autre in autres:
        with (
            time_machine.travel(dernier_jour(attendue, ajoute=1)),
            pytest.raises(TransitionRefusee, match="Vos rôles ne permettent pas"),
        ):
            MACHINE.franchir(attendue, "constater_silence", Contexte(autre))


def test_un_silence_n_est_pas_un_depot(lieu: Territoire, attendue: Demande) -> None:
    avant = (attendue.deposee_le, attendue.deposee_par, attendue.depots.count(), attendue.actes.count())
    demande = constater(lieu, attendue, dernier_jour(attendue, ajoute=3))
    assert (demande.deposee_le, demande.deposee_par, demande.depots.count(), demande.actes.count()) == avant
    assert demande.motif == ""
    with refuse("Les lignes d'un dossier"):
        demande.lignes.update(effectif_demande=35)
    with refuse("Les pièces d'un dossier"):
        demande.pieces.all().delete()
    ligne = demande.journal.get(evenement="constater_silence")
    assert ligne.donnees["cibles"] == ["effectifs", "piece_budget"]
    assert ligne.acteur == lieu.agents[Role.INSTRUCTEUR]


def test_ce_qui_restait_de_delai_au_service_court_a_nouveau(lieu: Territoire, attendue: Demande) -> None:
    """The two months were suspended, not started anew."""
    avant = Demande.objects.get(pk=attendue.pk)
    assert avant.echeance_le is not None
    reste = attendue.journal.get(evenement="demander_complement").donnees["reste"]
    assert 59 - 7 <= reste <= 62 - 7
    demande = constater(lieu, attendue, dernier_jour(attendue, ajoute=5))
    assert demande.echeance_le == avant.echeance_le + timedelta(reste)


@pytest.mark.parametrize(("jours", "compte"), [(-3, -3), (0, 0), (4, 0)])
def test_une_reponse_ne_rend_pas_deux_mois_au_service(
    lieu: Territoire, attendue: Demande, jours: int, compte: int
) -> None:
    """An answer ends the suspension, at the latest on the last day that the school was given."""
    assert attendue.echeance_le is not None
    reste = attendue.journal.get(evenement="demander_complement").donnees["reste"]
    with time_machine.travel(dernier_jour(attendue, ajoute=jours)):
        demande = lieu.avancer(attendue, "completer")
    assert demande.echeance_le == attendue.echeance_le + timedelta(compte + reste)


def test_chaque_element_porte_la_marque_de_ce_qu_il_est_devenu(lieu: Territoire, attendue: Demande) -> None:
    attendue.lignes.update(effectif_demande=30)
    demande = constater(lieu, attendue, dernier_jour(attendue, ajoute=1))
    assert sorted(demande.corrections.values_list("cible", "silence", "reponse")) == [
        ("effectifs", "commence", ""),
        ("piece_budget", "intact", ""),
    ]
    assert not demande.corrections.filter(traitee_le=None).exists()


def test_la_base_ne_garde_pas_une_reponse_a_ce_qui_n_en_a_pas_eu(lieu: Territoire, attendue: Demande) -> None:
    with refuse("correction_sans_reponse_close"), a_la_porte(attendue):
        attendue.corrections.update(silence="intact")
    demande = constater(lieu, attendue, dernier_jour(attendue, ajoute=1))
    with refuse("correction_sans_reponse_close"), a_la_porte(demande):
        demande.corrections.update(reponse="Vu.")


def test_le_dossier_va_ensuite_jusqu_au_refus_ou_revient_a_l_ecole(
    lieu: Territoire, attendue: Demande
) -> None:
    demande = constater(lieu, attendue, dernier_jour(attendue, ajoute=1))
    demande = lieu.avancer(demande, "demander_complement", "constater_silence")
    assert lieu.avancer(demande, "instruire", "classer").etat == Etat.SANS_SUITE
    assert Courriel.objects.filter(cle__startswith=f"silence:{demande.pk}:").count() == 2


def test_l_ecole_recoit_ce_qui_est_reste_sans_reponse(lieu: Territoire, attendue: Demande) -> None:
    assert attendue.echeance_le is not None
    limite = montrer_date(attendue.echeance_le)
    constater(lieu, attendue, dernier_jour(attendue, ajoute=1))
    courriel = Courriel.objects.get(cle__startswith="silence:")
    assert courriel.destinataire == lieu.directions[attendue.ecole]
    assert f"jusqu'au {limite}" in courriel.corps
    assert f"- {BUDGET} (périmée)" in courriel.corps
    assert page(attendue) in courriel.corps


def test_l_ecole_lit_ou_en_est_son_dossier_et_son_journal(
    client: Client, lieu: Territoire, attendue: Demande
) -> None:
    demande = constater(lieu, attendue, dernier_jour(attendue, ajoute=1))
    client.force_login(lieu.directions[demande.ecole])
    vue = texte(client.get(page(demande)))
    assert "La DREETS n'a pas reçu votre réponse à temps" in vue
    assert "Absence de réponse constatée" in vue
    assert "jamais renvoyé" not in vue
    with time_machine.travel(dernier_jour(attendue, ajoute=2)):
        demande = lieu.avancer(demande, "demander_complement", "completer")
    assert "La DREETS n'a pas reçu votre réponse à temps" not in texte(client.get(page(demande)))


def test_l_agent_lit_ce_qui_reste_sans_reponse_et_ce_que_personne_n_a_certifie(
    client: Client, lieu: Territoire, attendue: Demande
) -> None:
    attendue.lignes.update(effectif_demande=30)
    demande = constater(lieu, attendue, dernier_jour(attendue, ajoute=1))
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    vue = texte(client.get(page(demande)))
    assert f"{BUDGET} : sans réponse" in vue
    assert "en ajouter ou en retirer : modification commencée, jamais renvoyée" in vue
    assert "sans être renvoyé ni certifié" in vue
    assert "36 jeunes, maintenant 30." in vue


def test_l_agent_ne_voit_le_bouton_et_le_dossier_a_traiter_qu_une_fois_le_delai_passe(
    client: Client, lieu: Territoire, attendue: Demande
) -> None:
    liste = reverse("admin:financements_demande_changelist") + "?etape=moi"
    with time_machine.travel(dernier_jour(attendue, heure=time(12))):
        client.force_login(lieu.agents[Role.INSTRUCTEUR])
        vue = texte(client.get(page(attendue)))
        assert BUDGET in vue
        assert BOUTON not in vue
        for adresse in (reverse("admin:index"), liste):
            assert str(attendue) not in texte(client.get(adresse))
    with time_machine.travel(dernier_jour(attendue, ajoute=1)):
        client.force_login(lieu.agents[Role.INSTRUCTEUR])
        vue = client.get(page(attendue))
        assert vue.context["principale"]["nom"] == "constater_silence"
        assert vue.context["principale"]["refus"] == []
        accueil = texte(client.get(reverse("admin:index")))
        assert "À compléter, l'école n'a pas répondu" in accueil
        assert str(attendue) in texte(client.get(liste))
        geste = page(attendue, "transition", "constater_silence")
        assert "resté sans réponse" in texte(client.get(geste))
        assert "c'est fait" in texte(client.post(geste, follow=True))
    assert Demande.objects.get(pk=attendue.pk).etat == Etat.DEPOSEE


def test_un_papier_se_complete_d_abord_par_un_papier(client: Client, lieu: Territoire) -> None:
    """The answer of a school that writes on paper may be on the desk: recording it stays the main step."""
    demande = lieu.avancer(sur_papier(lieu), "deposer_sur_scan", "demander_complement")
    with time_machine.travel(dernier_jour(demande, ajoute=1)):
        client.force_login(lieu.agents[Role.INSTRUCTEUR])
        vue = client.get(page(demande))
        assert vue.context["principale"]["nom"] == "completer_sur_scan"
        assert BOUTON in texte(vue)
    assert lieu.avancer(demande, "constater_silence").etat == Etat.DEPOSEE


def test_rien_ne_se_propose_sans_la_piece_que_l_ecole_a_retiree(lieu: Territoire, attendue: Demande) -> None:
    type(lieu.campagne).objects.filter(pk=lieu.campagne.pk).update(pieces_obligatoires=["budget", "cer"])
    attendue.pieces.get(nature="budget").delete()
    demande = constater(lieu, attendue, dernier_jour(attendue, ajoute=1))
    demande = Demande.objects.get(pk=lieu.avancer(demande, "instruire").pk)
    agent = Contexte(lieu.agents[Role.INSTRUCTEUR])
    assert MACHINE.refus(demande, "proposer", agent) == ["Il manque une pièce : « Budget prévisionnel »."]
    ajouter_piece(demande, "budget", lieu.agents[Role.INSTRUCTEUR])
    assert lieu.avancer(demande, "proposer").etat == Etat.PROPOSEE
