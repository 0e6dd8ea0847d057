"""A refusal, a filing without follow-up, a termination: who, why, what the school reads, what goes back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from financements.etats import MACHINE, Etat
from financements.invariants import violations
from financements.ouverture import ouvrir_demande
from reseau.models import AffectationDreets
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.usines_financements import Territoire, personne, produire_les_documents, saisies

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Demande

pytestmark = pytest.mark.django_db


def refus(lieu: Territoire, demande: Demande, nom: str, **valeurs: Any) -> list[str]:
    with pytest.raises(TransitionRefusee) as attrape:
        MACHINE.franchir(demande, nom, Contexte(lieu.qui(nom, demande.ecole), saisies(nom, **valeurs)))
    return attrape.value.refus


@pytest.mark.parametrize("nom", ["refuser", "classer"])
def test_tout_ce_qui_manque_est_dit_ensemble(lieu: Territoire, nom: str) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    assert refus(lieu, demande, nom, raison="", motif=" ") == [
        "Choisissez le motif.",
        "Écrivez l'explication.",
    ]
    assert refus(lieu, demande, nom, raison="inventee") == ["Choisissez le motif."]


def test_qui_a_instruit_ne_refuse_pas_seul(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.PROPOSEE)
    agent = lieu.agents[Role.INSTRUCTEUR]
    AffectationDreets.objects.create(
        utilisateur=agent, service_id="84", role=Role.ORDONNATEUR, du=date(2020, 1, 1)
    )
    with pytest.raises(TransitionRefusee, match="une autre personne doit décider"):
        MACHINE.franchir(demande, "refuser", Contexte(agent, saisies("refuser")))


@pytest.mark.parametrize(("nom", "role"), [("refuser", Role.ORDONNATEUR), ("classer", Role.CHEF_DE_SERVICE)])
@pytest.mark.parametrize("etat", [Etat.EN_INSTRUCTION, Etat.PROPOSEE, Etat.VISEE])
def test_qui_a_pris_le_dossier_en_instruction_ne_le_ferme_pas_seul(
    lieu: Territoire, nom: str, role: Role, etat: str
) -> None:
    """Before the proposal too, when only the journal knows who reviews it."""
    agent, autre = lieu.agents[Role.INSTRUCTEUR], lieu.agents[role]
    demande = lieu.demande(etat)
    AffectationDreets.objects.create(utilisateur=agent, service_id="84", role=role, du=date(2020, 1, 1))
    with pytest.raises(TransitionRefusee) as attrape:
        MACHINE.franchir(demande, nom, Contexte(agent, saisies(nom)))
    assert attrape.value.refus == ["Vous avez instruit ce dossier : une autre personne doit décider."]
    MACHINE.franchir(demande, nom, Contexte(autre, saisies(nom)))


def test_qui_l_a_instruit_sans_le_proposer_ne_le_ferme_pas_non_plus(lieu: Territoire) -> None:
    """Two officers review it: one takes it, the other proposes; neither closes it."""
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    premier, second = lieu.agents[Role.INSTRUCTEUR], personne("seconde")
    for qui, role in ((second, Role.INSTRUCTEUR), (premier, Role.ORDONNATEUR), (second, Role.ORDONNATEUR)):
        AffectationDreets.objects.create(utilisateur=qui, service_id="84", role=role, du=date(2020, 1, 1))
    demande = MACHINE.franchir(demande, "proposer", Contexte(second))
    for qui in (premier, second):
        with pytest.raises(TransitionRefusee, match="une autre personne doit décider"):
            MACHINE.franchir(demande, "refuser", Contexte(qui, saisies("refuser")))


def test_qui_l_a_propose_avant_un_renvoi_ne_le_ferme_pas_non_plus(lieu: Territoire) -> None:
    """The file was sent back and proposed again by somebody else: the journal remembers both."""
    demande, seconde = lieu.demande(Etat.EN_INSTRUCTION), personne("seconde")
    for role in (Role.INSTRUCTEUR, Role.ORDONNATEUR):
        AffectationDreets.objects.create(utilisateur=seconde, service_id="84", role=role, du=date(2020, 1, 1))
    demande = MACHINE.franchir(demande, "proposer", Contexte(seconde))
    demande = lieu.avancer(demande, "renvoyer", "proposer")
    assert demande.instruite_par == lieu.agents[Role.INSTRUCTEUR]
    with pytest.raises(TransitionRefusee, match="une autre personne doit décider"):
        MACHINE.franchir(demande, "refuser", Contexte(seconde, saisies("refuser")))


@pytest.mark.parametrize("etat", [Etat.EN_INSTRUCTION, Etat.PROPOSEE, Etat.VISEE])
def test_un_refus_a_sa_lettre_et_libere_l_ecole(lieu: Territoire, etat: str) -> None:
    demande = lieu.avancer(lieu.demande(etat), "refuser")
    acte = demande.actes.get(nature__in=("refus", "classement"))
    assert acte.document.contexte["raison"] == "Les crédits de l'année ne le permettent pas"
    assert acte.document.contexte["motif"] == demande.motif == "L'enveloppe de l'année est épuisée."
    assert demande.echeance_le is None
    direction = lieu.directions[demande.ecole]
    assert ouvrir_demande(ecole=demande.ecole, campagne=lieu.campagne, par=direction).etat == Etat.BROUILLON


def test_l_ecole_lit_la_raison_et_sa_lettre(client: Client, lieu: Territoire) -> None:
    demande = lieu.avancer(lieu.demande(Etat.EN_INSTRUCTION), "refuser")
    produire_les_documents()
    client.force_login(lieu.directions[demande.ecole])
    page = client.get(reverse("admin:financements_demande_change", args=[demande.pk])).content.decode()
    for phrase in ("Refusée", "enveloppe de l&#x27;année est épuisée", "Décision de refus (PDF)"):
        assert phrase in page
    adresse = reverse(
        "admin:financements_demande_acte",
        args=[demande.pk, demande.actes.get(nature__in=("refus", "classement")).pk],
    )
    assert client.get(adresse)["Content-Type"] == "application/pdf"
    autre = lieu.demande(Etat.DEPOSEE)
    client.force_login(lieu.directions[autre.ecole])
    assert client.get(adresse).status_code == 404


def test_on_ne_resilie_pas_sans_entendre_l_ecole(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    assert refus(lieu, demande, "resilier", entendue_le=None, motif="") == [
        "Indiquez quel jour l'école a pu présenter ses observations.",
        "Écrivez la raison.",
    ]


def test_resilier_rend_a_l_enveloppe_ce_qui_n_est_pas_paye(lieu: Territoire) -> None:
    for rang, part in ((1, 30), (2, 70)):
        lieu.campagne.echeances.create(rang=rang, nature="avance", part=part, prevue_le=aujourdhui())
    demande = lieu.avancer(lieu.demande(Etat.EN_EXECUTION), "resilier")
    enveloppe, decision = lieu.enveloppe, demande.allocation
    assert enveloppe.ae_engagees == enveloppe.cp_payes == Decimal("60660.00")
    assert [t.montant for t in decision.tranches.all()] == [Decimal("60660.00")]
    assert demande.actes.get(nature="resiliation").document.contexte["rendu"].startswith("141")
    assert [(i.code, exemples) for i, exemples in violations() if exemples] == []


def test_resilier_avant_tout_paiement_rend_tout(lieu: Territoire) -> None:
    demande = lieu.avancer(lieu.demande(Etat.NOTIFIEE), "resilier")
    assert lieu.enveloppe.ae_engagees == 0
    assert not demande.allocation.tranches.exists()
    assert [(i.code, exemples) for i, exemples in violations() if exemples] == []
