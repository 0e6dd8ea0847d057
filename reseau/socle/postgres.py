"""The embedded PostgreSQL of development, demonstration and tests; nothing of it runs in production.

``with serveur(dossier) as celui_ci:`` starts it, or joins the one already running on these data.
It stops with its last user (see postgres_gardien). Without Django, so that ``manage.py`` can call it first:

    python -m reseau.socle.postgres executer [--jetable] -- COMMANDE ...
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from reseau.socle.postgres_binaires import RefusServeur, compte_du_serveur, trouver_binaires
from reseau.socle.postgres_gardien import Fin, poster_gardien
from reseau.socle.postgres_grappe import Grappe, ServeurOccupe, prise_vivante
from reseau.socle.postgres_roles import APPLICATION, BASE, PROPRIETAIRE, poser_roles, url
from reseau.socle.processus import superviser

if TYPE_CHECKING:
    from collections.abc import Iterator

RACINE = Path(__file__).resolve().parents[2]
PATIENCE = 20  # half seconds given to a predecessor that recovers or stops


@dataclass(frozen=True)
class Serveur:
    """A server that answers: where its data and its socket are."""

    dossier: Path
    prise: Path

    def url(self, role: str, base: str = BASE) -> str:
        """Address of a database for a role."""
        return url(self.prise, role, base)

    @property
    def url_app(self) -> str:
        """The runtime role: reads and writes rows, owns nothing."""
        return self.url(APPLICATION)

    @property
    def url_proprietaire(self) -> str:
        """The role of the migrations."""
        return self.url(PROPRIETAIRE)

    @property
    def environnement(self) -> dict[str, str]:
        """Variables that hand this server to the settings or to a child process."""
        return {"DATABASE_URL": self.url_app, "DATABASE_URL_PROPRIETAIRE": self.url_proprietaire}


def dossier_par_defaut() -> Path:
    """``.donnees/postgres`` of the project, or of ``EDP_DONNEES``."""
    return Path(os.environ.get("EDP_DONNEES") or RACINE / ".donnees") / "postgres"


@contextmanager
def serveur(dossier: Path | None = None, *, jetable: bool = False) -> Iterator[Serveur]:
    """Server on ``dossier``, started or joined; it stops when its last user leaves, even killed.

    ``jetable`` trades durability for speed and erases the parent directory at the end.
    Raises RefusServeur with a French sentence: no programs, other version, no possible account.
    """
    dossier = (dossier or dossier_par_defaut()).resolve()
    with _verrou(dossier, ".depart") as depart, _verrou(dossier, ".usage") as usage:
        fcntl.flock(depart, fcntl.LOCK_EX)  # one start at a time
        fcntl.flock(usage, fcntl.LOCK_SH)  # waits for the guardian if it is stopping the server
        prise, demarre = _joindre_ou_demarrer(dossier, jetable)
        fcntl.flock(depart, fcntl.LOCK_UN)
        try:
            yield Serveur(dossier, prise)
        finally:
            if demarre:
                _quitter(usage, demarre)


@contextmanager
def serveur_jetable() -> Iterator[Serveur]:
    """Fast server on new data in a temporary directory, erased at the end."""
    lieu = Path(tempfile.mkdtemp(prefix="edp-"))
    lieu.chmod(0o711)
    with serveur(lieu / "postgres", jetable=True) as celui_ci:
        yield celui_ci


@contextmanager
def environnement_embarque() -> Iterator[None]:
    """Puts the addresses of the embedded server into ``os.environ``, for the settings to read.

    A refusal ends the program with its sentence; SIGTERM too, by the usual way out.
    """
    signal.signal(signal.SIGTERM, lambda numero, _cadre: sys.exit(128 + numero))
    with ExitStack() as pile:
        try:
            celui_ci = pile.enter_context(serveur())
        except RefusServeur as refus:
            sys.exit(str(refus))
        os.environ.update(celui_ci.environnement)
        yield


def _verrou(dossier: Path, suffixe: str) -> BinaryIO:
    try:
        dossier.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        return open(dossier.with_suffix(suffixe), "wb", opener=lambda nom, mode: os.open(nom, mode, 0o600))
    except PermissionError:
        raise RefusServeur(f"Ce compte ne peut pas écrire dans « {dossier.parent} ».") from None


def _joindre_ou_demarrer(dossier: Path, jetable: bool) -> tuple[Path, _Demarre | None]:
    for reste in reversed(range(PATIENCE)):
        if prise := prise_vivante(dossier):
            return prise, None
        try:
            return _demarrer(dossier, jetable)
        except ServeurOccupe:
            if not reste:
                raise
            time.sleep(0.5)
    raise AssertionError("unreachable")


def _demarrer(dossier: Path, jetable: bool) -> tuple[Path, _Demarre]:
    binaires = trouver_binaires()
    grappe = Grappe(dossier, binaires, compte_du_serveur(dossier, binaires), jetable)
    grappe.preparer()
    prise = grappe.ouvrir_prise()
    fin = Fin(
        verrou=str(dossier.with_suffix(".usage")),
        commande=grappe.commande_d_arret(),
        prise=str(prise),
        a_effacer=str(dossier.parent) if jetable else "",
    )
    gardien = poster_gardien(fin)  # before the start: from here on, dying leaves no server behind
    grappe.demarrer(prise)
    poser_roles(prise)
    return prise, _Demarre(fin, gardien)


@dataclass(frozen=True)
class _Demarre:
    """What the one who started the server must do in the end."""

    fin: Fin
    gardien: int


def _quitter(usage: BinaryIO, demarre: _Demarre) -> None:
    """Stops what we started before we return, unless somebody else still uses it."""
    try:
        fcntl.flock(usage, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(usage, fcntl.LOCK_SH)  # at once if others use it, else when the guardian has stopped it
    else:
        demarre.fin.executer()
        os.kill(
            demarre.gardien, signal.SIGKILL
        )  # it waits for the lock that we hold: nothing is left to guard
        os.waitpid(demarre.gardien, 0)


def executer(commande: list[str], *, jetable: bool = False) -> int:
    """Runs a command beside the server and returns its exit code; ``DATABASE_URL`` wins over it."""
    if fournie := os.environ.get("DATABASE_URL"):
        proprietaire = os.environ.get("DATABASE_URL_PROPRIETAIRE", fournie)
        return superviser([commande], {"DATABASE_URL_PROPRIETAIRE": proprietaire})
    with serveur_jetable() if jetable else serveur() as celui_ci:
        return superviser([commande], celui_ci.environnement)


def main(arguments: list[str]) -> int:
    """Command line; a refusal is a French sentence on stderr and the exit code 1."""
    analyseur = argparse.ArgumentParser(prog="python -m reseau.socle.postgres")
    ordres = analyseur.add_subparsers(required=True)
    ordre = ordres.add_parser("executer", help="lance une commande à côté du serveur embarqué")
    ordre.add_argument("--jetable", action="store_true", help="données neuves, effacées à la fin")
    ordre.add_argument("commande", nargs="+")
    choix = analyseur.parse_args(arguments)
    try:
        return executer(choix.commande, jetable=choix.jetable)
    except RefusServeur as refus:
        sys.exit(str(refus))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
