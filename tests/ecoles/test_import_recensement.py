"""The messy register, as an office typed it: what a good import says about each planted defect."""
# ruff: noqa: E501 - one case a line, its sentence whole

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.management import call_command

from ecoles.models import Ecole, Offre
from reseau.socle.lots import accepter, corriger
from tests.ecoles.imports import DONNEES, ligne, lire_octets, propositions, textes

if TYPE_CHECKING:
    from reseau.models import LotImport

pytestmark = pytest.mark.django_db

FICHIERS = ["recensement_messy.xlsx", "recensement_messy.csv"]
REELLES = settings.RACINE / "referentiels" / "ecoles_reelles.csv"
ATTENDU = {"creer": 63, "a_confirmer": 2, "a_corriger": 2, "doublon": 1, "rejet": 1}
# Code of the README -> line, column, level, what is said, what is proposed.
DEFAUTS: dict[str, tuple[int, str, str, str, list[str]]] = {
    "B1": (7, "nom", "information", "Les espaces en trop de « Iron Academy » sont retirés.", []),
    "B2": (9, "annee_ouverture", "erreur", "« rentrée 2021 » n'est pas une année à quatre chiffres. Voulez-vous dire 2021 ?", ["2021"]),
    "B3": (10, "nom", "rejet", "Le nom de l'école est obligatoire.", []),
    "B4": (15, "commune", "information", "« St Loup sur Semouse » est lue comme Saint-Loup-sur-Semouse (70467).", []),
    "B5": (16, "commune", "information", "« Chalon sur Saone » est lue comme Chalon-sur-Saône (71076).", []),
    "B6": (22, "commune", "avertissement", "Pas de commune actuelle « Beaumesnil » dans le département Eure", ["Mesnil-en-Ouche (27049)"]),
    "B7": (26, "effectif", "erreur", "« 9 élèves » n'est pas un nombre entier. Voulez-vous dire 9 ?", ["9"]),
    "B8": (29, "departement", "information", "« 2 » est complété : département 02 (Aisne).", []),
    "B9": (30, "departement", "information", "« 2 » est complété : département 02 (Aisne).", []),
    "B10": (38, "nom", "information", "Les espaces en trop de « Flamme » sont retirés.", []),
    "B11": (39, "commune", "information", "Les espaces en trop de « Nogent", []),
    "B12": (46, "commune", "information", "Les espaces en trop de « Laval » sont retirés.", []),
    "B13": (54, "commune", "information", "« TOULOUSE » est lue comme Toulouse (31555).", []),
    "B14": (55, "nom", "avertissement", "Ligne en double de la ligne 23.", []),
    "B15": (57, "commune", "avertissement", "Pas de commune actuelle « Cormaranche-en-Bugey » dans le département Ain", ["Plateau d'Hauteville (01185)"]),
    "B16": (57, "departement", "information", "« 1 » est complété : département 01 (Ain).", []),
    "B17": (58, "departement", "information", "« 7 » est complété : département 07 (Ardèche).", []),
    "B18": (60, "commune", "information", "« St Etienne » est lue comme Saint-Étienne (42218).", []),
    "B20": (65, "commune", "information", "« Viuz en Sallaz » est lue comme Viuz-en-Sallaz (74311).", []),
    "B21": (68, "departement", "information", "« 6 » est complété : département 06 (Alpes-Maritimes).", []),
}  # fmt: skip


@pytest.fixture(params=FICHIERS)
def recensement(request: pytest.FixtureRequest) -> LotImport:
    return lire_octets((DONNEES / request.param).read_bytes(), request.param)


def test_soixante_trois_sans_question_et_rien_n_est_enregistre(recensement: LotImport) -> None:
    assert recensement.bilan == ATTENDU
    assert not Ecole.objects.exists()


def _reponses(lot: LotImport, code: str) -> list[tuple[str, str, list[str]]]:
    """What is said of a defect: column, level and proposals of the messages that begin as expected."""
    numero, _champ, _niveau, texte, _attendues = DEFAUTS[code]
    dits = [m for m in ligne(lot, numero).messages if m["texte"].startswith(texte)]
    return [(m["champ"], m["niveau"], [p["valeur"] for p in m["propositions"]]) for m in dits]


def test_chaque_defaut_plante_a_sa_reponse(recensement: LotImport) -> None:
    attendues = {code: [(champ, niveau, mots)] for code, (_, champ, niveau, _, mots) in DEFAUTS.items()}
    assert {code: _reponses(recensement, code) for code in DEFAUTS} == attendues
    # B6: Beaumesnil of Calvados is never chosen.
    assert "commune" not in ligne(recensement, 22).lu
    # B19: only the workbook tells a number from a text.
    dite = "L'année 1950 était écrite comme un texte : elle est lue comme un nombre."
    assert (dite in textes(recensement, 63)) == recensement.nom_fichier.endswith("xlsx")


def test_la_forme_du_fichier_est_comprise_et_dite(recensement: LotImport) -> None:
    """A1 to A6, and what is not a defect."""
    assert (recensement.forme["entete"], recensement.forme["colonnes"]["commune"]) == (3, 2)
    if recensement.forme["format"] == "CSV":
        assert (recensement.forme["encodage"], recensement.forme["separateur"]) == (
            "Latin-1",
            "point-virgule",
        )
        assert recensement.annonces == ["Fichier en Latin-1, lu et converti."]
    else:
        assert recensement.annonces == ["Cellules fusionnées : A1:K1."]
    assert "Ã" not in "".join(str(vue) for vue in recensement.lignes.values_list("brut", "messages"))
    assert ligne(recensement, 9).lu["titres"] == ["40025013", "50020101"]
    assert ligne(recensement, 51).lu["filieres"] == ["batiment", "restauration", "terre"]
    assert {ligne(recensement, n).lu["verification"] for n in (4, 18)} == {"oui", "a_confirmer"}
    assert "annee_ouverture" not in ligne(recensement, 15).lu
    for numero in (50, 51, 69, 70, 71, 72):  # two schools of one town, three of nearly one name
        assert (ligne(recensement, numero).verdict, textes(recensement, numero)) == ("creer", [])


def test_les_67_ecoles_du_fichier_reel_entrent_par_le_meme_chemin(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("importer_ecoles", str(REELLES))
    assert capsys.readouterr().out == "à créer : 67\n"
    assert Ecole.objects.filter(publication="publiee", fictive=False).exclude(source="").count() == 67
    assert Offre.objects.count() > 30
    boisard = Ecole.objects.get(slug="ecole-de-production-boisard")
    assert boisard.verifiee_le is not None
    assert boisard.verifiee_le.isoformat() == "2026-11-01"
    assert (boisard.annee_ouverture, boisard.effectif, boisard.telephone) == (1882, 120, "")


def _repondre(lot: LotImport) -> None:
    for numero, champ in ((9, "annee_ouverture"), (22, "commune"), (26, "effectif"), (57, "commune")):
        corriger(lot, numero, {champ: propositions(lot, numero, champ)[0]})


def test_apres_le_fichier_reel_le_recensement_ne_cree_rien() -> None:
    call_command("importer_ecoles", str(REELLES))
    lot = lire_octets((DONNEES / FICHIERS[0]).read_bytes())
    assert lot.bilan == {"inchangee": 63, "a_confirmer": 2, "a_corriger": 2, "doublon": 1, "rejet": 1}
    _repondre(lot)
    assert lot.bilan == {"inchangee": 67, "doublon": 1, "rejet": 1}
    assert accepter(lot, None)
    assert Ecole.objects.count() == 67


def test_repondu_puis_accepte_il_donne_67_ecoles_et_rien_la_seconde_fois(recensement: LotImport) -> None:
    _repondre(recensement)
    assert recensement.bilan == {"creer": 67, "doublon": 1, "rejet": 1}
    assert accepter(recensement, None)
    assert Ecole.objects.count() == 67
    assert Ecole.objects.get(slug="l-ecole-des-semeurs").commune_id == "27049"
    assert Ecole.objects.get(slug="ecole-de-production-maurice-leroux").annee_ouverture == 2021
    avant = list(Ecole.objects.order_by("pk").values_list("pk", "modifiee_le"))
    second = lire_octets((DONNEES / recensement.nom_fichier).read_bytes())
    assert second.bilan == {"inchangee": 63, "a_confirmer": 2, "a_corriger": 2, "doublon": 1, "rejet": 1}
    assert accepter(second, None)
    assert list(Ecole.objects.order_by("pk").values_list("pk", "modifiee_le")) == avant
