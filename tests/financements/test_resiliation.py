"""A terminated decision: what the school keeps is decided, the rest is claimed and comes back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from financements.etats import MACHINE, Etat
from financements.invariants import violations
from financements.models import Demande
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.conftest import a_la_porte, refuse
from tests.financements.test_page_versements import texte
from tests.usines_financements import Territoire, saisies

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PAYE = Decimal("60660.00")


@pytest.fixture
def paye(lieu: Territoire) -> Demande:
    """202 200,00 granted, 60 660,00 paid."""
    for rang, part in ((1, 30), (2, 70)):
        lieu.campagne.echeances.create(rang=rang, nature="avance", part=part, prevue_le=aujourdhui())
    return lieu.demande(Etat.EN_EXECUTION)


def franchir(lieu: Territoire, demande: Demande, nom: str, **valeurs: Any) -> Demande:
    return MACHINE.franchir(demande, nom, Contexte(lieu.qui(nom, demande.ecole), saisies(nom, **valeurs)))


def refus(lieu: Territoire, demande: Demande, nom: str, **valeurs: Any) -> list[str]:
    with pytest.raises(TransitionRefusee) as refuse_:
        franchir(lieu, demande, nom, **valeurs)
    return refuse_.value.refus


def fautes() -> list[str]:
    return [invariant.code for invariant, exemples in violations() if exemples]


def test_ce_que_l_ecole_ne_garde_pas_revient_par_parties(lieu: Territoire, paye: Demande) -> None:
    demande = franchir(lieu, paye, "resilier", montant_acquis=Decimal("20000.00"))
    assert (demande.montant_final, lieu.enveloppe.ae_engagees) == (Decimal(20000), PAYE)
    lettre = demande.actes.get(nature="resiliation").document.contexte
    assert (lettre["acquis"], lettre["trop"]) == ("20\u202f000,00\u00a0€", "40\u202f660,00\u00a0€")
    demande = franchir(lieu, demande, "reclamer_resiliation")
    assert demande.actes.get(nature="ordre").document.contexte["resiliee"] is True
    assert lieu.enveloppe.ae_engagees == PAYE, "rien n'est rendu à l'enveloppe avant d'être revenu"
    for rendu, reste in (("40000.00", "20660.00"), ("660.00", "20000.00")):
        demande = franchir(lieu, demande, "recouvrer_resiliation", montant_rendu=Decimal(rendu))
        assert lieu.enveloppe.ae_engagees == Decimal(reste)
    assert demande.etat == Etat.RESILIEE
    assert refus(lieu, demande, "recouvrer_resiliation", montant_rendu=Decimal(1)) == [
        "Aucune somme n'est à rendre sur ce dossier."
    ]
    assert fautes() == []


def test_une_somme_a_rendre_ne_revient_pas_demain(lieu: Territoire, paye: Demande) -> None:
    demande = franchir(lieu, paye, "resilier", montant_acquis=Decimal(0))
    demande = franchir(lieu, demande, "reclamer_resiliation")
    demain = aujourdhui() + timedelta(1)
    assert refus(lieu, demande, "recouvrer_resiliation", rendu_le=demain) == ["Cette date est dans le futur."]
    assert lieu.enveloppe.ae_engagees == PAYE


def test_sans_montant_dit_l_ecole_garde_ce_qui_est_verse(lieu: Territoire, paye: Demande) -> None:
    demande = franchir(lieu, paye, "resilier")
    assert demande.montant_final == PAYE
    assert refus(lieu, demande, "reclamer_resiliation") == [
        "L'école n'a pas reçu plus que le montant final : il n'y a rien à réclamer."
    ]


@pytest.mark.parametrize("montant", ["60660.01", "-0.01"])
def test_l_ecole_garde_au_plus_ce_qui_lui_est_verse(lieu: Territoire, paye: Demande, montant: str) -> None:
    assert refus(lieu, paye, "resilier", montant_acquis=Decimal(montant)) == [
        "L'école garde au plus ce qui lui a été versé : 60\u202f660,00\u00a0€."
    ]


def test_la_base_borne_ce_que_l_ecole_garde(lieu: Territoire, paye: Demande) -> None:
    """Past Python: an unpaid part must not stay committed, nor more be kept than was paid."""
    for valeurs in ({"montant_final": None}, {"montant_final": PAYE + 1}, {"montant_final": Decimal(-1)}):
        with refuse("garde au plus ce qui est payé|CHECK|check"), a_la_porte(paye):
            Demande.objects.filter(pk=paye.pk).update(etat=Etat.RESILIEE, **valeurs)
    with refuse("garde au plus ce qui est payé"), a_la_porte(paye):
        Demande.objects.filter(pk=paye.pk).update(etat=Etat.RESILIEE, montant_final=PAYE)


def test_une_somme_ne_se_reclame_pas_deux_fois(lieu: Territoire, paye: Demande) -> None:
    demande = franchir(lieu, paye, "resilier", montant_acquis=Decimal(0))
    demande = franchir(lieu, demande, "reclamer_resiliation")
    assert "il n'y a rien à réclamer" in " ".join(refus(lieu, demande, "reclamer_resiliation"))
    assert refus(lieu, demande, "recouvrer_resiliation", montant_rendu=PAYE + 1) == [
        "La somme rendue est plus que zéro, et au plus 60\u202f660,00\u00a0€."
    ]


def test_sous_le_seuil_on_y_renonce_avec_la_raison(lieu: Territoire, paye: Demande) -> None:
    lieu.campagne.seuil_reversement = Decimal(100)
    lieu.campagne.save()
    paye.refresh_from_db()
    demande = franchir(lieu, paye, "resilier", montant_acquis=PAYE - 50)
    assert "n'est pas réclamée" in " ".join(refus(lieu, demande, "reclamer_resiliation"))
    assert "Écrivez la raison." in refus(lieu, demande, "renoncer_resiliation", motif="")
    demande = franchir(lieu, demande, "renoncer_resiliation", motif="Trop peu pour être réclamé.")
    assert refus(lieu, demande, "renoncer_resiliation", motif="Encore.") == [
        "L'école n'a pas reçu plus que le montant final : il n'y a rien à réclamer."
    ]
    assert fautes() == []


def test_au_dessus_du_seuil_on_ne_renonce_pas(lieu: Territoire, paye: Demande) -> None:
    demande = franchir(lieu, paye, "resilier", montant_acquis=Decimal(0))
    assert "On ne renonce qu'à une somme inférieure" in " ".join(
        refus(lieu, demande, "renoncer_resiliation", motif="Par faveur.")
    )


def test_par_les_pages_chacun_lit_ce_qui_lui_revient(client: Client, lieu: Territoire, paye: Demande) -> None:
    page = reverse("admin:financements_demande_change", args=[paye.pk])
    geste = reverse("admin:financements_demande_transition", args=[paye.pk, "resilier"])
    client.force_login(lieu.agents[Role.ORDONNATEUR])
    envoi = {"entendue_le": aujourdhui().isoformat(), "motif": "L'école ferme.", "montant_acquis": "1e5"}
    assert client.post(geste, envoi).status_code == 200
    assert client.post(geste, envoi | {"montant_acquis": "20 000,00"}).status_code == 302
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    assert "Sommes versées en trop" in texte(client.get("/admin/"))
    assert "Réclamer le trop-versé" in texte(client.get(page))
    lieu.avancer(Demande.objects.get(pk=paye.pk), "reclamer_resiliation")
    vue = texte(client.get(page))
    assert "Enregistrer la somme rendue" in vue
    assert "Réclamer le trop-versé" not in vue
    saisie = client.get(
        reverse("admin:financements_demande_transition", args=[paye.pk, "recouvrer_resiliation"])
    )
    assert 'value="40660,00"' in saisie.content.decode()
    client.force_login(lieu.directions[paye.ecole])
    assert "une somme est à rendre" in texte(client.get(page))
