"""Half a cent is rounded the same in SQL, in Python, on the page, in a cell and on paper."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.urls import reverse
from openpyxl import load_workbook

from financements.etats import Etat
from reseau.nombres import arrondi_centime
from reseau.roles import Role
from reseau.socle.export_classeurs import ecrire_xlsx
from reseau.socle.exports import ColonneExport, Export
from tests.financements.test_actes_imprimes import imprimes
from tests.financements.test_page_versements import texte
from tests.financements.test_versements import echeancier
from tests.usines_financements import METALLIER, Territoire, preparer_avenant

if TYPE_CHECKING:
    from django.test import Client
    from openpyxl.cell import Cell

    from financements.models import Demande

pytestmark = pytest.mark.django_db
DEUX_DECIMALES = "#,##0.00"


def exporter(client: Client, genre: str) -> bytes:
    reponse: Any = client.post(
        reverse("admin:financements_demande_exporter") + "?etape=toutes", {"format": genre}
    )
    return b"".join(reponse.streaming_content)


def cellule(classeur: bytes, titre: str) -> Cell:
    """The only cell under this heading."""
    feuille: Any = load_workbook(io.BytesIO(classeur)).active
    (rang,) = (rang for rang, entete in enumerate(feuille[1], 1) if entete.value == titre)
    assert feuille.max_row == 2
    trouvee: Cell = feuille.cell(2, rang)
    return trouvee


def page(client: Client, demande: Demande) -> str:
    return texte(client.get(reverse("admin:financements_demande_change", args=[demande.pk])))


@pytest.mark.parametrize(
    ("unitaire", "effectif", "mois", "attendu"),
    [("0.7525", 1, 10, "7.53"), ("549.048", 131, 1, "71925.29"), ("0.0050", 1, 1, "0.01")],
)
def test_un_demi_centime_s_arrondit_pareil_partout(
    client: Client, lieu: Territoire, unitaire: str, effectif: int, mois: int, attendu: str
) -> None:
    """SQL's own column, Python's simulation, the page, the exported cells and the printed receipt."""
    from financements.simulations import chiffrer

    lieu.campagne.baremes.create(version=2, unitaire=Decimal(unitaire))
    demande = lieu.demande(Etat.DEPOSEE, effectif_demande=effectif, majorations_demandees=0, mois=mois)
    ligne = demande.lignes.get()
    assert ligne.montant_demande == Decimal(attendu)
    assert chiffrer(ligne, effectif, 0, {None: (Decimal(unitaire), Decimal(0))}) == Decimal(attendu)
    assert arrondi_centime(Decimal(unitaire) * effectif * mois) == Decimal(attendu)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    lu = attendu.replace(".", ",")
    assert f"{lu} €" in page(client, demande).replace("71 925", "71925")
    assert lu in exporter(client, "csv").decode().replace("\xa0", "").replace("\u202f", "").replace(" ", "")
    case = cellule(exporter(client, "xlsx"), "Montant demandé")
    assert (repr(case.value), case.number_format) == (attendu, DEUX_DECIMALES)
    recu, _ = imprimes(demande)["recu"]
    assert f"{lu} €" in texte_plat(recu).replace("71 925", "71925")


def texte_plat(mots: str) -> str:
    return mots.replace("\xa0", " ").replace("\u202f", " ").replace("\u2212", "-")


def test_moins_7_505_fait_moins_7_51_partout(client: Client, lieu: Territoire) -> None:
    """Ten learner-months fewer at 0,7505: away from zero in SQL, Python, the ledger, a cell, the act."""
    lieu.campagne.baremes.create(version=2, unitaire=Decimal("0.7505"))
    echeancier(lieu, ("50", "50"))
    demande = lieu.demande(Etat.EN_EXECUTION, mois=10, effectif_demande=36, majorations_demandees=0)
    verser_moins(lieu, demande)
    attendu = Decimal("-7.51")
    with connection.cursor() as curseur:
        curseur.execute("SELECT round(-7.505, 2)")
        assert curseur.fetchone() == (attendu,)
    assert arrondi_centime(Decimal("-7.505")) == attendu
    avenant = demande.allocation.avenants.get()
    assert avenant.lignes.get().montant == avenant.montant == avenant.engagement.montant == attendu
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert "- 7,51 €" in texte_plat(page(client, demande))
    case = cellule(exporter(client, "xlsx"), "Engagé")
    assert (repr(case.value), case.number_format) == ("262.67", DEUX_DECIMALES)  # 270,18 - 7,51
    acte, _ = imprimes(demande)["avenant"]
    assert "- 7,51 €" in texte_plat(acte)


def verser_moins(lieu: Territoire, demande: Demande) -> None:
    preparer_avenant(demande, -10, titre_id=METALLIER)
    lieu.avancer(demande, "proposer_avenant", "viser_avenant", "accorder_avenant")


def test_une_cellule_negative_garde_son_signe_et_ses_deux_decimales() -> None:
    """A signed ledger line, in the writer of every workbook."""
    export = Export("essai", "essai", "demande.voir", (ColonneExport("Variation", "pk", "montant"),))
    sortie = io.BytesIO()
    ecrire_xlsx(export, [(arrondi_centime(Decimal("-7.505")),)], sortie)
    case = cellule(sortie.getvalue(), "Variation")
    assert (repr(case.value), case.number_format) == ("-7.51", DEUX_DECIMALES)
