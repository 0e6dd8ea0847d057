"""The embedded server: each test has its own directory and asks the server which one it uses."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from reseau.socle import postgres, postgres_binaires
from reseau.socle.postgres import RACINE, Serveur, serveur
from reseau.socle.postgres_binaires import RefusServeur, compte_du_serveur, laisse_passer, trouver_binaires
from reseau.socle.postgres_grappe import prise_vivante
from reseau.socle.postgres_roles import superutilisateur

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.bases import Bases

ROOT = os.geteuid() == 0
ESPACE_ISOLE = ("unshare", "--user", "--map-user=1000", "--")

TEMOIN = "DROP TABLE IF EXISTS temoin; CREATE TABLE temoin AS SELECT 42 AS valeur"

# A program that uses the server until its input ends, and tells where it is.
UTILISATEUR = """
import json, sys
from pathlib import Path
from reseau.socle.postgres import serveur
with serveur(Path(sys.argv[1])) as celui_ci:
    print(json.dumps([str(celui_ci.dossier), str(celui_ci.prise)]), flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def dossier() -> Iterator[Path]:
    """Data of a stopped server, for every test that leaves them as it found them."""
    with _lieu() as lieu:
        with serveur(lieu / "postgres"):
            pass
        with (lieu / "postgres" / "postgresql.conf").open("a") as reglages:
            reglages.write("fsync = off\n")
        yield lieu / "postgres"


@contextmanager
def _lieu() -> Iterator[Path]:
    """Not tmp_path, whose parents are closed to the account of the server."""
    lieu = Path(tempfile.mkdtemp(prefix="edp-essai-"))
    lieu.chmod(0o711)
    yield lieu
    _arret_attendu(lieu / "postgres")
    shutil.rmtree(lieu, ignore_errors=True)  # a throw-away server has already erased it


class Processus:
    """Another process that uses the server of ``dossier``."""

    def __init__(self, dossier: Path, prefixe: tuple[str, ...] = ()) -> None:
        self.enfant = subprocess.Popen(
            [*prefixe, sys.executable, "-c", UTILISATEUR, dossier],
            cwd=RACINE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def serveur(self) -> Serveur:
        """Waits until it is served."""
        assert self.enfant.stdout
        return Serveur(*map(Path, json.loads(self.enfant.stdout.readline())))

    def finir(self) -> None:
        """Ends as it should."""
        self.enfant.communicate(b"")
        assert self.enfant.returncode == 0

    def tuer(self) -> None:
        """Gives it no time to do anything."""
        self.enfant.kill()
        self.enfant.communicate()


@pytest.fixture
def lancer() -> Iterator[Callable[..., Processus]]:
    """Starts users of a server; none survives the test."""
    lances: list[Processus] = []

    def lancer_un(dossier: Path, prefixe: tuple[str, ...] = ()) -> Processus:
        lances.append(Processus(dossier, prefixe))
        return lances[-1]

    yield lancer_un
    for un in lances:
        un.tuer()


def _verifier(celui_ci: Serveur, dossier: Path) -> None:
    with superutilisateur(celui_ci.prise) as connexion:
        assert connexion.execute("SHOW data_directory").fetchone() == (str(dossier),)


def _executer(url: str, ordre: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connexion:
        curseur = connexion.execute(ordre)
        return curseur.fetchall() if curseur.description else []


def _arret_attendu(dossier: Path) -> None:
    fin = time.monotonic() + 15
    while (dossier / "postmaster.pid").exists() and prise_vivante(dossier):
        assert time.monotonic() < fin, "le serveur tourne encore"
        time.sleep(0.05)


def _pid(dossier: Path) -> int:
    return int((dossier / "postmaster.pid").read_text().split()[0])


def test_il_demarre_puis_s_arrete_avec_ce_qui_l_a_lance(dossier: Path) -> None:
    with serveur(dossier) as celui_ci:
        _verifier(celui_ci, dossier)
        assert _executer(celui_ci.url_app, "SELECT current_user, current_database()") == [("edp_app", "edp")]
        assert prise_vivante(dossier)
    assert not prise_vivante(dossier)
    assert not celui_ci.prise.exists()


def test_le_role_de_l_application_ne_possede_rien(bases: Bases) -> None:
    with bases.clone() as nom:
        app, proprietaire = bases.url(nom), bases.url(nom, proprietaire=True)
        _executer(proprietaire, "CREATE TABLE essai (id int)")
        _executer(app, "INSERT INTO essai VALUES (1); UPDATE essai SET id = 2; DELETE FROM essai")
        for interdit in (
            "CREATE TABLE autre (id int)",
            "TRUNCATE essai",
            "DROP TABLE essai",
            "CREATE DATABASE x",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                _executer(app, interdit)
        for url in (app, proprietaire):
            assert _executer(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]


def test_il_s_arrete_quand_son_lanceur_est_tue(dossier: Path, lancer: Callable[..., Processus]) -> None:
    lanceur = lancer(dossier)
    celui_ci = lanceur.serveur()
    _verifier(celui_ci, dossier)
    _executer(celui_ci.url_proprietaire, TEMOIN)
    lanceur.tuer()
    _arret_attendu(dossier)
    with serveur(dossier) as celui_ci:
        assert _executer(celui_ci.url_app, "TABLE temoin") == [(42,)]


def test_il_survit_a_la_mort_brutale_de_postgresql(dossier: Path) -> None:
    with serveur(dossier) as celui_ci:
        _verifier(celui_ci, dossier)
        _executer(celui_ci.url_proprietaire, TEMOIN)
        os.kill(_pid(dossier), signal.SIGKILL)
        with serveur(dossier) as relance:
            assert _executer(relance.url_app, "TABLE temoin") == [(42,)]


def test_un_pid_repris_par_un_autre_programme_ne_l_empeche_pas(dossier: Path) -> None:
    perime = dossier / "postmaster.pid"
    perime.write_text(f"{os.getpid()}\n{dossier}\n1700000000\n5432\n/absent\n\n\nready\n")
    with serveur(dossier) as celui_ci:
        _verifier(celui_ci, dossier)


def test_il_refuse_les_donnees_d_une_autre_version() -> None:
    with _lieu() as lieu:
        (lieu / "postgres").mkdir()
        (lieu / "postgres" / "PG_VERSION").write_text("9\n")
        with pytest.raises(RefusServeur, match=r"de PostgreSQL 9, or le serveur trouvé est la version \d+"):
            serveur(lieu / "postgres").__enter__()


def test_il_refuse_un_dossier_qui_contient_autre_chose() -> None:
    with _lieu() as lieu:
        (lieu / "postgres").mkdir()
        (lieu / "postgres" / "these.odt").touch()
        with pytest.raises(RefusServeur, match="contient autre chose"):
            serveur(lieu / "postgres").__enter__()
        assert (lieu / "postgres" / "these.odt").exists()


def test_une_creation_interrompue_recommence() -> None:
    with _lieu() as lieu:
        (lieu / "postgres.neuf").mkdir()
        (lieu / "postgres.neuf" / "PG_VERSION").write_text("18\n")
        with serveur(lieu / "postgres", jetable=True) as celui_ci:
            _verifier(celui_ci, lieu / "postgres")
            assert not (lieu / "postgres.neuf").exists()


def test_deux_lanceurs_a_la_fois_partagent_un_serveur(
    dossier: Path, lancer: Callable[..., Processus]
) -> None:
    un, autre = lancer(dossier), lancer(dossier)
    assert un.serveur() == autre.serveur()
    _verifier(un_serveur := Serveur(dossier, prise_vivante(dossier) or Path()), dossier)
    pid = _pid(dossier)
    un.finir()
    assert _executer(un_serveur.url_app, "SELECT 1") == [(1,)]
    assert _pid(dossier) == pid
    autre.finir()
    _arret_attendu(dossier)


def test_qui_le_rejoint_ne_l_arrete_pas(dossier: Path, lancer: Callable[..., Processus]) -> None:
    with serveur(dossier) as celui_ci:
        _verifier(celui_ci, dossier)
        visiteur = lancer(dossier)
        assert visiteur.serveur() == celui_ci
        visiteur.finir()
        assert _executer(celui_ci.url_app, "SELECT 1") == [(1,)]


def test_un_compte_ordinaire_le_lance(lancer: Callable[..., Processus]) -> None:
    if ROOT and subprocess.run([*ESPACE_ISOLE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("root ne peut pas devenir un compte ordinaire ici : espaces d'utilisateurs fermés")
    with _lieu() as lieu:
        lanceur = lancer(lieu / "postgres", ESPACE_ISOLE if ROOT else ())
        _verifier(lanceur.serveur(), lieu / "postgres")
        assert (lieu / "postgres").stat().st_uid == os.geteuid()
        lanceur.finir()
        assert not prise_vivante(lieu / "postgres")


@pytest.mark.skipif(not ROOT, reason="seul root doit changer de compte")
def test_root_le_confie_a_nobody(dossier: Path) -> None:
    assert dossier.owner() == "nobody"
    with serveur(dossier) as celui_ci:
        _verifier(celui_ci, dossier)
        assert Path("/proc", str(_pid(dossier))).owner() == "nobody"


@pytest.mark.skipif(not ROOT, reason="seul root doit changer de compte")
def test_root_dans_un_dossier_ferme_s_isole(tmp_path: Path) -> None:
    if subprocess.run([*ESPACE_ISOLE, "true"], check=False, capture_output=True).returncode:
        pytest.skip("espaces d'utilisateurs fermés sur ce système")
    tmp_path.chmod(0o700)
    dossier = tmp_path / "ferme" / "postgres"
    assert not laisse_passer(dossier)
    with serveur(dossier, jetable=True) as celui_ci:
        _verifier(celui_ci, dossier)
        assert dossier.owner() == "root"


@pytest.mark.skipif(not ROOT, reason="seul root doit changer de compte")
def test_sans_issue_la_phrase_dit_que_faire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tmp_path.chmod(0o700)
    monkeypatch.setattr(postgres_binaires.shutil, "which", lambda _nom: None)
    with pytest.raises(RefusServeur, match="ou donnez une base avec DATABASE_URL"):
        compte_du_serveur(tmp_path / "postgres", trouver_binaires())


def test_la_prise_est_fermee_aux_autres_comptes(dossier: Path) -> None:
    with serveur(dossier) as celui_ci:
        _verifier(celui_ci, dossier)
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
        _verifier(celui_ci, dossier)
        assert celui_ci.prise.parent == Path("/tmp")


def test_database_url_l_emporte(tmp_path: Path) -> None:
    ailleurs = "postgresql://quelqu_un@ailleurs.invalid/base"
    montrer = "import os; print(os.environ['DATABASE_URL'], os.environ['DATABASE_URL_PROPRIETAIRE'])"
    sortie = subprocess.run(
        [sys.executable, "-m", "reseau.socle.postgres", "executer", "--", sys.executable, "-c", montrer],
        env={**_sans_base(), "DATABASE_URL": ailleurs, "EDP_DONNEES": str(tmp_path / "rien")},
        cwd=RACINE,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert sortie.split() == [ailleurs, ailleurs]
    assert not (tmp_path / "rien").exists()


def test_la_ligne_de_commande_rend_le_code_de_la_commande(dossier: Path) -> None:
    commande = [sys.executable, "-m", "reseau.socle.postgres", "executer", "--", "sh", "-c", "exit 7"]
    variables = {**_sans_base(), "EDP_DONNEES": str(dossier.parent)}
    assert subprocess.run(commande, env=variables, cwd=RACINE, check=False).returncode == 7
    variables["PG_BINDIR"] = "/nulle/part"
    refus = subprocess.run(commande, env=variables, cwd=RACINE, check=False, capture_output=True, text=True)
    assert refus.returncode == 1
    assert refus.stderr.startswith("PG_BINDIR désigne « /nulle/part »")
    assert "Traceback" not in refus.stderr


def test_un_serveur_jetable_ne_laisse_rien() -> None:
    with postgres.serveur_jetable() as celui_ci:
        _verifier(celui_ci, celui_ci.dossier)
        assert _executer(celui_ci.url_app, "SHOW fsync") == [("off",)]
    assert not celui_ci.dossier.parent.exists()


def test_les_accents_se_replient(bases: Bases) -> None:
    replis = "SELECT lower('ÉCOLE'), 'Ébène' ILIKE 'éb%', unaccent('Œuvre'), show_trgm('é') <> '{}'"
    with bases.clone() as nom:
        assert _executer(bases.url(nom), replis) == [("école", True, "OEuvre", True)]


def _sans_base() -> dict[str, str]:
    return {cle: valeur for cle, valeur in os.environ.items() if not cle.startswith("DATABASE_URL")}
