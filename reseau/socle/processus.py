"""Children that live and die together: the supervisor of the demonstration and of ``executer``."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

PR_SET_PDEATHSIG = 1
SIGNAUX = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
DELAI_D_ARRET = 10  # seconds before the insistent signal
VIE_NORMALE = 5  # seconds


def suivre_son_parent() -> None:
    """Asks the kernel for SIGTERM when the parent dies, so that ``kill -9`` leaves no orphan (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class _Arret(Exception):
    """A signal asks to stop; carries the exit code that says so (128 + signal)."""


def _demander_l_arret(numero: int, _cadre: FrameType | None) -> None:
    raise _Arret(128 + numero)


class _Enfant:
    """A command that runs; it can be started again with the same environment."""

    def __init__(self, commande: Sequence[str], environnement: Mapping[str, str]) -> None:
        self.commande, self.environnement = commande, environnement
        self.relancer()

    def relancer(self) -> None:
        self.lance_a = time.monotonic()
        self.processus = subprocess.Popen(  # noqa: S603 - the caller's own commands
            self.commande,
            env=self.environnement,
            preexec_fn=suivre_son_parent,  # noqa: PLW1509 - one thread only
        )

    @property
    def a_vecu(self) -> bool:
        """Long enough for its fall to be an accident; one that falls at once would fall again."""
        return time.monotonic() - self.lance_a > VIE_NORMALE


def superviser(
    commandes: Sequence[Sequence[str]], variables: Mapping[str, str], *, relancer: bool = False
) -> int:
    """Runs the commands side by side, adding ``variables`` to the environment.

    The first one that ends, or SIGINT, SIGTERM and SIGHUP, stops the others. With ``relancer``, one that
    had lived normally is started again instead. Returns the exit code of the first, or 128 + the signal.
    """
    anciens = {numero: signal.signal(numero, _demander_l_arret) for numero in SIGNAUX}
    enfants: list[_Enfant] = []
    try:
        for commande in commandes:
            enfants.append(_Enfant(commande, {**os.environ, **variables}))  # noqa: PERF401 - so that _arreter sees them
        return _veiller(enfants, relancer=relancer)
    except _Arret as arret:
        return int(arret.args[0])
    finally:
        for numero in SIGNAUX:
            signal.signal(numero, signal.SIG_IGN)
        _arreter([enfant.processus for enfant in enfants])
        for numero, ancien in anciens.items():
            signal.signal(numero, ancien)


def _veiller(enfants: list[_Enfant], *, relancer: bool) -> int:
    if len(enfants) == 1 and not relancer:
        return enfants[0].processus.wait()
    while True:
        for enfant in enfants:
            code = enfant.processus.poll()
            if code is not None and not (relancer and enfant.a_vecu):
                return code
            if code is not None:
                enfant.relancer()
        time.sleep(0.2)


def _arreter(processus: list[subprocess.Popen[bytes]]) -> None:
    for un in processus:
        if un.poll() is None:
            un.terminate()
    for un in processus:
        try:
            un.wait(DELAI_D_ARRET)
        except subprocess.TimeoutExpired:
            un.kill()
            un.wait()
