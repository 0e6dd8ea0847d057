"""Reading: every usual format, and every bad file refused with its sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from reseau.socle.tableurs import Colonne, LectureRefusee, lettre, lire, reperer_entete
from tests.classeurs import ECOLE, ENTETE, archive, avec, csv, ods, rangee_ods, xlsx

if TYPE_CHECKING:
    from pathlib import Path

FEUILLE = "xl/worksheets/sheet1.xml"
COLONNES = (
    Colonne("nom", "Nom de l'école", indispensable=True),
    Colonne("commune", "Commune", ("ville",), indispensable=True),
    Colonne("departement", "Dép."),
)


@pytest.fixture
def lecture(tmp_path: Path) -> Any:
    """Read bytes in the real child; return the lines and what was found out."""

    def lire_octets(octets: bytes) -> tuple[list[list[Any]], dict[str, Any]]:
        chemin = tmp_path / "fichier"
        chemin.write_bytes(octets)
        with lire(chemin) as en_cours:
            texte = b"".join(en_cours.morceaux()).decode()
            constat = en_cours.conclure()
        champs = [ligne.replace("\\\\", "\\").split("\t") for ligne in texte.splitlines()]
        return [[int(n), json.loads(c), json.loads(o)] for n, c, o in champs], constat

    return lire_octets


@pytest.mark.parametrize("separateur", [";", ",", "\t", "|"])
def test_un_csv_se_lit_avec_tout_separateur_courant(lecture: Any, separateur: str) -> None:
    lignes, constat = lecture(csv(ENTETE, ECOLE, separateur=separateur))
    assert lignes[1][1] == list(ECOLE)
    assert constat["typee"] is False


@pytest.mark.parametrize(
    ("encodage", "dit"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("cp1252", "Latin-1"), ("utf-16", "UTF-16")],
)
def test_les_accents_survivent_a_tout_encodage(lecture: Any, encodage: str, dit: str) -> None:
    lignes, constat = lecture(csv(ENTETE, ("École d’été", "Évreux", "27"), encodage=encodage))
    assert lignes[1][1][0] == "École d’été"
    assert constat["forme"]["encodage"] == dit
    assert ("Fichier en Latin-1, lu et converti." in constat["annonces"]) == (dit == "Latin-1")


def test_une_cellule_sur_deux_lignes_ne_decale_pas_les_numeros(lecture: Any) -> None:
    lignes, _ = lecture(b'Nom;Commune\n"Atelier\ndu Pont";Lyon\n\nAutre;Nice\n')
    assert [(numero, cellules[0]) for numero, cellules, _ in lignes] == [
        (1, "Nom"),
        (2, "Atelier du Pont"),
        (4, "Autre"),
    ]


def test_les_espaces_sont_retires_et_ce_qui_etait_ecrit_est_garde(lecture: Any) -> None:
    lignes, _ = lecture(csv(ENTETE, ("  Atelier  du Pont", "Nogent\u00a0", "52")))
    assert lignes[1][1] == ["Atelier du Pont", "Nogent", "52"]
    assert lignes[1][2] == {"0": "  Atelier  du Pont", "1": "Nogent\u00a0"}


def test_un_antislash_et_une_tabulation_passent_entiers(lecture: Any) -> None:
    lignes, _ = lecture(csv(ENTETE, ('A\\n "b"', "C\\", "1")))
    assert lignes[1][1] == ['A\\n "b"', "C\\", "1"]


def test_un_classeur_annonce_ce_qui_ne_se_voit_pas(lecture: Any) -> None:
    octets = xlsx(("Titre",), ENTETE, ECOLE, ECOLE, masquee=3, fusion="A1:C1")
    lignes, constat = lecture(octets)
    assert len(lignes) == 4
    assert constat["annonces"] == [
        "Lignes masquées, lues comme les autres : 3.",
        "Cellules fusionnées : A1:C1.",
    ]


def test_un_nombre_reste_un_nombre_et_une_date_un_texte(lecture: Any) -> None:
    from datetime import datetime

    lignes, _ = lecture(xlsx(ENTETE, ("A", 2021, 12.5), ("B", datetime(2021, 9, 1), True)))  # noqa: DTZ001
    assert [ligne[1] for ligne in lignes[1:]] == [["A", 2021, 12.5], ["B", "2021-09-01", True]]


def test_un_ods_se_lit_sans_derouler_ses_repetitions(lecture: Any) -> None:
    million = 'table:number-rows-repeated="1048000"'
    vides = "<table:table-cell table:number-columns-repeated='16384'/>"
    vide = f"<table:table-row {million}>{vides}</table:table-row>"
    masquee = rangee_ods(("B", "Nice", 6), 'table:visibility="collapse"')
    lignes, constat = lecture(ods(rangee_ods(ENTETE), rangee_ods(("A", "Lyon", 69)), masquee, vide))
    assert lignes[1] == [2, ["A", "Lyon", 69], {}]
    assert constat["annonces"] == ["Lignes masquées, lues comme les autres : 3."]


BON = xlsx(ENTETE, ECOLE)


def _feuille(rangees: bytes) -> bytes:
    espace = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return avec(BON, {FEUILLE: b"<worksheet %s><sheetData>%s</sheetData></worksheet>" % (espace, rangees)})


_MILLIARD = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
MAUVAIS: dict[str, tuple[bytes, str]] = {
    "entités en cascade": (
        avec(BON, {FEUILLE: b'<!DOCTYPE x [<!ENTITY a0 "a">%s]><worksheet>&a9;</worksheet>' % _MILLIARD}),
        "abîmé",
    ),
    "entités d'un ods": (
        archive(
            {
                "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                "content.xml": b'<!DOCTYPE x [<!ENTITY a0 "a">%s]><x>&a9;</x>' % _MILLIARD,
            }
        ),
        "abîmé",
    ),
    "archive dans l'archive": (archive({"a.zip": archive({"b.zip": BON})}), "ni un classeur XLSX"),
    "classeur enveloppé": (archive({"ecoles.xlsx": BON}), "ni un classeur XLSX"),
    "cellule de dix mégaoctets": (b"Nom;Commune\n" + b"a" * 10_000_000 + b";Lyon", "guillemet"),
    "xls d'autrefois": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "ancien format XLS"),
    "une page web": (b"<html>\0<table><tr><td>Nom</td></tr></table></html>", "ni un tableur"),
    "vide": (b"", "vide"),
    "blanc": (b"  \r\n ", "vide"),
    "tronque": (BON[: len(BON) // 2], "incomplet ou abîmé"),
    "feuille vide": (xlsx(), "rien à importer"),
    "cellule perdue": (xlsx(ENTETE, ECOLE, cellules={"XFD1048576": "x"}), "plus de 100 000 lignes"),
    "colonne perdue": (xlsx(ENTETE, ECOLE, cellules={"XFD2": "x"}), "plus de 100 colonnes"),
    "bombe": (_feuille(b" " * 60_000_000), "démesurée"),
    "trop d'entrees": (avec(BON, {f"x/{n}": b"" for n in range(600)}), "démesurée"),
    "macros": (avec(BON, {"xl/vbaProject.bin": b"x"}), "macros"),
    "pas un classeur": (archive({"lettre.txt": b"bonjour"}), "ni un classeur XLSX, ni un classeur ODS"),
    "feuille abimee": (avec(BON, {FEUILLE: b"<worksheet><sheetData><row r='1'>"}), "abîmé"),
    "entites": (avec(BON, {FEUILLE: b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'}), "abîmé"),
    "formule sans resultat": (
        _feuille(b'<row r="1"><c r="A1"><f>1+1</f></c></row>'),
        "n'ont pas de résultat",
    ),
    "mot de passe": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "mot de passe"),
    "image": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "ni un tableur"),
    "pdf": (b"%PDF-1.7\nbonjour", "ni un tableur"),
    "guillemet ouvert": (b'Nom;Commune\n"' + b"a" * 40_000, "guillemet"),
    "csv trop large": (csv(["x"] * 200), "plus de 100 colonnes"),
    "ods abime": (archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "abîmé"),
    "ods geant": (
        ods(rangee_ods(ENTETE), rangee_ods(ECOLE, 'table:number-rows-repeated="900000"')),
        "plus de 100 000 lignes",
    ),
}


def test_un_mauvais_nom_de_fichier_ne_trompe_personne(lecture: Any) -> None:
    """The bytes say what a file is: a workbook named .csv and a CSV named .xlsx are both read."""
    assert lecture(BON)[1]["forme"]["format"] == "XLSX"
    assert lecture(csv(ENTETE, ECOLE))[1]["forme"]["format"] == "CSV"


def test_une_formule_donne_le_resultat_affiche_et_le_dit(lecture: Any) -> None:
    texte = b'<c r="B%d" t="inlineStr"><is><t>==1+1</t></is></c>'
    rangees = [b'<row r="%d"><c r="A%d"><f>1+1</f><v>2</v></c>%s</row>' % (n, n, texte % n) for n in (1, 2)]
    lignes, constat = lecture(_feuille(b"".join(rangees)))
    assert [ligne[1] for ligne in lignes] == [[2, "==1+1"]] * 2
    assert constat["annonces"] == ["2 cellule(s) avec une formule : le résultat affiché est lu."]


@pytest.mark.parametrize("nom", MAUVAIS)
def test_un_mauvais_fichier_est_refuse_par_une_phrase(lecture: Any, nom: str) -> None:
    octets, extrait = MAUVAIS[nom]
    with pytest.raises(LectureRefusee) as refus:
        lecture(octets)
    assert extrait in str(refus.value)


def test_un_fichier_qui_epuise_le_temps_est_refuse(lecture: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the parent, when the child's own limits are not enough."""
    monkeypatch.setattr("reseau.socle.tableurs.DELAI", 0.01)
    with pytest.raises(LectureRefusee, match="trop de temps"):
        lecture(BON)


def test_plus_de_cent_mille_lignes_sont_refusees(lecture: Any) -> None:
    with pytest.raises(LectureRefusee, match="100 000 lignes"):
        lecture(b"Nom;Commune\n" * 100_200)


def test_l_entete_est_trouvee_sous_les_titres() -> None:
    tete = [(1, ["Recensement"]), (2, ["Établissement", None, "Lieu"]), (4, [*ENTETE, None, "Remarque"])]
    entete = reperer_entete(tete, COLONNES)
    assert (entete.numero, entete.rangs) == (4, {"nom": 0, "commune": 1, "departement": 2})
    assert entete.ignorees == ("E « Remarque »",)


def test_sans_entete_le_fichier_est_refuse() -> None:
    with pytest.raises(LectureRefusee, match="« Nom de l'école » et « Commune »"):
        reperer_entete([(1, ["Ville", "Année"])], COLONNES)


def test_les_colonnes_ont_les_lettres_du_tableur() -> None:
    assert [lettre(rang) for rang in (0, 25, 26, 701, 702, 16383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
