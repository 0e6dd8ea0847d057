"""Run as a program: cross one transition again and again, killed by SIGKILL one statement later each time.

Each try is a process of its own, forked before any connection: a real death, at the price of a fork.
The last one dies between its last statement and its COMMIT.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from typing import NoReturn

import django


def mourir(nom: str, cle: str, qui: str, rang: int, recu: int) -> NoReturn:
    """Cross ``nom``, and never come back: at the statement ``rang``, else at the door of COMMIT."""
    from django.db import connection

    from financements.etats import MACHINE
    from financements.models import Demande
    from reseau.models import Utilisateur
    from reseau.socle.etats import Contexte
    from tests.ecoles.interruption import Fin
    from tests.usines_financements import saisies

    def au_commit() -> None:
        os.write(recu, b"C")
        os.kill(os.getpid(), signal.SIGKILL)

    connection.ensure_connection()
    demande, contexte = Demande.objects.get(pk=cle), Contexte(Utilisateur.objects.get(pk=qui), saisies(nom))
    connection._commit = au_commit  # type: ignore[attr-defined]
    with connection.execute_wrapper(Fin(rang)):
        MACHINE.franchir(demande, nom, contexte)
    os._exit(1)  # it came back: nothing killed it


def essayer(nom: str, cle: str, qui: str, rang: int) -> bool:
    """Fork, wait for the death, and say whether it came at the door of COMMIT."""
    lecture, ecriture = os.pipe()
    if not (enfant := os.fork()):
        try:
            mourir(nom, cle, qui, rang, ecriture)
        finally:
            os._exit(2)
    os.close(ecriture)
    _, etat = os.waitpid(enfant, 0)
    assert os.waitstatus_to_exitcode(etat) == -signal.SIGKILL, (rang, etat)
    with os.fdopen(lecture, "rb") as tube:
        return tube.read() == b"C"


def balayer(nom: str, cle: str, qui: str) -> None:
    """One death a line on the output; the next one waits for a line on the input."""
    django.setup()
    import tests.usines_financements  # noqa: F401 - once, before the forks

    for rang in count(1):
        fini = essayer(nom, cle, qui, rang)
        print(rang, "commit" if fini else "mort", flush=True)  # noqa: T201 - read by the test
        if fini or not sys.stdin.readline():
            return


if __name__ == "__main__":
    balayer(*sys.argv[1:4])
