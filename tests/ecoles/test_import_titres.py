"""The register of France compétences: codes and closing dates of known diplomas, nothing guessed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile

from ecoles.models import Titre
from reseau.roles import Role
from reseau.socle.attente import lire_le_lot
from reseau.socle.lots import accepter, annuler, corriger, deposer
from tests.classeurs import csv
from tests.ecoles.imports import ligne, propositions, textes, verdicts
from tests.monde import poser_le_monde

if TYPE_CHECKING:
    from reseau.models import LotImport

pytestmark = pytest.mark.django_db
ENTETE = ("Numero_Fiche", "Intitule", "Nomenclature_Europe_Niveau", "Date_Fin_Enregistrement", "Actif")
METALLIER = "50025439"


def _lire(*lignes: tuple[Any, ...]) -> LotImport:
    octets = csv(ENTETE, *lignes)
    lot = deposer("titres", ContentFile(octets, name="export_fiches.csv"), {}, par=None, territoire=None)
    lire_le_lot(lot)
    assert lot.etat == "a_verifier", lot.refus
    return lot


def test_un_code_connu_recoit_sa_date_de_fermeture() -> None:
    Titre.objects.filter(pk=METALLIER).update(code_rncp="RNCP38744", ferme_le=None)
    lot = _lire(("RNCP38744", "Métallier", "NIV3", "31/08/2027", "INACTIVE"))
    assert ligne(lot, 2).differences == [{"champ": "fin", "avant": "", "apres": "31/08/2027"}]
    accepter(lot, None)
    assert Titre.objects.get(pk=METALLIER).ferme_le == date(2027, 8, 31)
    annuler(lot, None)
    assert Titre.objects.get(pk=METALLIER).ferme_le is None


def test_une_fiche_active_ne_ferme_rien() -> None:
    Titre.objects.filter(pk=METALLIER).update(code_rncp="RNCP38744", ferme_le=None)
    assert verdicts(_lire(("38744", "Métallier", "NIV3", "31/08/2027", "ACTIVE"))) == ["inchangee"]


def test_un_diplome_sans_code_est_propose_jamais_decide() -> None:
    Titre.objects.filter(pk=METALLIER).update(code_rncp="", ferme_le=None)
    lot = _lire(("RNCP38744", "CAP - Métallier", "NIV3", "31/08/2027", "ACTIVE"))
    assert verdicts(lot) == ["a_confirmer"]
    assert propositions(lot, 2, "code_cfd") == [METALLIER]
    accepter(lot, None)
    assert Titre.objects.get(pk=METALLIER).code_rncp == ""


def test_la_personne_confirme_et_le_code_est_ecrit() -> None:
    Titre.objects.filter(pk=METALLIER).update(code_rncp="", ferme_le=None)
    lot = _lire(("RNCP38744", "CAP - Métallier", "NIV3", "31/08/2027", "ACTIVE"))
    corriger(lot, 2, {"code_cfd": METALLIER})
    assert verdicts(lot) == ["modifier"]
    accepter(lot, None)
    assert Titre.objects.get(pk=METALLIER).code_rncp == "RNCP38744"


@pytest.mark.parametrize(
    "fiche",
    [
        ("RNCP38744", "Métallier", "NIV4", "31/08/2027", "ACTIVE"),  # another level
        ("RNCP38744", "Métallier", "NIV3", "31/08/2020", "INACTIVE"),  # an old registration of an open title
        ("RNCP1", "Ingénieur diplômé", "NIV7", "31/08/2027", "ACTIVE"),
        ("RS1234", "Métallier", "NIV3", "31/08/2027", "ACTIVE"),  # not a diploma: the other register
    ],
)
def test_les_autres_fiches_du_pays_sont_laissees(fiche: tuple[str, ...]) -> None:
    Titre.objects.filter(pk=METALLIER).update(code_rncp="", ferme_le=None)
    lot = _lire(fiche)
    assert verdicts(lot) == ["inchangee"]
    assert textes(lot, 2) == ["Ce n'est pas un diplôme suivi par le portail : ligne laissée."]


MAUVAISES: dict[str, tuple[tuple[str, ...], str]] = {
    "fiche": (("XX99", "A", "NIV3", "", ""), "« XX99 » n'est pas un numéro de fiche RNCP"),
    "date": (("RNCP1", "A", "NIV3", "31/02/2027", ""), "« 31/02/2027 » n'est pas une date : écrivez"),
    "actif": (("RNCP1", "A", "NIV3", "", "peut-être"), "« peut-être » : répondez par « actif »"),
}  # fmt: skip


@pytest.mark.parametrize("nom", MAUVAISES)
def test_une_cellule_illisible_a_sa_phrase(nom: str) -> None:
    cellules, debut = MAUVAISES[nom]
    lot = _lire(cellules)
    assert verdicts(lot) == ["a_corriger"]
    assert any(texte.startswith(debut) for texte in textes(lot, 2))


def test_une_fiche_en_double_et_un_code_partage_ne_changent_rien() -> None:
    Titre.objects.filter(pk__in=[METALLIER, "50031222"]).update(code_rncp="RNCP38744")
    lot = _lire(
        ("RNCP38744", "Métallier", "NIV3", "31/08/2027", "INACTIVE"),
        ("RNCP38744", "Métallier", "NIV3", "31/08/2027", "INACTIVE"),
    )
    assert verdicts(lot) == ["inchangee", "doublon"]
    assert textes(lot, 2) == ["Plusieurs diplômes du portail ont le code RNCP38744 : ligne laissée."]


def test_seul_l_administrateur_importe_des_diplomes(client: Any) -> None:
    ici, _, nationaux = poser_le_monde()
    for role in (Role.DIRECTION, Role.INSTRUCTEUR):
        client.force_login(ici.personnes[role])
        assert client.get("/admin/ecoles/titre/importer/").status_code == 403
    client.force_login(nationaux[Role.ADMINISTRATEUR])
    fichier = ContentFile(csv(ENTETE, ("RNCP1", "A", "NIV7", "", "")), name="fiches.csv")
    page = client.post("/admin/ecoles/titre/importer/", {"fichier": fichier}, follow=True)
    assert "1 inchangé" in page.content.decode()
