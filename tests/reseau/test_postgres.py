"""The embedded server: each test has its own directory and asks the server which one it uses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reseau.socle import postgres
from reseau.socle.postgres import RACINE, Serveur, serveur
from reseau.socle.postgres_binaires import RefusServeur
from reseau.socle.postgres_grappe import prise_vivante
from tests.reseau.grappes import Processus, arret_attendu, executer, grappe, lieu, pid, verifier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.bases import Bases

TEMOIN = "DROP TABLE IF EXISTS temoin; CREATE TABLE temoin AS SELECT 42 AS valeur"


@pytest.fixture(scope="module")
def dossier() -> Iterator[Path]:
    """Data of a stopped server, for every test that leaves them as it found them."""
    with grappe() as chemin:
        yield chemin


@pytest.fixture
def lancer() -> Iterator[Callable[[Path], Processus]]:
    """Starts users of a server; none survives the test."""
    lances: list[Processus] = []

    def lancer_un(dossier: Path) -> Processus:
        lances.append(Processus(dossier))
        return lances[-1]

    yield lancer_un
    for un in lances:
        un.tuer()


def test_il_demarre_puis_s_arrete_avec_ce_qui_l_a_lance(dossier: Path) -> None:
    with serveur(dossier) as celui_ci:
        verifier(celui_ci, dossier)
        assert executer(celui_ci.url_app, "SELECT current_user, current_database()") == [("edp_app", "edp")]
        assert prise_vivante(dossier)
    assert not prise_vivante(dossier)
    assert not celui_ci.prise.exists()


def test_il_s_arrete_quand_son_lanceur_est_tue(dossier: Path, lancer: Callable[[Path], Processus]) -> None:
    lanceur = lancer(dossier)
    celui_ci = lanceur.serveur()
    verifier(celui_ci, dossier)
    executer(celui_ci.url_proprietaire, TEMOIN)
    lanceur.tuer()
    arret_attendu(dossier)
    with serveur(dossier) as celui_ci:
        assert executer(celui_ci.url_app, "TABLE temoin") == [(42,)]


def test_il_survit_a_la_mort_brutale_de_postgresql(dossier: Path) -> None:
    with serveur(dossier) as celui_ci:
        verifier(celui_ci, dossier)
        executer(celui_ci.url_proprietaire, TEMOIN)
        os.kill(pid(dossier), signal.SIGKILL)
        with serveur(dossier) as relance:
            assert executer(relance.url_app, "TABLE temoin") == [(42,)]


def test_un_pid_repris_par_un_autre_programme_ne_l_empeche_pas(dossier: Path) -> None:
    perime = dossier / "postmaster.pid"
    perime.write_text(f"{os.getpid()}\n{dossier}\n1700000000\n5432\n/absent\n\n\nready\n")
    with serveur(dossier) as celui_ci:
        verifier(celui_ci, dossier)


def test_il_refuse_les_donnees_d_une_autre_version() -> None:
    with lieu() as ici:
        (ici / "postgres").mkdir()
        (ici / "postgres" / "PG_VERSION").write_text("9\n")
        with pytest.raises(RefusServeur, match=r"de PostgreSQL 9, or le serveur trouvé est la version \d+"):
            serveur(ici / "postgres").__enter__()


def test_il_refuse_un_dossier_qui_contient_autre_chose() -> None:
    with lieu() as ici:
        (ici / "postgres").mkdir()
        (ici / "postgres" / "these.odt").touch()
        with pytest.raises(RefusServeur, match="contient autre chose"):
            serveur(ici / "postgres").__enter__()
        assert (ici / "postgres" / "these.odt").exists()


def test_une_creation_interrompue_recommence() -> None:
    with lieu() as ici:
        (ici / "postgres.neuf").mkdir()
        (ici / "postgres.neuf" / "PG_VERSION").write_text("18\n")
        with serveur(ici / "postgres", jetable=True) as celui_ci:
            verifier(celui_ci, ici / "postgres")
            assert not (ici / "postgres.neuf").exists()


def test_deux_lanceurs_a_la_fois_partagent_un_serveur(
    dossier: Path, lancer: Callable[[Path], Processus]
) -> None:
    un, autre = lancer(dossier), lancer(dossier)
    assert un.serveur() == autre.serveur()
    verifier(un_serveur := Serveur(dossier, prise_vivante(dossier) or Path()), dossier)
    numero = pid(dossier)
    un.finir()
    assert executer(un_serveur.url_app, "SELECT 1") == [(1,)]
    assert pid(dossier) == numero
    autre.finir()
    arret_attendu(dossier)


def test_qui_le_rejoint_ne_l_arrete_pas(dossier: Path, lancer: Callable[[Path], Processus]) -> None:
    with serveur(dossier) as celui_ci:
        verifier(celui_ci, dossier)
        visiteur = lancer(dossier)
        assert visiteur.serveur() == celui_ci
        visiteur.finir()
        assert executer(celui_ci.url_app, "SELECT 1") == [(1,)]


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
        verifier(celui_ci, celui_ci.dossier)
        assert executer(celui_ci.url_app, "SHOW fsync") == [("off",)]
    assert not celui_ci.dossier.parent.exists()


def test_les_accents_se_replient(bases: Bases) -> None:
    replis = "SELECT lower('ÉCOLE'), 'Ébène' ILIKE 'éb%', unaccent('Œuvre'), show_trgm('é') <> '{}'"
    with bases.clone() as nom:
        assert executer(bases.url(nom), replis) == [("école", True, "OEuvre", True)]


def _sans_base() -> dict[str, str]:
    return {cle: valeur for cle, valeur in os.environ.items() if not cle.startswith("DATABASE_URL")}
