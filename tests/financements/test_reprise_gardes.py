"""A row says "reprise" by the import alone: each guard of the database, tried by hand, refuses the forger."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from financements.etats import Etat
from financements.models import Allocation, Demande, Engagement, Paiement, Reprise
from reseau.models import LotImport
from reseau.nombres import aujourdhui, maintenant
from reseau.roles import Role
from reseau.socle.lots import accepter
from tests.bases import en_parallele
from tests.financements.conftest import a_la_porte, refuse
from tests.usines_financements import Territoire, territoire
from tests.usines_reprises import deposer, reprendre, une_ligne

if TYPE_CHECKING:
    from collections.abc import Iterator

HORS = "hors de l'import de reprise"


def gestionnaire(lieu: Territoire) -> Any:
    return lieu.agents[Role.GESTIONNAIRE]


@contextmanager
def porte(lot: LotImport) -> Iterator[None]:
    """As the import of this batch would write."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('edp.porte', %s, true)", [f"reprise:{lot.pk}"])
    yield
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('edp.porte', '', true)")


def fausse(lieu: Territoire, **valeurs: Any) -> Demande:
    """A file that calls itself taken over, past Python."""
    defaut = {
        "numero": f"{aujourdhui().year}-84-9999", "ecole": lieu.ecole(), "region_id": "84",
        "campagne": lieu.campagne, "enveloppe": lieu.enveloppe, "voie": "reprise", "etat": Etat.NOTIFIEE,
        "montant_propose": Decimal(1000), "numero_ej": "2100000077",
    }  # fmt: skip
    return Demande(**(defaut | valeurs))


def decidee(demande: Demande, **valeurs: Any) -> Allocation:
    defaut = {
        "demande": demande, "region_id": "84", "montant": Decimal(1000), "accordee_le": maintenant(),
        "origine": "reprise",
    }  # fmt: skip
    return Allocation(**(defaut | valeurs))


@pytest.fixture
def lot(lieu: Territoire) -> LotImport:
    """A takeover being accepted: its door may be opened."""
    return deposer(lieu, une_ligne(lieu.ecole()))


def poser(lieu: Territoire, lot: LotImport, demande: Demande) -> Demande:
    """The file and its proof, by the door."""
    demande.save(force_insert=True)
    Reprise.objects.create(
        demande=demande, lot=lot, ligne=9, numero_ej=demande.numero_ej, contenu={},
        reprise_par=gestionnaire(lieu),
    )  # fmt: skip
    return demande


@pytest.mark.django_db
class TestNaissance:
    """A file is born beyond its draft by the takeover only, and whole."""

    def test_sans_import_rien_ne_nait_repris(self, lieu: Territoire) -> None:
        with refuse("n'entre que par l'import de reprise"):
            fausse(lieu).save(force_insert=True)

    def test_un_import_deja_accepte_n_ouvre_plus_la_porte(self, lieu: Territoire) -> None:
        ancien = reprendre(lieu).reprise.lot
        with refuse("n'entre que par l'import de reprise"), porte(ancien):
            fausse(lieu).save(force_insert=True)

    def test_l_import_d_autre_chose_n_ouvre_pas_la_porte(self, lieu: Territoire, lot: LotImport) -> None:
        LotImport.objects.filter(pk=lot.pk).update(nature="chorus")
        with refuse("n'entre que par l'import de reprise"), porte(lot):
            fausse(lieu).save(force_insert=True)

    @pytest.mark.parametrize("etat", sorted(set(Etat) - {Etat.NOTIFIEE, Etat.EN_EXECUTION}))
    def test_un_dossier_repris_nait_notifie_ou_en_execution(
        self, lieu: Territoire, lot: LotImport, etat: str
    ) -> None:
        with refuse("n'entre que|ne peut pas naître"), porte(lot):
            fausse(lieu, etat=etat).save(force_insert=True)

    @pytest.mark.parametrize("etat", [Etat.NOTIFIEE, Etat.EN_EXECUTION])
    @pytest.mark.parametrize("voie", ["ecole", "service"])
    def test_une_autre_voie_nait_au_brouillon(
        self, lieu: Territoire, lot: LotImport, voie: str, etat: str
    ) -> None:
        with refuse("ne peut pas naître|entiere"), porte(lot):
            fausse(lieu, voie=voie, etat=etat).save(force_insert=True)

    @pytest.mark.parametrize("fonction", ["deposee", "instruite", "visee"])
    def test_un_dossier_repris_ne_nomme_personne(
        self, lieu: Territoire, lot: LotImport, fonction: str
    ) -> None:
        with refuse("elles restent vides"), porte(lot):
            fausse(lieu, **{f"{fonction}_par": gestionnaire(lieu)}).save(force_insert=True)

    @pytest.mark.parametrize("jour", ["deposee_le", "proposee_le", "visee_le"])
    def test_un_dossier_repris_ne_date_pas_ces_fonctions(
        self, lieu: Territoire, lot: LotImport, jour: str
    ) -> None:
        with refuse("elles restent vides"), porte(lot):
            fausse(lieu, **{jour: maintenant()}).save(force_insert=True)

    def test_sans_montant_un_dossier_repris_ne_nait_pas(self, lieu: Territoire, lot: LotImport) -> None:
        with refuse("demande_proposee_entiere"), porte(lot):
            fausse(lieu, montant_propose=None).save(force_insert=True)

    def test_un_dossier_repris_sans_decision_ne_reste_pas(self, lieu: Territoire, lot: LotImport) -> None:
        with refuse("a sa décision, son engagement"), porte(lot):
            poser(lieu, lot, fausse(lieu))

    def test_un_dossier_repris_sans_engagement_ne_reste_pas(self, lieu: Territoire, lot: LotImport) -> None:
        with refuse("a sa décision, son engagement"), porte(lot):
            decidee(poser(lieu, lot, fausse(lieu))).save(force_insert=True)

    def test_en_execution_veut_dire_paye(self, lieu: Territoire, lot: LotImport) -> None:
        with refuse("a sa décision, son engagement"), porte(lot):
            decision = decidee(poser(lieu, lot, fausse(lieu, etat=Etat.EN_EXECUTION)))
            decision.save(force_insert=True)
            engager(lieu, decision)

    def test_une_demande_ne_devient_pas_une_reprise(self, lieu: Territoire) -> None:
        demande = lieu.demande()
        with refuse("ne changent pas"):
            Demande.objects.filter(pk=demande.pk).update(voie="reprise")


def engager(lieu: Territoire, decision: Allocation, **valeurs: Any) -> None:
    defaut = {
        "allocation": decision, "enveloppe": lieu.enveloppe, "nature": "initial", "montant": Decimal(1000),
        "origine": "reprise", "saisi_par": gestionnaire(lieu),
    }  # fmt: skip
    Engagement(**(defaut | valeurs)).save(force_insert=True)


@pytest.mark.django_db
class TestOrigine:
    """No ledger line, decision or convention says "reprise" by itself."""

    def test_une_decision_de_l_outil_ne_se_dit_pas_reprise(self, lieu: Territoire) -> None:
        """Three persons would not be needed any more (F7)."""
        demande = lieu.demande(Etat.VISEE)
        with refuse(f"d'un dossier repris|{HORS}"), a_la_porte(demande):
            decidee(demande, montant=demande.montant_propose).save(force_insert=True)

    def test_une_decision_reprise_ne_nomme_personne(self, lieu: Territoire, lot: LotImport) -> None:
        with refuse("sans personne à nommer"), porte(lot):
            demande = poser(lieu, lot, fausse(lieu))
            decidee(demande, accordee_par=gestionnaire(lieu)).save(force_insert=True)

    def test_une_decision_reprise_a_le_montant_de_son_dossier(self, lieu: Territoire, lot: LotImport) -> None:
        with refuse("d'un dossier repris"), porte(lot):
            decidee(poser(lieu, lot, fausse(lieu)), montant=Decimal(999)).save(force_insert=True)

    @pytest.mark.parametrize("repris", [True, False])
    def test_un_engagement_ne_se_dit_pas_repris(self, lieu: Territoire, repris: bool) -> None:
        demande = reprendre(lieu) if repris else lieu.demande(Etat.EN_EXECUTION)
        with refuse(HORS):
            engager(lieu, demande.allocation, nature="avenant", montant=Decimal(1))

    @pytest.mark.parametrize("repris", [True, False])
    def test_un_paiement_ne_se_dit_pas_repris(self, lieu: Territoire, repris: bool) -> None:
        """Neither the second person (F8) nor the convention (F18) would be asked for any more."""
        demande = reprendre(lieu) if repris else lieu.demande(Etat.NOTIFIEE)
        with refuse(f"{HORS}|d'avant l'outil se reprend"), a_la_porte(demande):
            payer(lieu, demande)

    def test_un_paiement_repris_porte_l_engagement_de_son_dossier(
        self, lieu: Territoire, lot: LotImport
    ) -> None:
        with refuse("porte le numéro d'engagement juridique"), porte(lot):
            decision = decidee(poser(lieu, lot, fausse(lieu)))
            decision.save(force_insert=True)
            engager(lieu, decision)
            payer(lieu, decision.demande, numero_ej="2100000078")

    @pytest.mark.parametrize("repris", [True, False])
    def test_une_convention_ne_se_dit_pas_reprise(self, lieu: Territoire, repris: bool) -> None:
        demande = reprendre(lieu) if repris else lieu.demande(Etat.ACCORDEE)
        with refuse(HORS):
            demande.allocation.conventions.create(
                montant=1, signataire_ecole="A", signee_ecole_le=aujourdhui(), signataire_etat="B",
                signee_etat_le=aujourdhui(), origine="reprise", saisie_par=gestionnaire(lieu),
            )  # fmt: skip

    def test_un_reversement_ne_se_reprend_jamais(self, lieu: Territoire) -> None:
        demande = reprendre(lieu)
        with refuse(HORS), porte(demande.reprise.lot):
            demande.allocation.reversements.create(
                nature="ordre", montant=1, date_acte=aujourdhui(), origine="reprise",
                saisi_par=gestionnaire(lieu),
            )  # fmt: skip

    def test_un_mouvement_d_enveloppe_ne_se_reprend_jamais(self, lieu: Territoire) -> None:
        with refuse(HORS):
            lieu.enveloppe.mouvements.create(
                nature="complement", ae=1, cp=1, reference="X", date_acte=aujourdhui(), origine="reprise",
                saisi_par=gestionnaire(lieu),
            )  # fmt: skip

    def test_l_echeancier_d_un_dossier_repris_ne_change_que_par_une_transition(
        self, lieu: Territoire
    ) -> None:
        demande = reprendre(lieu)
        with refuse("que par une transition"):
            demande.allocation.tranches.filter(paiements=None).update(prevue_le=date(2030, 1, 1))

    def test_un_effectif_repris_ne_s_ajoute_pas_apres(self, lieu: Territoire) -> None:
        demande = reprendre(lieu, effectif="", diplome="")
        with refuse("ne changent plus"):
            demande.lignes.create(titre_id="50025437", effectif_demande=3, effectif_retenu=3, unitaire=9)

    def test_un_taux_a_soi_est_celui_d_un_dossier_repris(self, lieu: Territoire) -> None:
        ligne = lieu.demande().lignes.create(titre_id="50025437", effectif_demande=3, unitaire=9999)
        ligne.refresh_from_db()
        assert ligne.unitaire == 550


def payer(lieu: Territoire, demande: Demande, **valeurs: Any) -> None:
    defaut = {
        "cle": uuid4(), "allocation": demande.allocation, "enveloppe": lieu.enveloppe, "montant": Decimal(1),
        "paye_le": aujourdhui(), "numero_ej": demande.numero_ej, "origine": "reprise",
        "saisi_par": gestionnaire(lieu),
    }  # fmt: skip
    Paiement(**(defaut | valeurs)).save(force_insert=True)


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
