"""At the very limit: the last euro passes, the exact threshold falls on one side, today is not tomorrow."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ecoles.models import Ecole
from financements.avenants import engage
from financements.etats import MACHINE, Etat
from financements.models import Campagne, Demande
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte
from tests.financements.test_gardes import refus
from tests.financements.test_versements import echeancier
from tests.usines_financements import Territoire, mouvement, preparer_avenant, saisies, territoire
from tests.usines_reprises import reprendre

pytestmark = pytest.mark.django_db
CHAINE = ("proposer_avenant", "viser_avenant", "accorder_avenant")


def dits(lieu: Territoire, demande: Demande, nom: str, **valeurs: Any) -> list[str]:
    """What prevents this move, asked of the door; spaces plain."""
    demande.refresh_from_db()
    contexte = Contexte(lieu.qui(nom, demande.ecole), saisies(nom, **valeurs))
    phrases = MACHINE.refus(Demande.objects.get(pk=demande.pk), nom, contexte)
    return [phrase.replace("\u202f", " ").replace("\xa0", " ") for phrase in phrases]


@pytest.fixture
def dossier(lieu: Territoire) -> Demande:
    """202 200,00 EUR granted for 360 learner-months, 140 of them with a supplement; half of it paid."""
    echeancier(lieu, ("50", "30", "20"))
    return lieu.demande(Etat.EN_EXECUTION)


# --- The last euro


def test_une_enveloppe_juste_assez_grande_accorde_et_paie_tout() -> None:
    lieu = territoire(ouvert="202200.00")
    lieu.demande(Etat.EN_EXECUTION)
    assert (lieu.enveloppe.ae_disponibles, lieu.enveloppe.cp_disponibles) == (0, 0)


def test_un_avenant_prend_le_dernier_euro(lieu: Territoire, dossier: Demande) -> None:
    de_trop = lieu.enveloppe.ae_disponibles - Decimal(6600)
    mouvement(lieu.enveloppe, lieu.agents[Role.GESTIONNAIRE], f"-{de_trop}", "retrait")
    preparer_avenant(dossier)
    lieu.avancer(dossier, *CHAINE)
    assert lieu.enveloppe.ae_disponibles == 0


def test_un_avenant_descend_jusqu_a_ce_qui_est_verse(lieu: Territoire, dossier: Demande) -> None:
    preparer_avenant(dossier, -180, -70)
    lieu.avancer(dossier, *CHAINE)
    assert engage(dossier.allocation) == Decimal("101100.00")


@pytest.mark.parametrize("mois", [(0, 220), (-360, -140)], ids=["tous majorés", "plus aucun"])
def test_un_avenant_va_au_bout_des_mois_convenus(
    lieu: Territoire, dossier: Demande, mois: tuple[int, int]
) -> None:
    preparer_avenant(dossier, *mois)
    assert [p for p in dits(lieu, dossier, "proposer_avenant") if "déjà versé" not in p] == []


# --- The exact threshold


def test_au_seuil_exact_le_trop_verse_se_reclame(lieu: Territoire) -> None:
    lieu.manque = 9
    demande = lieu.demande(Etat.SERVICE_FAIT)
    Campagne.objects.update(seuil_reversement=4950)
    assert dits(lieu, demande, "renoncer") == ["On ne renonce qu'à une somme inférieure à 4 950,00 €."]
    assert dits(lieu, demande, "reclamer") == []


def test_sans_trop_verse_le_seuil_ne_se_dit_pas(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.SERVICE_FAIT)
    Campagne.objects.update(seuil_reversement=4950)
    assert dits(lieu, demande, "reclamer") == [
        "L'école n'a pas reçu plus que le montant final : il n'y a rien à réclamer."
    ]


def test_l_ecole_resiliee_garde_au_plus_tout_ce_qu_elle_a_recu(lieu: Territoire, dossier: Demande) -> None:
    paye = Decimal("101100.00")
    assert dits(lieu, dossier, "resilier", montant_acquis=paye) == []
    demande = MACHINE.franchir(
        dossier,
        "resilier",
        Contexte(lieu.agents[Role.ORDONNATEUR], saisies("resilier", montant_acquis=paye - 1)),
    )
    demande = lieu.avancer(demande, "reclamer_resiliation")
    assert dits(lieu, demande, "recouvrer_resiliation", montant_rendu=Decimal(0)) == [
        "La somme rendue est plus que zéro, et au plus 1,00 €."
    ]


# --- Today


def test_un_versement_de_demain_n_existe_pas(lieu: Territoire) -> None:
    demain = aujourdhui() + timedelta(1)
    phrases = refus(lieu, lieu.demande(Etat.NOTIFIEE), "payer", **saisies("payer", paye_le=demain))
    assert "La date du paiement est dans le futur." in phrases


def test_le_jour_de_sa_fermeture_une_ecole_ne_recoit_plus_d_avance(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    Ecole.objects.filter(pk=demande.ecole_id).update(publication="fermee", fermee_le=aujourdhui())
    (phrase,) = dits(lieu, demande, "payer")
    assert "rien ne se verse d'avance" in phrase


# --- A number that is free again


def test_le_numero_d_une_reprise_annulee_sert_de_nouveau(lieu: Territoire) -> None:
    reprise = reprendre(lieu)
    numero = reprise.numero_ej
    lieu.avancer(reprise, "annuler_reprise")
    assert dits(lieu, lieu.demande(Etat.CONVENTIONNEE), "notifier", numero_ej=numero) == [
        "Le PDF de la décision n'est pas encore produit : réessayez dans un instant.",
        "Il manque le SIRET de la DREETS Auvergne-Rhône-Alpes : l'administrateur le saisit.",
    ]
