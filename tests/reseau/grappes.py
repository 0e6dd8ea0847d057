"""Servers of the tests on the embedded PostgreSQL: where they live, who else uses them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from reseau.socle.postgres import RACINE, Serveur, serveur
from reseau.socle.postgres_grappe import prise_vivante
from reseau.socle.postgres_roles import superutilisateur

if TYPE_CHECKING:
    from collections.abc import Iterator

# A program that uses the server until its input ends, and tells where it is.
UTILISATEUR = """
import json, sys
from pathlib import Path
from reseau.socle.postgres import serveur
with serveur(Path(sys.argv[1])) as celui_ci:
    print(json.dumps([str(celui_ci.dossier), str(celui_ci.prise)]), flush=True)
    sys.stdin.read()
"""


@contextmanager
def lieu() -> Iterator[Path]:
    """Not tmp_path, whose parents are closed to the account of the server."""
    ici = Path(tempfile.mkdtemp(prefix="edp-essai-"))
    ici.chmod(0o711)
    yield ici
    arret_attendu(ici / "postgres")
    shutil.rmtree(ici, ignore_errors=True)  # a throw-away server has already erased it


@contextmanager
def grappe() -> Iterator[Path]:
    """Data of a server that has run once and is stopped."""
    with lieu() as ici:
        with serveur(ici / "postgres"):
            pass
        with (ici / "postgres" / "postgresql.conf").open("a") as reglages:
            reglages.write("fsync = off\n")
        yield ici / "postgres"


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


def verifier(celui_ci: Serveur, dossier: Path) -> None:
    with superutilisateur(celui_ci.prise) as connexion:
        assert connexion.execute("SHOW data_directory").fetchone() == (str(dossier),)


def executer(url: str, ordre: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connexion:
        curseur = connexion.execute(ordre)
        return curseur.fetchall() if curseur.description else []


def arret_attendu(dossier: Path) -> None:
    fin = time.monotonic() + 15
    while (dossier / "postmaster.pid").exists() and prise_vivante(dossier):
        assert time.monotonic() < fin, "le serveur tourne encore"
        time.sleep(0.05)


def pid(dossier: Path) -> int:
    """Number of the server's first process."""
    return int((dossier / "postmaster.pid").read_text().split()[0])
