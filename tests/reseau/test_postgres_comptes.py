"""Under which account the embedded server runs, and who may reach it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from reseau.socle import postgres_binaires
from reseau.socle.postgres import serveur
from reseau.socle.postgres_binaires import RefusServeur, compte_du_serveur, laisse_passer, trouver_binaires
from reseau.socle.postgres_grappe import prise_vivante
from tests.reseau.grappes import Processus, executer, grappe, lieu, pid, verifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bases import Bases

ROOT = os.geteuid() == 0
ESPACE_ISOLE = ("unshare", "--user", "--map-user=1000", "--")
AVEC_ROOT = pytest.mark.skipif(not ROOT, reason="seul root doit changer de compte")


@pytest.fixture(scope="module")
def dossier() -> Iterator[Path]:
    """Data of a stopped server, for every test that leaves them as it found them."""
    with grappe() as chemin:
        yield chemin


def test_un_compte_ordinaire_le_lance() -> None:
    if ROOT and subprocess.run([*ESPACE_ISOLE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("root ne peut pas devenir un compte ordinaire ici : espaces d'utilisateurs fermés")
    with lieu() as ici:
        lanceur = Processus(ici / "postgres", ESPACE_ISOLE if ROOT else ())
        verifier(lanceur.serveur(), ici / "postgres")
        assert (ici / "postgres").stat().st_uid == os.geteuid()
        lanceur.finir()
        assert not prise_vivante(ici / "postgres")


@AVEC_ROOT
def test_root_le_confie_a_nobody(dossier: Path) -> None:
    assert dossier.owner() == "nobody"
    with serveur(dossier) as celui_ci:
        verifier(celui_ci, dossier)
        assert Path("/proc", str(pid(dossier))).owner() == "nobody"


@AVEC_ROOT
def test_root_dans_un_dossier_ferme_s_isole(tmp_path: Path) -> None:
    if subprocess.run([*ESPACE_ISOLE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("espaces d'utilisateurs fermés sur ce système")
    tmp_path.chmod(0o700)
    dossier = tmp_path / "ferme" / "postgres"
    assert not laisse_passer(dossier)
    with serveur(dossier, jetable=True) as celui_ci:
        verifier(celui_ci, dossier)
        assert dossier.owner() == "root"


@AVEC_ROOT
def test_sans_issue_la_phrase_dit_que_faire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(postgres_binaires.shutil, "which", lambda _nom: None)
    with pytest.raises(RefusServeur, match="ou donnez une base avec DATABASE_URL"):
        compte_du_serveur(tmp_path / "postgres", trouver_binaires())


def test_la_prise_est_fermee_aux_autres_comptes(dossier: Path) -> None:
    with serveur(dossier) as celui_ci:
        verifier(celui_ci, dossier)
        assert celui_ci.prise.stat().st_mode & 0o777 == 0o700
        assert celui_ci.prise.stat().st_uid == dossier.stat().st_uid
        prise = celui_ci.prise
    prise.mkdir()
    prise.chmod(0o777)
    with pytest.raises(RefusServeur, match="n'est pas à nous"):
        serveur(dossier).__enter__()
    prise.rmdir()


def test_un_dossier_temporaire_trop_long_est_evite(
    dossier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / ("x" * 100)))
    with serveur(dossier) as celui_ci:
        verifier(celui_ci, dossier)
        assert celui_ci.prise.parent == Path("/tmp")


def test_le_role_de_l_application_ne_possede_rien(bases: Bases) -> None:
    with bases.clone() as nom:
        app, proprietaire = bases.url(nom), bases.url(nom, proprietaire=True)
        executer(proprietaire, "CREATE TABLE essai (id int)")
        executer(app, "INSERT INTO essai VALUES (1); UPDATE essai SET id = 2; DELETE FROM essai")
        for interdit in (
            "CREATE TABLE autre (id int)",
            "TRUNCATE essai",
            "DROP TABLE essai",
            "CREATE DATABASE x",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                executer(app, interdit)
        for url in (app, proprietaire):
            assert executer(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]
