"""Exports: typed, without a formula, for the rows that one may export and no other."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook

from ecoles.exports import EXPORT_ECOLES
from ecoles.models import Ecole
from reseau.models import TraceExport
from reseau.roles import Role
from reseau.socle.export_classeurs import ecrire_ods, ecrire_xlsx
from reseau.socle.export_csv import ecrire_csv
from reseau.socle.exports import rangees, sans_formule
from tests.ecoles.imports import ligne, lire_octets, verdicts
from tests.monde import Cote, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
EXPORTER = "/admin/ecoles/ecole/exporter/"
PIEGES = ["=1+1", "==1+1", "+33", "-3", "@SUM(A1)", "\tA", "\rA", "＝1+1", "＋1", "－1", "＠x", '=A("x")']
type Monde = tuple[Cote, Cote, dict[Role, Any]]


@pytest.fixture
def monde() -> Monde:
    return poser_le_monde()


def _ecole(nom: str, **champs: Any) -> Ecole:
    return Ecole.objects.create(nom=nom, slug=f"e{Ecole.objects.count()}", commune_id="69123", **champs)


def _octets(genre: str) -> bytes:
    sortie = io.BytesIO()
    ensemble = Ecole.objects.order_by("nom", "id")
    if genre == "csv":
        ecrire_csv(EXPORT_ECOLES, ensemble, sortie)
    else:
        ecrire = ecrire_xlsx if genre == "xlsx" else ecrire_ods
        ecrire(EXPORT_ECOLES, rangees(EXPORT_ECOLES, ensemble), sortie)
    return sortie.getvalue()


def _lignes_csv(octets: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";"))


def test_un_csv_a_des_dates_et_des_nombres_francais() -> None:
    _ecole("Forge", effectif=12, verifiee_le=date(2026, 11, 1), verification="oui")
    octets = _octets("csv")
    assert octets.startswith(b"\xef\xbb\xbfNom de l'\xc3\xa9cole;Commune;")
    (forge,) = _lignes_csv(octets)
    assert (forge["Effectif"], forge["Fiche vérifiée le"], forge["Vérifié"]) == ("12", "01/11/2026", "oui")
    assert forge["Année d'ouverture"] == ""


@pytest.mark.parametrize("piege", PIEGES)
def test_rien_de_ce_qui_est_tape_ne_devient_une_formule_dans_un_csv(piege: str) -> None:
    _ecole(piege)
    (lue,) = _lignes_csv(_octets("csv"))
    assert lue["Nom de l'école"] == f"'{piege}" == sans_formule(piege)


def test_un_classeur_a_des_cellules_typees_et_aucune_formule() -> None:
    _ecole(
        "=1+1", effectif=12, verifiee_le=date(2026, 11, 1), source="https://exemple.invalid", uai="0134435A"
    )
    feuille = load_workbook(io.BytesIO(_octets("xlsx"))).active
    assert feuille is not None
    cellules = {entete.value: cellule for entete, cellule in zip(feuille[1], feuille[2], strict=True)}
    assert [cellules["Nom de l'école"].data_type, cellules["Nom de l'école"].value] == ["s", "=1+1"]
    assert [cellules["Effectif"].data_type, cellules["Effectif"].value] == ["n", 12]
    assert cellules["Fiche vérifiée le"].is_date
    assert cellules["Fiche vérifiée le"].number_format == "dd/mm/yyyy"
    assert cellules["Source"].hyperlink is None
    assert (cellules["Dép."].value, cellules["Dép."].data_type) == ("69", "s")


def test_un_ods_a_des_cellules_typees(tmp_path: Any) -> None:
    _ecole("=1+1 & <b>", effectif=12, verifiee_le=date(2026, 11, 1))
    lot = lire_octets(_octets("ods"), "ecoles.ods")
    assert lot.forme["format"] == "ODS"
    assert ligne(lot, 2).brut[:2] == ["=1+1 & <b>", "Lyon"]
    assert (ligne(lot, 2).brut[8], ligne(lot, 2).brut[-1]) == (12, "2026-11-01")
    assert lot.annonces == []


def test_un_texte_demesure_ou_invisible_tient_dans_une_cellule() -> None:
    _ecole("A\x01B", cout="", source="x" * 300)
    assert load_workbook(io.BytesIO(_octets("xlsx"))).active["A2"].value == "AB"  # type: ignore[index]


@pytest.mark.parametrize("genre", ["csv", "xlsx", "ods"])
def test_un_export_reimporte_ne_change_rien(genre: str) -> None:
    complete = _ecole(
        "=Atelier", effectif=12, annee_ouverture=1999, uai="0134435A", telephone="0491000000",
        courriel="a@b.invalid", source="-le journal", verification="oui",
    )  # fmt: skip
    complete.filieres.add("industrie", "bois")
    complete.offres.create(parcours_id="50025439")
    complete.offres.create(parcours_id="50031222")
    _ecole("Vide")
    lot = lire_octets(_octets(genre), f"ecoles.{genre}")
    assert verdicts(lot) == ["inchangee", "inchangee"], [ligne(lot, n).messages for n in (2, 3)]


def _fermer(reponse: Any) -> None:
    """Its files alone: closing the whole answer would close the connection of the test."""
    for fermer in reponse._resource_closers:
        fermer()


def _donner(client: Client, adresse: str = EXPORTER, **champs: Any) -> tuple[str, list[dict[str, str]]]:
    """Name of the file, and its lines."""
    reponse: Any = client.post(adresse, {"format": "csv", **champs})
    lignes = _lignes_csv(reponse.getvalue())
    _fermer(reponse)
    return reponse["Content-Disposition"], lignes


def test_chacun_n_exporte_que_ses_lignes(client: Client, monde: Monde) -> None:
    ici, la_bas, nationaux = monde
    for personne, noms in (
        (ici.personnes[Role.INSTRUCTEUR], {ici.ecole.nom}),
        (la_bas.personnes[Role.DIRECTION], {la_bas.ecole.nom}),
        (nationaux[Role.LECTEUR_NATIONAL], {ici.ecole.nom, la_bas.ecole.nom}),
    ):
        client.force_login(personne)
        nom, lignes = _donner(client)
        assert nom.startswith('attachment; filename="ecoles-')
        assert {e["Nom de l'école"] for e in lignes} == noms


def test_la_cle_d_une_autre_ecole_ne_donne_rien(client: Client, monde: Monde) -> None:
    ici, la_bas, _ = monde
    client.force_login(ici.personnes[Role.INSTRUCTEUR])
    _, lignes = _donner(client, cle=[str(la_bas.ecole.pk), str(ici.ecole.pk)])
    assert {e["Nom de l'école"] for e in lignes} == {ici.ecole.nom}
    assert _donner(client, cle=[str(la_bas.ecole.pk)])[1] == []
    assert _donner(client, cle=["pas-une-cle"])[1] == []


def test_la_liste_filtree_s_exporte_filtree(client: Client, monde: Monde) -> None:
    _, _, nationaux = monde
    client.force_login(nationaux[Role.ADMINISTRATEUR])
    _ecole("Forge", publication="suspendue", motif_suspension="Travaux.")
    liste = client.get("/admin/ecoles/ecole/?publication__exact=suspendue").content.decode()
    assert f"{EXPORTER}?publication__exact=suspendue" in liste
    page = client.get(EXPORTER + "?publication__exact=suspendue").content.decode()
    assert "1 ligne" in page
    _, lignes = _donner(client, EXPORTER + "?publication__exact=suspendue")
    assert [e["Nom de l'école"] for e in lignes] == ["Forge"]
    assert client.get(EXPORTER + "?n_importe=quoi").status_code == 302


def test_la_selection_demande_le_format_puis_donne_ses_lignes(client: Client, monde: Monde) -> None:
    ici, _, nationaux = monde
    client.force_login(nationaux[Role.ADMINISTRATEUR])
    choix = {"action": "exporter", "_selected_action": [str(ici.ecole.pk)]}
    page = client.post("/admin/ecoles/ecole/", choix).content.decode()
    assert "1 ligne" in page
    assert str(ici.ecole.pk) in page
    assert "choisie dans la liste" in page


def test_un_format_inconnu_a_sa_phrase(client: Client, monde: Monde) -> None:
    client.force_login(monde[0].personnes[Role.INSTRUCTEUR])
    page = client.post(EXPORTER, {"format": "exe"}).content.decode()
    assert "Sélectionnez un choix valide" in page
    assert not TraceExport.objects.exists()


def test_une_liste_vide_le_dit(client: Client, monde: Monde) -> None:
    client.force_login(monde[0].personnes[Role.INSTRUCTEUR])
    assert "Aucune ligne" in client.get(EXPORTER + "?q=zzzz").content.decode()


def test_un_export_laisse_une_trace_sans_nom(client: Client, monde: Monde) -> None:
    ici, _, _ = monde
    client.force_login(ici.personnes[Role.DIRECTION])
    reponse: Any = client.post("/admin/ecoles/membreequipe/exporter/", {"format": "xlsx"})
    assert reponse.status_code == 200
    _fermer(reponse)
    trace = TraceExport.objects.get()
    assert (trace.nature, trace.format, trace.personnel) == ("equipes", "xlsx", True)
    assert (trace.nb_lignes, trace.par) == (ici.ecole.membres.count(), ici.personnes[Role.DIRECTION])


@pytest.mark.parametrize("role", [Role.MAITRE, Role.INSTRUCTEUR, Role.LECTEUR_NATIONAL])
def test_les_equipes_ne_s_exportent_pas_par_les_autres(client: Client, monde: Monde, role: Role) -> None:
    ici, _, nationaux = monde
    client.force_login((nationaux | ici.personnes)[role])
    for methode in (client.get, client.post):
        assert methode("/admin/ecoles/membreequipe/exporter/").status_code == 403
    assert "Exporter" not in client.get("/admin/ecoles/membreequipe/").content.decode()
