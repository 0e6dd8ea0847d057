"""The sheet for the management: totals equal to the envelope to the cent; typed exports; scope."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader

from financements.etats import Etat
from financements.models import Enveloppe
from financements.point import point
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.usines_financements import FONDEUR, Territoire, mouvement, preparer_avenant, territoire

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def region(lieu: Territoire) -> Territoire:
    """Every kind of file on one envelope."""
    en_cours = lieu.demande(Etat.EN_EXECUTION, ecole=lieu.ecole("École payée"))
    preparer_avenant(en_cours)
    lieu.avancer(en_cours, "proposer_avenant", "viser_avenant", "accorder_avenant")
    lieu.demande(Etat.VISEE, ecole=lieu.ecole("École visée"))
    lieu.demande(Etat.RESILIEE, ecole=lieu.ecole("École résiliée"))
    lieu.demande(Etat.RETIREE, ecole=lieu.ecole("École retirée"))
    lieu.demande(Etat.REFUSEE, ecole=lieu.ecole("École refusée"))
    return lieu


def adresse(lieu: Territoire, genre: str) -> str:
    return reverse("admin:financements_enveloppe_point", args=[lieu.enveloppe.pk, genre])


def test_les_totaux_sont_ceux_de_l_enveloppe_au_centime(region: Territoire) -> None:
    feuille = point(region.enveloppe)
    enveloppe = region.enveloppe
    assert feuille.total.engage == enveloppe.ae_engagees == Decimal("208800.00")
    assert feuille.total.paye == enveloppe.cp_payes == Decimal("202200.00")
    assert feuille.total.propose == Decimal("202200.00")
    assert feuille.total.reste == Decimal("6600.00")
    assert [ligne.ecole for ligne in feuille.lignes] == ["École payée", "École résiliée", "École visée"]


def test_un_paiement_de_l_annee_d_apres_compte_sur_ses_cp(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    suivante = Enveloppe.objects.create(service_id="84", exercice=lieu.campagne.exercice + 1)
    mouvement(suivante, lieu.agents[Role.GESTIONNAIRE], "100000")
    assert point(suivante).lignes == ()
    paiement = demande.allocation.paiements.get()
    assert point(lieu.enveloppe).total.paye == paiement.montant


def test_le_classeur_est_type_et_finit_par_son_total(client: Client, region: Territoire) -> None:
    client.force_login(region.agents[Role.ORDONNATEUR])
    reponse = client.get(adresse(region, "xlsx"))
    feuille = load_workbook(io.BytesIO(reponse.content)).active
    assert feuille is not None
    lignes: list[Any] = list(feuille.values)
    assert lignes[0][0] == "École"
    assert lignes[-1][0] == "Total"
    assert lignes[-1][6] == pytest.approx(208_800)
    assert sum(ligne[6] or 0 for ligne in lignes[1:-1]) == pytest.approx(208_800)


def test_le_classeur_est_date_et_dit_l_enveloppe(client: Client, region: Territoire) -> None:
    client.force_login(region.agents[Role.ORDONNATEUR])
    classeur = load_workbook(io.BytesIO(client.get(adresse(region, "xlsx")).content))
    assert classeur.sheetnames == ["Point pour la direction", "Enveloppe"]
    titres, valeurs = list(classeur["Enveloppe"].values)
    lus = dict(zip(titres, valeurs, strict=True))
    assert lus["Situation au"].date() == aujourdhui()
    enveloppe = region.enveloppe
    assert lus["AE disponibles"] == pytest.approx(float(enveloppe.ae_disponibles))
    assert lus["CP payés"] == pytest.approx(float(enveloppe.cp_payes))
    assert list(titres)[2:] == [libelle for libelle, _ in point(enveloppe).comptes]


def test_la_feuille_tient_en_une_page(client: Client, region: Territoire) -> None:
    for rang in range(9):
        region.demande(Etat.ACCORDEE, ecole=region.ecole(f"Fonderie {rang}"), titre_id=FONDEUR,
                       effectif_demande=2, majorations_demandees=0)  # fmt: skip
    client.force_login(region.agents[Role.CHEF_DE_SERVICE])
    reponse = client.get(adresse(region, "pdf"))
    assert reponse["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(reponse.content)).pages
    assert len(pages) == 1
    texte = " ".join(pages[0].extract_text().split())
    assert "Point pour la direction" in texte
    assert "École payée" in texte


def test_une_autre_region_ne_trouve_pas_la_feuille(client: Client, region: Territoire) -> None:
    voisin = territoire("32", exercice=region.campagne)
    client.force_login(voisin.agents[Role.ORDONNATEUR])
    for genre in ("pdf", "xlsx"):
        assert client.get(adresse(region, genre)).status_code == 404
    client.force_login(region.directions[region.ecole()])
    assert client.get(adresse(region, "xlsx")).status_code in {403, 404}
    client.force_login(region.agents[Role.ORDONNATEUR])
    assert client.get(adresse(region, "ods")).status_code == 404


def test_le_point_coute_autant_de_requetes_a_dix_dossiers(
    lieu: Territoire, django_assert_num_queries: Any
) -> None:
    lieu.demande(Etat.VISEE)
    enveloppe = Enveloppe.objects.select_related("service").get()
    with django_assert_num_queries(1):
        point(enveloppe)
    for _ in range(5):
        lieu.demande(Etat.VISEE)
    with django_assert_num_queries(1):
        assert len(point(enveloppe).lignes) == 6


def test_la_liste_des_demandes_s_exporte_typee(client: Client, region: Territoire) -> None:
    client.force_login(region.agents[Role.GESTIONNAIRE])
    page = reverse("admin:financements_demande_exporter") + "?etape=toutes"
    assert "5 lignes" in client.get(page).content.decode()
    reponse: Any = client.post(page, {"format": "xlsx"})
    contenu = io.BytesIO(b"".join(reponse.streaming_content))
    feuille = load_workbook(contenu).active
    assert feuille is not None
    lignes = {ligne[1]: ligne for ligne in feuille.values}
    payee = lignes["École payée"]
    assert payee[5] == "En exécution"
    assert isinstance(payee[7], datetime)
    assert payee[14] == pytest.approx(208_800)
    assert payee[15] == pytest.approx(202_200)


def test_un_export_reste_dans_la_region_et_a_son_role(client: Client, region: Territoire) -> None:
    voisin = territoire("32", exercice=region.campagne)
    client.force_login(voisin.agents[Role.GESTIONNAIRE])
    page = reverse("admin:financements_demande_exporter") + "?etape=toutes"
    assert "5 lignes" not in client.get(page).content.decode()
    vide: Any = client.post(page, {"format": "csv"})
    assert region.enveloppe.demandes.first().numero not in b"".join(vide.streaming_content).decode()  # type: ignore[union-attr]
    client.force_login(region.directions[region.ecole()])
    assert client.get(page).status_code == 403
