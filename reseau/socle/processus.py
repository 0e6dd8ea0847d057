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
DELAI_D_ARRET = 10  # seconds before the insistent signal


def suivre_son_parent() -> None:
    """Asks the kernel for SIGTERM when the parent dies, so that ``kill -9`` leaves no orphan (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class _Arret(Exception):
    """A signal asks to stop; carries the exit code that says so (128 + signal)."""


def _demander_l_arret(numero: int, _cadre: FrameType | None) -> None:
    raise _Arret(128 + numero)


def superviser(commandes: Sequence[Sequence[str]], variables: Mapping[str, str]) -> int:
    """Runs the commands side by side, adding ``variables`` to the environment.

    The first one that ends, or SIGINT, SIGTERM and SIGHUP, stops the others.
    Returns the exit code of the first one, or 128 + the signal.
    """
    signaux = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    anciens = {numero: signal.signal(numero, _demander_l_arret) for numero in signaux}
    enfants: list[subprocess.Popen[bytes]] = []
    environnement = {**os.environ, **variables}
    try:
        for commande in commandes:
            enfant = subprocess.Popen(  # noqa: S603 - the caller's own commands
                commande,
                env=environnement,
                preexec_fn=suivre_son_parent,  # noqa: PLW1509 - one thread only
            )
            enfants.append(enfant)
        return _attendre_le_premier(enfants)
    except _Arret as arret:
        return int(arret.args[0])
    finally:
        for numero in signaux:
            signal.signal(numero, signal.SIG_IGN)
        _arreter(enfants)
        for numero, ancien in anciens.items():
            signal.signal(numero, ancien)


def _attendre_le_premier(enfants: list[subprocess.Popen[bytes]]) -> int:
    if len(enfants) == 1:
        return enfants[0].wait()
    while all(enfant.poll() is None for enfant in enfants):
        time.sleep(0.2)
    return next(code for enfant in enfants if (code := enfant.returncode) is not None)


def _arreter(enfants: list[subprocess.Popen[bytes]]) -> None:
    for enfant in enfants:
        if enfant.poll() is None:
            enfant.terminate()
    for enfant in enfants:
        try:
            enfant.wait(DELAI_D_ARRET)
        except subprocess.TimeoutExpired:
            enfant.kill()
            enfant.wait()
