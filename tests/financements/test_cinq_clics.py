"""From "À traiter" to a proposed file, five clicks or fewer: links and buttons that pages really offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from financements.etats import Etat
from financements.models import Demande
from reseau.roles import Role
from tests.recits.guichet import Personne

if TYPE_CHECKING:
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db
AU_PLUS = 5


class Compteuse(Personne):
    """She counts her clicks: each link followed, each button pressed."""

    clics = 0

    def suivre(self, texte: str) -> Personne:
        """One click, be the step a link or the button of a form."""
        avant = self.clics
        super().suivre(texte)
        self.clics = avant + 1
        return self

    def appuyer(self, libelle: str) -> Personne:
        """One click."""
        self.clics += 1
        return super().appuyer(libelle)


def test_d_a_traiter_a_un_dossier_propose_en_cinq_clics(lieu: Territoire) -> None:
    """A clean file: nothing to correct, nothing to explain, one envelope."""
    demande = lieu.demande(Etat.DEPOSEE)
    nadia = Compteuse(lieu.agents[Role.INSTRUCTEUR])
    nadia.accueil().lit("Demandes à instruire").suivre(demande.ecole.nom)
    for geste in ("Prendre en instruction", "Proposer ce montant"):
        nadia.suivre(geste).lit("Ce qui va changer").appuyer(geste).lit("c'est fait")
    nadia.lit("Proposée", "202 200,00 €")
    assert Demande.objects.get(pk=demande.pk).etat == Etat.PROPOSEE
    assert nadia.clics <= AU_PLUS


def test_dix_dossiers_se_proposent_ensemble_sans_dix_fois_cinq_clics(lieu: Territoire) -> None:
    """From the list, both gestures on every file: ticking is not leaving the page."""
    for _ in range(10):
        lieu.demande(Etat.DEPOSEE)
    nadia = Compteuse(lieu.agents[Role.INSTRUCTEUR])
    nadia.accueil().suivre("Voir toute la liste")
    for geste in ("Prendre en instruction", "Proposer ce montant"):
        cases = nadia.page.xpath("//input[@name='_selected_action']/@value")
        action = nadia.page.xpath(f"//option[text()='{geste}']/@value")
        nadia.remplir(_selected_action=cases, action=action).appuyer("Exécuter").appuyer(geste)
        assert nadia.texte.count("c'est fait") == 10
    assert Demande.objects.filter(etat=Etat.PROPOSEE).count() == 10
    assert nadia.clics <= AU_PLUS
