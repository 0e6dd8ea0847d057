"""A cluster on disk: created whole or not at all, version checked, socket closed to others, started."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from reseau.socle.postgres_binaires import Compte, RefusServeur, laisse_passer, version_majeure
from reseau.socle.postgres_roles import PORT, superutilisateur

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGUEUR_DE_PRISE = 107  # bytes: limit of the system for the path of a socket

# Only throw-away servers may lose what they wrote.
# Autovacuum too: its workers would hold databases that live a second and are then dropped.
SANS_DURABILITE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}

# What the server writes when the processes of its predecessor have not all noticed that it was killed.
OCCUPE = "shared memory block"


class ServeurOccupe(RefusServeur):
    """Another server still holds the directory; it will answer or go away in a moment."""


def prise_vivante(dossier: Path) -> Path | None:
    """Socket directory of the server that answers for these data, None when there is none.

    A pid file left by ``kill -9`` may name a process that has become something else: it is removed,
    because PostgreSQL would refuse to start beside it.
    """
    fichier = dossier / "postmaster.pid"
    lignes = fichier.read_text().splitlines() if fichier.exists() else []
    if not lignes:
        return None
    if not _est_postgres(lignes[0]):
        fichier.unlink(missing_ok=True)
        return None
    prise = Path(lignes[4]) if len(lignes) > 4 else Path("/absent")
    try:
        with superutilisateur(prise) as connexion:
            ligne = connexion.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return None
    return prise if ligne and Path(ligne[0]) == dossier else None


def _est_postgres(pid: str) -> bool:
    if not Path("/proc/self").exists():
        return True  # elsewhere than on Linux PostgreSQL decides alone
    try:
        programme = Path("/proc", pid, "cmdline").read_text().split("\0")[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return Path(programme).name.startswith("postgres")  # empty for the dead that nobody has buried


@dataclass(frozen=True)
class Grappe:
    """The data directory, the programs to run it and the account they run under."""

    dossier: Path
    binaires: Path
    compte: Compte
    jetable: bool = False

    def preparer(self) -> None:
        """Creates the data if there are none; RefusServeur if another version made them."""
        if not (self.dossier / "PG_VERSION").exists():
            self._creer()
        donnees = (self.dossier / "PG_VERSION").read_text().strip()
        programme = version_majeure(self.binaires)
        if donnees != str(programme):
            raise RefusServeur(
                f"Les données de « {self.dossier} » viennent de PostgreSQL {donnees}, or le serveur trouvé "
                f"est la version {programme} : donnez l'autre avec PG_BINDIR, ou mettez ce dossier de côté."
            )

    def _creer(self) -> None:
        """Initialises beside the final place, then moves there: interrupted, it leaves nothing."""
        if self.dossier.exists() and any(self.dossier.iterdir()):
            raise RefusServeur(f"« {self.dossier} » contient autre chose que des données de PostgreSQL.")
        neuf = self.dossier.with_suffix(".neuf")
        shutil.rmtree(neuf, ignore_errors=True)
        neuf.mkdir()
        self.compte.confier(neuf)
        # The libc locale counts too: trigrams and full text ask it whether « é » is a letter.
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--username=postgres"]
        if version_majeure(self.binaires) >= 17:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self.jetable:
            options.append("--no-sync")
        self._lancer("initdb", "-D", str(neuf), *options)
        neuf.replace(self.dossier)

    def ouvrir_prise(self) -> Path:
        """Directory of the socket: short, empty, closed to every other account, since roles have no password.

        Raises ServeurOccupe while a server holds the data without answering.
        """
        if (self.dossier / "postmaster.pid").exists():
            raise ServeurOccupe(f"Un PostgreSQL qui ne répond pas tient « {self.dossier} » : arrêtez-le.")
        prise = self._chemin_de_prise()
        try:
            prise.mkdir(mode=0o700)
            self.compte.confier(prise)
        except FileExistsError:
            etat = prise.lstat()
            if (etat.st_uid, etat.st_mode) != (self.compte.uid, 0o040700):
                raise RefusServeur(f"« {prise} » existe déjà et n'est pas à nous : supprimez-le.") from None
            for (
                reste
            ) in prise.iterdir():  # after kill -9; a pid in there may have a new owner, or be a zombie
                reste.unlink()
        return prise

    def _chemin_de_prise(self) -> Path:
        empreinte = hashlib.sha256(os.fsencode(self.dossier)).hexdigest()[:12]
        nom = f"edp-{self.compte.uid}-{empreinte}"
        for lieu in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - its owner and mode are checked
            longueur = len(os.fsencode(lieu / nom / f".s.PGSQL.{PORT}"))
            if longueur <= LONGUEUR_DE_PRISE and (os.geteuid() != 0 or laisse_passer(lieu / nom)):
                return lieu / nom
        raise RefusServeur("Le dossier temporaire ne permet pas d'ouvrir la prise de PostgreSQL.")

    def demarrer(self, prise: Path) -> None:
        """Starts and waits until it answers; ServeurOccupe when a predecessor is still there."""
        reglages = {"listen_addresses": "", "unix_socket_directories": str(prise), "port": str(PORT)}
        reglages |= SANS_DURABILITE if self.jetable else {}
        options = shlex.join(f"-c{cle}={valeur}" for cle, valeur in reglages.items())
        journal = self.dossier / "journal.txt"
        deja_ecrit = journal.stat().st_size if journal.exists() else 0
        try:
            self._lancer("pg_ctl", "start", "-D", str(self.dossier), "-l", str(journal), "-o", options)
        except RefusServeur as refus:
            cause = journal.read_bytes()[deja_ecrit:].decode(errors="replace") if journal.exists() else ""
            sorte = ServeurOccupe if OCCUPE in cause else RefusServeur
            raise sorte(f"{refus}\n{cause}".strip()) from None

    def commande_d_arret(self) -> list[str]:
        """Command that stops the server without waiting for its clients."""
        return self._commande("pg_ctl", "stop", "-m", "fast", "-D", str(self.dossier))

    def _commande(self, programme: str, *arguments: str) -> list[str]:
        return [*self.compte.prefixe, str(self.binaires / programme), *arguments]

    def _lancer(self, programme: str, *arguments: str) -> None:
        lancer(self._commande(programme, *arguments))


def lancer(commande: Sequence[str]) -> None:
    """Runs a program of PostgreSQL away from the variables that would change its mind."""
    environnement = {cle: valeur for cle, valeur in os.environ.items() if not cle.startswith("PG")}
    fini = subprocess.run(  # noqa: S603 - programs of PostgreSQL, chosen above
        commande,
        env=environnement | {"LC_ALL": "C.UTF-8"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if fini.returncode:
        raise RefusServeur(f"PostgreSQL ne démarre pas :\n{fini.stdout.strip()}")
