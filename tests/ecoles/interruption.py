"""Run as a program: do one thing to a batch, and die by SIGKILL at the n-th SQL statement."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import django


class Fin:
    """Counts statements; at the last one allowed, the process is killed as a power cut would."""

    def __init__(self, rang: int) -> None:
        self.rang, self.nombre = rang, 0

    def __call__(self, executer: Any, *args: Any) -> Any:
        self.nombre += 1
        if self.nombre == self.rang:
            os.kill(os.getpid(), signal.SIGKILL)
        return executer(*args)


def mourir(geste: str, cle: str, rang: int) -> None:
    """Read or accept a batch until the statement ``rang``."""
    django.setup()
    from django.db import connection

    from reseau.models import LotImport
    from reseau.socle import attente, lots

    lot = LotImport.objects.get(pk=cle)
    with connection.execute_wrapper(Fin(rang)):
        if geste == "lire":
            attente.lire_le_lot(lot)
        else:
            lots.accepter(lot, None)


if __name__ == "__main__":
    mourir(sys.argv[1], sys.argv[2], int(sys.argv[3]))
