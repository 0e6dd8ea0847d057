"""Cases that break such systems, each by its name; those that are not here have it in their own file."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from django.urls import reverse

from financements.etats import MACHINE, Etat
from financements.models import Demande, Paiement, Tranche
from financements.regles import repartir
from reseau.models import AffectationDreets
from reseau.nombres import aujourdhui, montrer_date
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.test_page_versements import envoi_de, texte
from tests.financements.test_versements import echeancier
from tests.usines_financements import Territoire, ajouter_ligne, saisies, territoire

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def adresse(mot: str, demande: Demande, *suite: Any) -> str:
    return reverse(f"admin:financements_demande_{mot}", args=[demande.pk, *suite])


# --- Three equal parts of 100 000


@pytest.mark.parametrize(
    ("parts", "attendus"),
    [
        (("33.33", "33.33", "33.34"), ("33333.33", "33333.33", "33333.34")),
        (("33.34", "33.33", "33.33"), ("33333.33", "33333.33", "33333.34")),
        (("16.66", "16.67", "16.67", "16.66", "16.67", "16.67"), ("16666.67",) * 5 + ("16666.65",)),
        (("50", "50"), ("50000.00", "50000.00")),
        (("33.30", "33.30", "33.40"), ("33300.00", "33300.00", "33400.00")),
        (("50", "30", "20"), ("50000.00", "30000.00", "20000.00")),
        (("100",), ("100000.00",)),
    ],
)
def test_trois_tranches_egales_de_100_000(parts: tuple[str, ...], attendus: tuple[str, ...]) -> None:
    montants = repartir(Decimal(100_000), [Decimal(part) for part in parts])
    assert montants == [Decimal(attendu) for attendu in attendus]
    assert sum(montants) == 100_000


def test_trois_tranches_egales_par_les_ecrans(lieu: Territoire) -> None:
    """202 200,00 in three: 67 400,00 each, nothing lost."""
    echeancier(lieu, ("33.33", "33.33", "33.34"))
    demande = lieu.demande(Etat.NOTIFIEE)
    assert (
        list(demande.allocation.tranches.order_by("rang").values_list("montant", flat=True))
        == [Decimal("67400.00")] * 3
    )


# --- Two tabs on "payer"


def test_deux_onglets_sur_payer(client: Client, lieu: Territoire) -> None:
    """Two parts are due, two pages show the first: the second page does not pay the other part."""
    echeancier(lieu, ("50", "50"))
    demande = lieu.demande(Etat.NOTIFIEE)
    client.force_login(lieu.agents[Role.LIQUIDATEUR])
    page = adresse("transition", demande, "payer")
    envois = [envoi_de(client, page) for _ in range(2)]
    assert envois[0]["cle"] != envois[1]["cle"]
    assert client.post(page, envois[0]).status_code == 302
    phrase = "La tranche que montrait cette page est déjà payée"
    assert phrase in texte(client.post(page, envois[1]))
    assert Paiement.objects.count() == 1


# --- An officer changes region at noon


def test_un_agent_change_de_region_a_midi(client: Client, lieu: Territoire) -> None:
    """The next request follows; what was done in the morning keeps its region and its author."""
    ailleurs = territoire("32", exercice=lieu.campagne)
    agent = lieu.agents[Role.INSTRUCTEUR]
    ici, la_bas = lieu.demande(Etat.DEPOSEE), ailleurs.demande(Etat.DEPOSEE)
    client.force_login(agent)
    assert client.post(adresse("transition", ici, "instruire")).status_code == 302
    assert client.get(adresse("change", la_bas)).status_code == 404
    AffectationDreets.objects.filter(utilisateur=agent).update(au=aujourdhui() - timedelta(1))
    AffectationDreets.objects.create(
        utilisateur=agent, service_id="32", role=Role.INSTRUCTEUR, du=aujourdhui()
    )
    assert client.get(adresse("change", ici)).status_code == 404
    assert client.post(adresse("transition", ici, "proposer")).status_code == 404
    assert client.get(adresse("change", la_bas)).status_code == 200
    assert client.post(adresse("transition", la_bas, "instruire")).status_code == 302
    ligne = ici.journal.get(evenement="instruire")
    assert (ligne.acteur, ligne.chaine) == (agent, "demande:84")


# --- A school that closes in March


@pytest.fixture
def fermee(lieu: Territoire) -> Demande:
    """Its grant is notified, two parts are planned, one is paid; then it closes."""
    echeancier(lieu, ("50", "50"))
    demande = lieu.avancer(lieu.demande(Etat.NOTIFIEE), "payer")
    demande.ecole.publication, demande.ecole.fermee_le = "fermee", aujourdhui() - timedelta(1)
    demande.ecole.save()
    return demande


def test_une_ecole_fermee_en_mars_ne_recoit_plus_d_avance(lieu: Territoire, fermee: Demande) -> None:
    with pytest.raises(TransitionRefusee, match="L'école est fermée depuis le"):
        MACHINE.franchir(fermee, "payer", Contexte(lieu.agents[Role.LIQUIDATEUR], saisies("payer")))
    assert Paiement.objects.count() == 1


def test_une_ecole_fermee_en_mars_rend_compte_et_recoit_son_solde(lieu: Territoire, fermee: Demande) -> None:
    soldee = lieu.avancer(fermee, "preparer_bilan", "deposer_bilan", "certifier", "solder")
    assert soldee.etat == Etat.SOLDEE
    assert soldee.montant_final == sum(p.montant for p in soldee.allocation.paiements.all())


def test_une_ecole_fermee_en_mars_peut_etre_resiliee(lieu: Territoire, fermee: Demande) -> None:
    lieu.avancer(fermee, "resilier")
    lieu.enveloppe.refresh_from_db()
    assert lieu.enveloppe.ae_engagees == Decimal("101100.00")


def test_une_ecole_fermee_en_mars_ne_demande_plus_rien(lieu: Territoire) -> None:
    demande = lieu.demande()
    demande.ecole.publication, demande.ecole.fermee_le = "fermee", aujourdhui()
    demande.ecole.save()
    with pytest.raises(TransitionRefusee, match=f"fermée depuis le {montrer_date(aujourdhui())}"):
        lieu.avancer(demande, "deposer")


def test_une_fermeture_a_venir_ne_bloque_rien(lieu: Territoire) -> None:
    demande = lieu.demande()
    demande.ecole.publication, demande.ecole.fermee_le = "fermee", aujourdhui() + timedelta(1)
    demande.ecole.save()
    assert lieu.avancer(demande, "deposer").etat == Etat.DEPOSEE


# --- A late row


def test_une_ligne_ne_se_glisse_pas_pendant_le_depot(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    with pytest.raises(Exception, match="ne changent plus"), transaction.atomic():
        ajouter_ligne(demande, annee=2)
    assert Tranche.objects.count() == 0
