"""Dashboards: sums equal to the ledgers and the envelopes, Paris months, scope, queries, workbook."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse

from financements import pilotage_activite as activite
from financements import pilotage_budget as budget
from financements.etats import Etat
from financements.models import Engagement, Enveloppe, Paiement
from financements.pilotage import Chiffres, chiffrer
from financements.pilotage_credits import credits_visibles
from reseau.models import Commune
from reseau.nombres import montrer_montant
from reseau.roles import Role
from tests.usines_financements import (
    FONDEUR,
    Territoire,
    campagne,
    mouvement,
    territoire,
)
from tests.usines_reprises import deposer, geste, reprendre, une_ligne

if TYPE_CHECKING:
    from django.test import Client

    from reseau.models import Utilisateur

pytestmark = pytest.mark.django_db
REGIONAL = "admin:financements_enveloppe_tableau"
NATIONAL = "admin:financements_enveloppe_tableau_national"
REQUETES = 8


def chiffres(lieu: Territoire, exercice: int = 0, *, national: bool = False) -> Chiffres:
    lus = credits_visibles(lieu.agents[Role.ORDONNATEUR])
    return chiffrer(lus, exercice or lieu.campagne.exercice, national=national)


def sans_lien(_credit: Any) -> str:
    return ""


def somme(lignes: Any, rang: int) -> Any:
    return sum(ligne[rang] for ligne in lignes)


def test_les_totaux_sont_ceux_des_registres_et_de_l_enveloppe_au_centime(region_vivante: Territoire) -> None:
    lus, enveloppe = chiffres(region_vivante), region_vivante.enveloppe
    ae, cp = budget.autorisations(lus, sans_lien), budget.paiements(lus, sans_lien)
    assert ae.tableau.total == (
        *("Total", Decimal(0), enveloppe.ae_ouvertes, enveloppe.ae_engagees, enveloppe.ae_disponibles),
        *(Decimal("202200.00"), enveloppe.ae_disponibles - Decimal("202200.00")),
    )
    assert cp.tableau.total == (
        *("Total", Decimal(0), enveloppe.cp_ouverts, enveloppe.cp_payes, enveloppe.cp_disponibles),
    )
    mois = budget.mois_par_mois(lus).tableau.lignes
    assert somme(mois, 1) == mois[-1][2] == enveloppe.ae_engagees == total(Engagement)
    assert somme(mois, 3) == mois[-1][4] == enveloppe.cp_payes == total(Paiement)


def total(registre: Any) -> Decimal:
    return sum(registre.objects.values_list("montant", flat=True), Decimal(0))


def test_ce_qui_est_accorde_par_diplome_est_ce_que_disent_les_engagements(region_vivante: Territoire) -> None:
    accords = Engagement.objects.exclude(nature="desengagement")
    lus = chiffres(region_vivante)
    for section in (activite.metiers(lus), activite.lieux(lus)):
        assert section.tableau.total is not None
        assert section.tableau.total[-1] == sum(accords.values_list("montant", flat=True), Decimal(0))
        for rang in (-5, -4, -3, -2, -1):
            assert somme(section.tableau.lignes, rang) == section.tableau.total[rang]


def test_par_bassin_quand_les_communes_savent_le_leur(region_vivante: Territoire) -> None:
    vide = activite.bassins(chiffres(region_vivante))
    assert "ne connaît pas encore ces bassins" in vide.vide
    assert not vide.tableau.lignes
    communes = Commune.objects.filter(ecoles__demandes__isnull=False)
    communes.update(code_bassin="9901", nom_bassin="Bassin d'essai")
    lus = chiffres(region_vivante)
    section, total = activite.bassins(lus), lus.ventilation.total
    assert section.vide == ""
    assert [ligne[0] for ligne in section.tableau.lignes] == ["Bassin d'essai"]
    assert total is not None
    assert section.tableau.total is not None
    assert section.tableau.lignes[0][1:] == section.tableau.total[1:]
    assert section.tableau.total[-1] == total.accorde


def test_le_reste_a_payer_est_ce_qui_est_engage_et_pas_paye(region_vivante: Territoire) -> None:
    section = budget.previsions(chiffres(region_vivante))
    assert section.tableau.total is not None
    assert (
        section.tableau.total[-1] == region_vivante.enveloppe.ae_engagees - region_vivante.enveloppe.cp_payes
    )
    assert [ligne[0] for ligne in section.tableau.lignes][-1] == "Décision à notifier"


def test_un_gel_et_une_sous_enveloppe_ne_comptent_pas_deux_fois(region_vivante: Territoire) -> None:
    gestionnaire = region_vivante.agents[Role.GESTIONNAIRE]
    mouvement(region_vivante.enveloppe, gestionnaire, "-1000", "gel")
    fille = Enveloppe.objects.create(
        service_id="84",
        exercice=region_vivante.campagne.exercice,
        action="02",
        parent=region_vivante.enveloppe,
    )
    mouvement(fille, gestionnaire, "5000", "delegation")
    tableau = budget.autorisations(chiffres(region_vivante), sans_lien).tableau
    assert [ligne[0] for ligne in tableau.lignes] == ["Programme 103", "Programme 103, 02 (sous-enveloppe)"]
    assert tableau.total is not None
    assert tableau.total[1:3] == (Decimal(1000), Decimal("1189400.00"))
    assert tableau.total[4] == somme(tableau.lignes, 4)


def test_une_autre_region_n_entre_dans_aucun_chiffre(region_vivante: Territoire, client: Client) -> None:
    avant = chiffres(region_vivante)
    voisin = territoire("32", exercice=region_vivante.campagne)
    voisin.demande(Etat.EN_EXECUTION, titre_id=FONDEUR)
    voisin.demande(Etat.VISEE)
    voisin.demande(Etat.DEPOSEE)
    assert chiffres(region_vivante) == avant
    client.force_login(region_vivante.agents[Role.INSTRUCTEUR])
    assert client.get(reverse(REGIONAL) + "?region=32").status_code == 404
    page = client.get(reverse(REGIONAL)).content.decode()
    assert "Nord (59)" not in page
    assert "Loire (42)" in page


def test_les_mois_et_les_annees_sont_ceux_de_paris() -> None:
    minuit_moins = datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)
    with time_machine.travel(datetime(2026, 6, 1, 10, tzinfo=UTC)) as horloge:
        lieu = territoire(exercice=campagne(ouverte_au=date(2026, 12, 31)))
        visees = [lieu.demande(Etat.VISEE) for _ in range(2)]
        for demande, instant in zip(
            visees, (minuit_moins, datetime(2026, 6, 30, 22, 0, tzinfo=UTC)), strict=True
        ):
            horloge.move_to(instant)
            lieu.avancer(demande, "accorder")
    with time_machine.travel(minuit_moins):
        faits = {mois.rang: mois.engage for mois in chiffres(lieu, 2026).mois}
    assert faits == {7: Decimal("202200.00"), 12: Decimal("202200.00")}


def test_au_31_decembre_le_reste_est_a_payer_cette_annee_le_lendemain_la_suivante() -> None:
    with time_machine.travel(datetime(2026, 6, 1, 10, tzinfo=UTC)):
        lieu = territoire(exercice=campagne(ouverte_au=date(2026, 12, 31)))
        lieu.demande(Etat.NOTIFIEE)
    for instant, annee in (
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), 2026),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), 2027),
    ):
        with time_machine.travel(instant):
            lus = chiffres(lieu, 2026)
            phrase = budget.previsions(lus).phrases[0]
        assert [prevision.annee for prevision in lus.previsions] == [annee]
        attendu = montrer_montant(Decimal("202200.00") if annee == 2027 else Decimal(0))
        assert phrase == f"CP nécessaires en 2027 : {attendu}."


def test_une_tranche_apres_le_bilan_attend_la_fin_de_la_periode() -> None:
    with time_machine.travel(datetime(2026, 6, 1, 10, tzinfo=UTC)):
        lieu = territoire(exercice=campagne(periode_du=date(2026, 1, 1), periode_au=date(2026, 12, 31)))
        for rang, (part, fait) in enumerate(((70, False), (30, True)), 1):
            lieu.campagne.echeances.create(
                rang=rang, nature="solde", part=part, prevue_le=date(2026, 5, 1), service_fait=fait
            )
        lieu.demande(Etat.EN_EXECUTION)
        prevision = chiffres(lieu).previsions
    assert [(p.annee, p.mois, p.attend_le_service_fait) for p in prevision] == [(2027, 1, True)]
    assert prevision[0].montant == Decimal("60660.00")


def test_le_silence_de_deux_mois_se_compte_et_se_dit(lieu: Territoire) -> None:
    for etat in (Etat.DEPOSEE, Etat.A_COMPLETER, Etat.ACCORDEE):
        lieu.demande(etat)
    assert activite.situations(chiffres(lieu)).alerte == ""
    with time_machine.travel(datetime.now(UTC) + timedelta(days=70)):
        section = activite.situations(chiffres(lieu, lieu.campagne.exercice))
    assert section.alerte.startswith("1 dossier attend une réponse depuis plus de deux mois")


def test_un_delai_est_la_mediane_en_jours_de_paris() -> None:
    depart = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(depart) as horloge:
        lieu = territoire(exercice=campagne(2026, ouverte_au=date(2026, 12, 31)))
        for jours in (1, 4, 30):
            horloge.move_to(depart)
            demande = lieu.demande(Etat.VISEE)
            horloge.move_to(depart + timedelta(days=jours))
            lieu.avancer(demande, "accorder")
        lus = {delai.rang: delai for delai in chiffres(lieu).delais}
    assert (lus[4].nombre, lus[4].mediane, lus[4].plus_long) == (3, 4, 30)
    assert 5 not in lus


def test_les_effectifs_realises_viennent_des_bilans_deposes(lieu: Territoire) -> None:
    lieu.demande(Etat.BILAN_DEPOSE)
    lieu.demande(Etat.EN_EXECUTION)
    section = activite.effectifs(chiffres(lieu))
    assert section.tableau.total is not None
    assert section.tableau.total[1:3] == (720, 720)
    assert 0 < section.tableau.total[3] <= 360
    assert "1 sur 2" in section.phrases[1]


def test_le_pays_additionne_les_regions(
    region_vivante: Territoire, lecteur: Utilisateur, client: Client
) -> None:
    voisin = territoire("32", exercice=region_vivante.campagne)
    voisin.demande(Etat.EN_EXECUTION)
    lus = chiffrer(credits_visibles(lecteur), region_vivante.campagne.exercice, national=True)
    tableau = budget.autorisations(lus, sans_lien).tableau
    assert len(tableau.lignes) == 2
    assert tableau.total is not None
    assert tableau.total[3] == region_vivante.enveloppe.ae_engagees + voisin.enveloppe.ae_engagees
    assert len(activite.lieux(lus).tableau.lignes) == 2
    client.force_login(lecteur)
    page = client.get(reverse(NATIONAL)).content.decode()
    assert f"?region=32&amp;exercice={region_vivante.campagne.exercice}" in page
    assert client.get(reverse(REGIONAL) + "?region=32").status_code == 200


def test_un_dossier_repris_compte_a_ses_dates_et_au_centime(lieu: Territoire) -> None:
    reprendre(lieu, effectif="7")  # 7 learners x 10 months x 285,7143 is one cent more than was granted
    reprendre(lieu, ej="2100000002", effectif="", diplome="")
    lus = chiffres(lieu)
    section = activite.metiers(lus)
    assert section.tableau.lignes[-1][0] == "Repris, sans détail"
    assert section.tableau.total is not None
    assert section.tableau.total[-1] == somme(section.tableau.lignes, -1) == Decimal(40_000)
    assert {mois.rang: (mois.engage, mois.paye) for mois in lus.mois} == {
        1: (Decimal(40_000), Decimal(20_000))
    }
    assert lus.delais == []


def test_une_reprise_annulee_ne_laisse_rien_dans_les_chiffres(lieu: Territoire) -> None:
    lot = geste(lieu, deposer(lieu, une_ligne(lieu.ecole())))
    geste(lieu, lot, "annuler")
    lus = chiffres(lieu)
    assert [(mois.engage, mois.paye) for mois in lus.mois] == [(Decimal(0), Decimal(0))]
    assert lus.previsions == []
    assert lus.total.ae_engagees == lus.total.cp_payes == 0
