"""Stops the embedded server when nobody uses it any more, whatever the way its users died.

Every user holds a shared lock on one file; the kernel drops it with the process, ``kill -9`` included.
The guardian waits in a process of its own for the exclusive lock: having it proves that no user is left.
Only the standard library here: the guardian starts without the project's environment.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fin:
    """What to do when the last user has left; strings only, so that it travels as JSON."""

    verrou: str
    commande: list[str]
    prise: str
    a_effacer: str = ""

    def executer(self) -> None:
        """Stops the server, removes its socket directory and, if it was a throw-away, its data."""
        subprocess.run(  # noqa: S603 - the command comes from Grappe
            self.commande, stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd="/"
        )
        shutil.rmtree(self.prise, ignore_errors=True)
        if self.a_effacer:
            shutil.rmtree(self.a_effacer, ignore_errors=True)


def poster_gardien(fin: Fin) -> int:
    """Starts the guardian in a session of its own, where Ctrl-C does not reach it; returns its pid."""
    entrees_et_sorties = [(os.POSIX_SPAWN_OPEN, numero, os.devnull, os.O_RDWR, 0) for numero in range(3)]
    return os.posix_spawn(
        sys.executable,
        [sys.executable, "-I", "-S", __file__, json.dumps(asdict(fin))],
        os.environ,
        file_actions=entrees_et_sorties,
        setsid=True,
    )


def monter_la_garde(fin: Fin) -> None:
    """Waits for the last user, then ends the server while newcomers wait at the lock."""
    os.chdir("/")
    with Path(fin.verrou).open("rb") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        fin.executer()


if __name__ == "__main__":
    monter_la_garde(Fin(**json.loads(sys.argv[1])))
