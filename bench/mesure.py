"""Paired measures: wall time drifts with the machine's neighbours, ratios taken in one run do not."""

from __future__ import annotations

import gc
import statistics
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection
from django.test.utils import CaptureQueriesContext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpResponse

CHAUFFE, TOURS = 3, 25


@dataclass
class Mesure:
    """CPU and wall milliseconds of each round, and what one answer weighs."""

    cpu: list[float] = field(default_factory=list)
    mur: list[float] = field(default_factory=list)
    requetes: int = 0
    octets: int = 0
    statut: int = 0

    @property
    def cpu_ms(self) -> float:
        """Median CPU of one call."""
        return statistics.median(self.cpu)

    @property
    def mur_ms(self) -> float:
        """Median wall time of one call."""
        return statistics.median(self.mur)

    def rapport(self, plancher: Mesure) -> float:
        """Median of the ratios taken round by round."""
        return statistics.median(a / b for a, b in zip(self.cpu, plancher.cpu, strict=True))


def chronometrer(appels: Mapping[str, Callable[[], HttpResponse]], tours: int = TOURS) -> dict[str, Mesure]:
    """Call each in turn, A B C A B C..., after a warm-up; return the measures by name."""
    mesures = {nom: Mesure() for nom in appels}
    for nom, appel in appels.items():
        for _ in range(CHAUFFE):
            appel()
        with CaptureQueriesContext(connection) as captures:
            reponse = appel()
        mesures[nom].requetes = len(captures)
        mesures[nom].octets = len(b"".join(reponse)) if reponse.streaming else len(reponse.content)
        mesures[nom].statut = reponse.status_code
    gc.collect()
    gc.freeze()
    for _ in range(tours):
        for nom, appel in appels.items():
            cpu, mur = time.process_time(), time.perf_counter()
            appel()
            mesures[nom].cpu.append((time.process_time() - cpu) * 1000)
            mesures[nom].mur.append((time.perf_counter() - mur) * 1000)
    return mesures
