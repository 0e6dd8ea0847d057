"""What was taken over is kept and taken back by its contraries; 300 lines cost one; two at once pass one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from financements.etats import Etat
from financements.models import Demande, Reprise
from reseau.nombres import maintenant
from reseau.socle.lots import accepter
from tests.bases import en_parallele
from tests.financements.conftest import a_la_porte, refuse
from tests.usines_faux import HORS, engager, gestionnaire, payer, porte
from tests.usines_financements import Territoire, territoire
from tests.usines_reprises import deposer, reprendre, une_ligne

if TYPE_CHECKING:
    from reseau.models import LotImport


@pytest.fixture
def lot(lieu: Territoire) -> LotImport:
    """A takeover being accepted: its door may be opened."""
    return deposer(lieu, une_ligne(lieu.ecole()))


@pytest.mark.django_db
class TestRetour:
    """What was taken over is kept; it is taken back by its contraries, through its own file."""

    def test_la_preuve_d_une_reprise_ne_change_pas(self, lieu: Territoire) -> None:
        reprise = reprendre(lieu).reprise
        with refuse("garde ce que le fichier disait"):
            Reprise.objects.filter(pk=reprise.pk).update(contenu={})
        with refuse("garde ce que le fichier disait"):
            Reprise.objects.filter(pk=reprise.pk).update(
                annulee_le=maintenant(), annulee_par=gestionnaire(lieu)
            )
        with refuse("ne s'efface pas"):
            Reprise.objects.filter(pk=reprise.pk).delete()

    def test_une_preuve_ne_s_ajoute_pas_a_un_dossier_de_l_outil(
        self, lieu: Territoire, lot: LotImport
    ) -> None:
        demande = lieu.demande(Etat.NOTIFIEE)
        with refuse("n'entre que par l'import de reprise"), porte(lot):
            Reprise.objects.create(
                demande=demande, lot=lot, ligne=2, numero_ej=demande.numero_ej, contenu={},
                reprise_par=gestionnaire(lieu),
            )  # fmt: skip

    def test_sans_ses_contraires_une_reprise_ne_s_annule_pas(self, lieu: Territoire) -> None:
        demande = reprendre(lieu)
        with refuse("ses montants repris un à un"), a_la_porte(demande):
            Demande.objects.filter(pk=demande.pk).update(etat=Etat.RETIREE)

    def test_un_dossier_de_l_outil_ne_se_retire_pas_apres_sa_decision(self, lieu: Territoire) -> None:
        demande = lieu.demande(Etat.NOTIFIEE)
        with refuse("Seule une reprise s'annule"), a_la_porte(demande):
            Demande.objects.filter(pk=demande.pk).update(etat=Etat.RETIREE)

    def test_un_paiement_contraire_passe_par_la_porte_de_son_dossier(self, lieu: Territoire) -> None:
        demande = reprendre(lieu)
        with refuse(HORS):
            payer(lieu, demande, montant=Decimal(-10000))
        with refuse("que ce qui est engagé"), a_la_porte(demande):
            payer(lieu, demande, montant=Decimal(-10001))

    def test_un_paiement_de_l_outil_n_est_pas_negatif(self, lieu: Territoire) -> None:
        demande = reprendre(lieu)
        with refuse("paiement_positif|tranche de sa décision"), a_la_porte(demande):
            payer(lieu, demande, montant=Decimal(-1), origine="outil")

    def test_un_engagement_contraire_passe_par_la_porte_de_son_dossier(self, lieu: Territoire) -> None:
        demande = reprendre(lieu)
        with refuse(HORS):
            engager(lieu, demande.allocation, nature="desengagement", montant=Decimal(-1))


# --- size and race


@pytest.mark.django_db
def test_un_fichier_de_trois_cents_lignes_coute_les_requetes_d_une(lieu: Territoire) -> None:
    couts = []
    for rang, nombre in enumerate((1, 300)):
        lignes = [
            une_ligne(lieu.ecole(), ej=f"21{rang}{n:07d}", accorde="1 000,00", paye="400,00")
            for n in range(nombre)
        ]
        lot = deposer(lieu, *lignes)
        with CaptureQueriesContext(
            connection,
        ) as captures:
            assert accepter(lot, gestionnaire(lieu))
        couts.append(len(captures))
    assert Demande.objects.count() == 301
    assert couts[1] == couts[0], couts


@pytest.mark.course
def test_le_meme_engagement_repris_deux_fois_au_meme_instant_ne_passe_qu_une(base_jetable: str) -> None:
    lieu = territoire()
    lots = [deposer(lieu, une_ligne(ecole)) for ecole in (lieu.ecole(), lieu.ecole())]
    par = gestionnaire(lieu)
    issues = en_parallele(*(lambda lot=lot: accepter(lot, par) for lot in lots))
    assert sorted(issue is True for issue in issues) == [False, True], issues
    assert (Demande.objects.count(), lieu.enveloppe.ae_engagees) == (1, Decimal(20000))
