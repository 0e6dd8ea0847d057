"""What an officer reads on several pages: the same amounts, and no sentence that is no longer true."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from financements.etats import Etat
from financements.pilotage_credits import registres
from financements.rapprochement import bilan
from financements.reprise_montree import reprise_montree
from financements.versements import versements
from reseau.nombres import aujourdhui, montrer_montant
from reseau.roles import Role
from reseau.socle.controles_python import LigneLue
from tests.financements.test_page_versements import texte
from tests.usines_reprises import reprendre

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Demande
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db
LISTE = "admin:financements_demande_changelist"


def page(client: Client, lieu: Territoire, demande: Demande, role: Role = Role.INSTRUCTEUR) -> str:
    client.force_login(lieu.agents[role])
    return texte(client.get(reverse("admin:financements_demande_change", args=[demande.pk])))


def trop_verse(lieu: Territoire, manque: int = 150) -> Demande:
    """Four fifths paid in advance, then learner-months that were not done, found by the certificate."""
    jour = aujourdhui()
    lieu.campagne.echeances.create(rang=1, nature="avance", part=80, prevue_le=jour)
    lieu.campagne.echeances.create(rang=2, nature="solde", part=20, prevue_le=jour, service_fait=True)
    lieu.manque = manque
    return lieu.demande(Etat.SERVICE_FAIT)


def test_apres_le_certificat_rien_ne_reste_a_payer_de_ce_qui_est_verse_en_trop(
    client: Client, lieu: Territoire
) -> None:
    demande = trop_verse(lieu)
    montre = versements(demande, interne=True)
    assert montre is not None
    assert montre.reste == montrer_montant(Decimal(0))
    vue = page(client, lieu, demande)
    assert "Versé en trop" in vue
    assert registres([lieu.region], lieu.campagne.exercice)[1] == []


def test_le_solde_a_payer_est_le_meme_sur_le_dossier_et_dans_les_previsions(lieu: Territoire) -> None:
    demande = trop_verse(lieu, manque=20)
    montre = versements(demande, interne=True)
    (prevision,) = registres([lieu.region], lieu.campagne.exercice)[1]
    assert montre is not None
    assert montre.reste == montrer_montant(prevision.montant)
    paye = demande.allocation.paiements.get().montant
    assert demande.montant_final is not None
    assert prevision.montant == demande.montant_final - paye > 0


def test_un_brouillon_n_est_le_montant_de_personne(client: Client, lieu: Territoire) -> None:
    brouillon = lieu.demande(Etat.BROUILLON)
    brouillon.refresh_from_db()
    lieu.demande(Etat.DEPOSEE, effectif_demande=10, majorations_demandees=0)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    vue = texte(client.get(reverse(LISTE)))
    assert brouillon.numero in vue
    assert "<strong>55 000,00 €</strong> envisagés" in vue
    assert montrer_montant(brouillon.montant_demande).replace("\xa0", " ").replace("\u202f", " ") not in vue


def test_la_liste_se_borne_a_un_exercice(client: Client, lieu: Territoire) -> None:
    ancienne = lieu.demande(Etat.REFUSEE)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    annee = lieu.campagne.exercice
    for choix, present in ((str(annee), True), (str(annee - 1), False), ("x", True)):
        vue = texte(client.get(reverse(LISTE), {"etape": "toutes", "exercice": choix}))
        assert (ancienne.numero in vue) is present


def test_le_rapprochement_compte_les_ecarts_avec_ce_qui_est_a_corriger() -> None:
    def lue(numero: int, **lu: str) -> LigneLue:
        ligne = LigneLue(numero, {}, dict(lu))
        ligne.dire("montant", "Non.")
        return ligne

    assert bilan([lue(1, ecart="0,01 €")]) == "0 rapproché, 1 écart de 0,01 €."
    assert bilan([lue(1, ecart="0,01 €"), lue(2)]) == "0 rapproché, 2 à corriger, dont 1 écart de 0,01 €."


def test_un_dossier_repris_et_clos_n_avertit_plus(client: Client, lieu: Territoire) -> None:
    demande = reprendre(lieu, accorde="30 000,00")
    assert "rien ne se paie tant que la convention" in page(client, lieu, demande)
    demande.etat = Etat.CLOSE
    montree = reprise_montree(demande, interne=True)
    assert montree is not None
    assert not [phrase for phrase in montree.manques if "rien ne se paie" in phrase]
