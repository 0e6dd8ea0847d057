"""What the funding side reads of the orders: plain figures, of one school and one year."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commandes.etats import MACHINE
from commandes.indicateurs import Indicateurs, indicateurs
from reseau.nombres import aujourdhui
from reseau.socle.etats import Contexte
from tests.usines import BlocUsine, ClientUsine, CommandeUsine, LigneUsine, PointageUsine

if TYPE_CHECKING:
    from tests.commandes.conftest import Atelier

pytestmark = pytest.mark.django_db
ANNEE = aujourdhui().year


def noter(atelier: Atelier, **autres: object) -> None:
    PointageUsine(
        commande=atelier.commande, saisi_par=atelier.maitre, jour=aujourdhui(),
        **({"apprenant": atelier.malo} | autres),
    )  # fmt: skip


def test_les_chiffres_sont_ceux_de_l_ecole_et_de_l_annee(atelier: Atelier, voisin: Atelier) -> None:
    bloc = BlocUsine(code="BC02")
    noter(atelier, minutes=120, bloc=bloc)
    noter(atelier, minutes=30)
    noter(atelier, minutes=60, apprenant=atelier.ines)
    noter(atelier, minutes=45, etat="a_regulariser", motif="Il manque l'avis.")
    noter(voisin, minutes=400)
    contexte = Contexte(atelier.maitre, {"recu_par": "Mme Roux"})
    particulier = ClientUsine(ecole=atelier.ecole, nature="particulier")
    autre = CommandeUsine(ecole=atelier.ecole, client=particulier)
    LigneUsine(commande=autre, quantite=Decimal(2))
    LigneUsine(commande=CommandeUsine(ecole=atelier.ecole))
    for commande in (atelier.commande, autre):
        MACHINE.franchir(MACHINE.franchir(commande, "lancer", contexte), "livrer", contexte)
    assert indicateurs(atelier.ecole.pk, ANNEE) == Indicateurs(
        minutes=210,
        minutes_a_regulariser=45,
        minutes_par_bloc={"BC02": 120, "": 90},
        nb_jeunes=2,
        chiffre_affaires=Decimal("4464.90"),
        nb_commandes=2,
        nb_entreprises=1,
        nb_a_l_heure=2,
    )
    assert indicateurs(atelier.ecole.pk, ANNEE - 3) == Indicateurs()


def test_quatre_requetes_quelle_que_soit_la_taille(atelier: Atelier) -> None:
    noter(atelier)
    with CaptureQueriesContext(connection) as requetes:
        indicateurs(atelier.ecole.pk, ANNEE)
    assert len(requetes) == 4
