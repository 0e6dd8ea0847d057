"""A row says "reprise" by the import alone: each guard of the database, tried by hand, refuses the forger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from financements.etats import Etat
from financements.models import Demande
from reseau.models import LotImport
from reseau.nombres import aujourdhui, maintenant
from tests.financements.conftest import a_la_porte, refuse
from tests.usines_faux import HORS, decidee, engager, fausse, gestionnaire, payer, porte, poser
from tests.usines_reprises import deposer, reprendre, une_ligne

if TYPE_CHECKING:
    from tests.usines_financements import Territoire


@pytest.fixture
def lot(lieu: Territoire) -> LotImport:
    """A takeover being accepted: its door may be opened."""
    return deposer(lieu, une_ligne(lieu.ecole()))


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

    def test_la_porte_d_un_import_accepte_est_fermee(self, lieu: Territoire) -> None:
        demande = reprendre(lieu)
        with refuse(HORS), porte(demande.reprise.lot):
            payer(lieu, demande)
        with refuse("que par une transition"), porte(demande.reprise.lot):
            demande.allocation.tranches.create(rang=9, nature="acompte", montant=0, prevue_le=aujourdhui())

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
