"""Wall time of an action, the COPY of a file as it is, and the memory of the process."""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable


def chronometrer(action: Callable[[], object]) -> float:
    """Seconds of one call."""
    debut = time.perf_counter()
    action()
    return time.perf_counter() - debut


def copier(contenu: bytes, nb_colonnes: int) -> None:
    """The floor: the same CSV by COPY into a table of texts."""
    colonnes = ", ".join(f"c{n} text" for n in range(nb_colonnes))
    with connection.cursor() as curseur:
        curseur.execute(f"CREATE TEMP TABLE plancher ({colonnes})")
        with curseur.copy("COPY plancher FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)") as flux:
            flux.write(contenu)
        curseur.execute("DROP TABLE plancher")


def memoire() -> float:
    """Largest memory of the process so far, in Mo."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
