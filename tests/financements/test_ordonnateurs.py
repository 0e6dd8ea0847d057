"""Whoever grants, a decision or its amendment, neither pays nor certifies it; and the other way round."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from financements.etats import MACHINE, Etat
from financements.invariants import violations
from financements.models import Avenant, Bilan, Paiement
from reseau.models import AffectationDreets
from reseau.nombres import aujourdhui, maintenant
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.conftest import a_la_porte, refuse
from tests.financements.test_versements import echeancier, paiement
from tests.usines_financements import Territoire, personne, preparer_avenant, saisies
from tests.usines_reprises import reprendre

if TYPE_CHECKING:
    from financements.models import Demande
    from reseau.models import Utilisateur

pytestmark = pytest.mark.django_db


@pytest.fixture
def delegue(lieu: Territoire) -> Utilisateur:
    """Somebody who may grant, pay and certify in this region: only what she did keeps her apart."""
    compte = personne("delegue")
    for role in (Role.ORDONNATEUR, Role.LIQUIDATEUR, Role.CERTIFICATEUR):
        AffectationDreets.objects.create(
            utilisateur=compte, service_id=lieu.region, role=role, du=date(2020, 1, 1)
        )
    return compte


def accorder_l_avenant(lieu: Territoire, demande: Demande, par: Utilisateur) -> Demande:
    preparer_avenant(demande)
    lieu.avancer(demande, "proposer_avenant", "viser_avenant")
    return MACHINE.franchir(demande, "accorder_avenant", Contexte(par, saisies("accorder_avenant")))


def refus_a(par: Utilisateur, demande: Demande, nom: str) -> list[str]:
    with pytest.raises(TransitionRefusee) as refuse_:
        MACHINE.franchir(demande, nom, Contexte(par, saisies(nom)))
    return refuse_.value.refus


def fautes() -> list[str]:
    return [invariant.code for invariant, exemples in violations() if exemples]


def test_qui_accorde_un_avenant_ne_paie_pas(lieu: Territoire, delegue: Utilisateur) -> None:
    echeancier(lieu, ("50", "50"))
    demande = accorder_l_avenant(lieu, lieu.demande(Etat.EN_EXECUTION), delegue)
    phrase = "Vous avez accordé cette demande ou son avenant : une autre personne doit liquider."
    assert refus_a(delegue, demande, "payer") == [phrase]
    with refuse("Qui a accordé ne liquide pas"):
        paiement(lieu, demande, saisi_par=delegue)
    lieu.avancer(demande, "payer")
    assert fautes() == []


def test_qui_accorde_un_avenant_ne_certifie_pas(lieu: Territoire, delegue: Utilisateur) -> None:
    demande = accorder_l_avenant(lieu, lieu.demande(Etat.EN_EXECUTION), delegue)
    demande = lieu.avancer(demande, "preparer_bilan", "deposer_bilan")
    phrase = "Vous avez accordé cette demande ou son avenant : une autre personne doit certifier."
    assert phrase in refus_a(delegue, demande, "certifier")
    rendu = Bilan.objects.filter(allocation__demande=demande)
    with refuse("Qui a accordé ne certifie pas"), a_la_porte(demande):
        rendu.update(certifie_par=delegue, certifie_le=maintenant())


def test_sur_un_dossier_repris_aussi(lieu: Territoire, delegue: Utilisateur) -> None:
    """Who granted before the tool is unknown; who granted the amendment is not."""
    demande = accorder_l_avenant(lieu, reprendre(lieu), delegue)
    assert demande.allocation.accordee_par_id is None
    assert "une autre personne doit liquider" in " ".join(refus_a(delegue, demande, "payer"))


def test_qui_a_paye_n_accorde_pas_l_avenant(lieu: Territoire, delegue: Utilisateur) -> None:
    echeancier(lieu, ("50", "50"))
    demande = lieu.demande(Etat.NOTIFIEE)
    MACHINE.franchir(demande, "payer", Contexte(delegue, saisies("payer")))
    avenant = preparer_avenant(demande)
    lieu.avancer(demande, "proposer_avenant", "viser_avenant")
    phrase = "Vous avez enregistré un paiement de ce dossier : une autre personne doit accorder l'avenant."
    assert refus_a(delegue, demande, "accorder_avenant") == [phrase]
    with refuse("Qui a liquidé n'accorde pas"), a_la_porte(demande):
        engagement = demande.allocation.engagements.create(
            enveloppe=lieu.enveloppe, nature="avenant", montant=Decimal(6600), saisi_par=delegue
        )
        Avenant.objects.filter(pk=avenant.pk).update(
            etape="accorde", accorde_par=delegue, accorde_le=maintenant(), engagement=engagement
        )


def test_le_compte_se_lit_sur_les_paiements_de_l_outil_seulement(lieu: Territoire) -> None:
    """What was paid before the tool bears the name of who took it over: she may grant nothing for it."""
    demande = reprendre(lieu)
    assert Paiement.objects.filter(allocation__demande=demande, origine="reprise").exists()
    accorder_l_avenant(lieu, demande, lieu.agents[Role.ORDONNATEUR])
    assert demande.allocation.avenants.get().accorde_le is not None
    assert demande.allocation.avenants.get().accorde_le.date() <= aujourdhui()


def test_qui_a_vise_un_avenant_ne_l_accorde_pas(lieu: Territoire) -> None:
    demande, chef = lieu.demande(Etat.EN_EXECUTION), lieu.agents[Role.CHEF_DE_SERVICE]
    preparer_avenant(demande)
    lieu.avancer(demande, "proposer_avenant", "viser_avenant")
    chef.affectations.create(service_id=lieu.region, role=Role.ORDONNATEUR, du=date(2020, 1, 1))
    assert refus_a(chef, demande, "accorder_avenant") == [
        "Vous êtes déjà intervenu sur cet avenant : une troisième personne doit l'accorder."
    ]
