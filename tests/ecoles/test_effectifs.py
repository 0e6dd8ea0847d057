"""Figures without names: counted right, hidden below five whatever the filter, in files too."""

from __future__ import annotations

import csv
import io
import itertools
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from ecoles.anonymat import SEUIL, elaguer, totaliser
from ecoles.effectifs import derniere_annee, entrees, exercice, inscrits, sorties
from ecoles.models import Inscription
from reseau.models import TraceExport
from reseau.roles import Role
from tests.ecoles.candidats import candidature
from tests.monde import METALLIER, Cote, poser_le_monde
from tests.usines import ApprenantUsine, EcoleUsine, InscriptionUsine, OffreUsine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from ecoles.models import Ecole

base = pytest.mark.django_db
PAGE = "/admin/ecoles/ecole/effectifs/"
JOUR = date(2026, 11, 23)
AUTRE = "50023447"


@pytest.fixture
def novembre() -> Iterator[None]:
    with time_machine.travel("2026-11-23 10:00 +0100"):
        yield


def classe(
    ecole: Ecole, nombre: int, du: date = date(2026, 9, 1), titre: str = METALLIER, **fin: Any
) -> None:
    for _ in range(nombre):
        jeune = ApprenantUsine(ecole=ecole, ne_le=date(2010, 1, 1), inscription=False)
        jeune.representants.create(lien="mere", nom="X", telephone="0199000102")
        InscriptionUsine(apprenant=jeune, titre_id=titre, du=du, **fin)


def chemin(ecole: Ecole, *suite: Any) -> tuple[Any, ...]:
    return ("84", ecole.pk, *suite)


def lignes_de(page: Any, mot: str) -> list[Any]:
    """Lines of the school whose name holds this word: hers, then its titles, or its title alone."""
    gardees, dedans = [], False
    for rangee in page.context["rangees"]:
        dedans = mot in rangee.nom or (dedans and not rangee.ecole and ":" not in rangee.nom)
        gardees += [rangee] if dedans else []
    return gardees


# --- Counted right


@pytest.mark.parametrize(
    ("jour", "annee", "arret"),
    [
        (date(2026, 9, 30), 2025, date(2026, 6, 30)),
        (date(2026, 10, 1), 2026, date(2026, 9, 30)),
        (date(2027, 5, 2), 2026, date(2027, 3, 31)),
        (date(2027, 9, 2), 2026, date(2027, 6, 30)),
        (date(2027, 10, 1), 2026, date(2027, 8, 31)),
    ],
)
def test_une_rentree_compte_au_premier_octobre_et_s_arrete_au_trimestre(
    jour: date, annee: int, arret: date
) -> None:
    assert derniere_annee(jour) in {annee, annee + 1}
    assert exercice(annee, jour).arrete_le == arret
    assert exercice(annee, jour).constat == date(annee, 10, 1)


@base
def test_inscrits_entrees_et_sorties_par_ecole_diplome_et_annee(novembre: None) -> None:
    ecole = EcoleUsine()
    OffreUsine(ecole=ecole, parcours_id=AUTRE)
    classe(ecole, 6)
    classe(ecole, 5, date(2025, 9, 1))
    classe(ecole, 1, date(2025, 9, 1), au=date(2026, 9, 15), motif_sortie="emploi")
    classe(ecole, 1, date(2025, 9, 1), au=date(2026, 10, 15), motif_sortie="emploi")  # after the quarter
    suite = ApprenantUsine(ecole=ecole, ne_le=date(2008, 1, 1), inscription=False)
    avant = {"du": date(2024, 9, 1), "au": date(2026, 9, 2), "motif_sortie": "suite"}
    InscriptionUsine(apprenant=suite, **avant)
    InscriptionUsine(apprenant=suite, titre_id=AUTRE, du=date(2026, 9, 3))
    ex = exercice(2026, JOUR)
    presents = inscrits(ex)
    assert presents.entier(chemin(ecole)) == 13
    assert [presents.entier(chemin(ecole, METALLIER, rang)) for rang in (1, 2, 3)] == [6, 6, 0]
    assert presents.entier(chemin(ecole, AUTRE, 1)) == 1
    assert entrees(ex).entier(chemin(ecole)) == 6  # passing to the next title is not entering
    assert sorties(ex).totaux[chemin(ecole, METALLIER, "emploi")] == 1
    assert sorties(ex).entier(chemin(ecole)) == 1
    assert inscrits(exercice(2025, JOUR)).entier(chemin(ecole, METALLIER, 1)) == 7


# --- Hidden, whatever one subtracts


FEUILLES = st.dictionaries(
    st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(0, 2), st.integers(1, 3)),
    st.integers(1, 12),
    max_size=20,
)


@given(FEUILLES)
def test_aucune_soustraction_ne_rend_un_nombre_cache(feuilles: dict[tuple[int, ...], int]) -> None:
    totaux = totaliser(feuilles)  # type: ignore[arg-type]
    montres = elaguer(totaux)
    assert all(totaux[noeud] >= SEUIL for noeud in montres)
    assert all(noeud[:-1] in montres for noeud in montres if len(noeud) > 1)
    for parent in montres:
        caches = [totaux[n] for n in totaux if n[:-1] == parent and n not in montres]
        assert not caches or (len(caches) > 1 and sum(caches) >= SEUIL)


@base
def test_un_nombre_cache_l_est_quel_que_soit_le_filtre(client: Client, novembre: None) -> None:
    ici, _, nationaux = poser_le_monde()
    ecole = EcoleUsine(nom="École voisine")
    classe(ici.ecole, 6)
    classe(ecole, 6)
    classe(ecole, 2, date(2025, 9, 1))
    vus = set()
    for role, personne in ((Role.INSTRUCTEUR, ici.personnes), (Role.LECTEUR_NATIONAL, nationaux)):
        client.force_login(personne[role])
        for region, cle, titre in itertools.product(("", "84"), ("", str(ecole.pk)), ("", METALLIER)):
            page = client.get(PAGE, {"region": region, "ecole": cle, "titre": titre})
            (sienne,) = [r for r in lignes_de(page, "voisine") if not r.ecole]
            vus.add((sienne.annees, sienne.inscrits, sienne.entrees))
            chiffres = {e for r in page.context["rangees"] for e in (*r.annees, r.inscrits, r.entrees)}
            assert not chiffres & {"1", "2", "3", "4"}
    assert vus == {(("caché", "caché", "0"), "8", "6")}


@base
def test_l_ecole_lit_ses_chiffres_entiers_et_ceux_de_personne_d_autre(client: Client, novembre: None) -> None:
    ici, la_bas, _ = poser_le_monde()
    classe(ici.ecole, 2)
    for role in (Role.DIRECTION, Role.SECRETARIAT, Role.MAITRE):
        client.force_login(ici.personnes[role])
        page = client.get(PAGE, {"ecole": ""})
        (ecole, titre) = page.context["rangees"]
        assert (ecole.inscrits, titre.annees[0]) == ("3", "2")
        assert la_bas.ecole.nom not in page.content.decode()
        assert page.context["regions"][0][2] == ""
        ailleurs = client.get(PAGE, {"ecole": str(la_bas.ecole.pk)})
        assert ailleurs.context["rangees"] == []


@base
def test_un_agent_ne_voit_que_sa_region(client: Client, novembre: None) -> None:
    ici, la_bas, _ = poser_le_monde()
    client.force_login(ici.personnes[Role.INSTRUCTEUR])
    for filtre in ({}, {"region": "32"}, {"ecole": str(la_bas.ecole.pk)}):
        assert la_bas.ecole.nom not in client.get(PAGE, filtre).content.decode()


@base
def test_la_federation_et_l_administrateur_n_y_entrent_pas(client: Client) -> None:
    _, _, nationaux = poser_le_monde()
    for role in (Role.FEDERATION, Role.ADMINISTRATEUR):
        client.force_login(nationaux[role])
        assert client.get(PAGE).status_code == 403
        assert client.post(PAGE, {"format": "csv"}).status_code == 403


@base
def test_la_page_de_l_ecole_cache_aussi(client: Client, novembre: None) -> None:
    ici, _, _ = poser_le_monde()
    classe(ici.ecole, 3)
    fiche = f"/admin/ecoles/ecole/{ici.ecole.pk}/change/"
    for role, cache in ((Role.DIRECTION, False), (Role.INSTRUCTEUR, True), (Role.ORDONNATEUR, True)):
        client.force_login(ici.personnes[role])
        texte = client.get(fiche).content.decode()
        assert ("caché (moins de 5" in texte) is cache
        assert ("4 jeunes aujourd" in texte.replace("\xa0", " ").replace("\u202f", " ")) is not cache


# --- Taken out


@base
def test_le_fichier_cache_la_meme_chose_et_laisse_sa_trace(client: Client, novembre: None) -> None:
    ici, la_bas, nationaux = poser_le_monde()
    classe(ici.ecole, 7)
    candidature(ici.ecole, recue_le=date(2026, 9, 10))
    client.force_login(nationaux[Role.LECTEUR_NATIONAL])
    envoi = client.post(PAGE, {"format": "csv"})
    assert envoi["Content-Disposition"].startswith('attachment; filename="effectifs-2026-')
    lignes = list(csv.reader(io.StringIO(envoi.getvalue().decode("utf-8-sig")), delimiter=";"))
    siennes = [ligne for ligne in lignes if ligne[2] == ici.ecole.nom]
    total = next(ligne for ligne in siennes if ligne[3] == "" and ligne[5].startswith("inscrits"))
    assert total[0] == "2026"
    assert total[7:] == ["8", ""]
    assert all((ligne[7] == "") == (ligne[8] == "oui") for ligne in lignes[1:])
    assert not {ligne[7] for ligne in lignes[1:]} & {"1", "2", "3", "4"}
    assert {ligne[2] for ligne in lignes[1:]} == {ici.ecole.nom, la_bas.ecole.nom}
    classeur = load_workbook(io.BytesIO(client.post(PAGE, {"format": "xlsx"}).getvalue()))
    nombres = [ligne[7] for ligne in classeur.active.iter_rows(min_row=2, values_only=True)]
    assert 8 in nombres
    assert not set(nombres) & {1, 2, 3, 4}
    trace = TraceExport.objects.filter(nature="effectifs").order_by("pk").last()
    assert trace is not None
    assert (trace.personnel, trace.par) == (False, nationaux[Role.LECTEUR_NATIONAL])


@base
def test_la_page_coute_autant_pour_vingt_ecoles(client: Client, novembre: None) -> None:
    ici: Cote = poser_le_monde()[0]
    client.force_login(ici.personnes[Role.INSTRUCTEUR])

    def compter() -> int:
        client.get(PAGE)
        with CaptureQueriesContext(connection) as captures:
            assert client.get(PAGE).status_code == 200
        return len(captures)

    seule = compter()
    for _ in range(20):
        classe(EcoleUsine(), 1)
    assert compter() == seule <= 14
    assert len(client.get(PAGE, {"page": "2"}).context["page"].object_list) <= 25


@base
@pytest.mark.parametrize(
    "filtre", [{"rentree": "x"}, {"ecole": "'"}, {"region": "99"}, {"titre": "?"}, {"page": "-1"}]
)
def test_un_filtre_inconnu_ne_casse_rien(client: Client, filtre: dict[str, str]) -> None:
    ici: Cote = poser_le_monde()[0]
    client.force_login(ici.personnes[Role.INSTRUCTEUR])
    assert client.get(PAGE, filtre).status_code == 200
    assert Inscription.objects.exists()


def test_le_nombre_de_jours_d_ecart_ne_change_pas_le_constat() -> None:
    """Two days in the same quarter read the same figures: nobody is followed from a day to the next."""
    assert exercice(2026, JOUR) == exercice(2026, JOUR + timedelta(days=30))
