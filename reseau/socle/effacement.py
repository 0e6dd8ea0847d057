"""What is erased when its time has come: each app lists its steps, ``manage.py purger`` runs them.

Retentions are parameters (``settings.CONSERVATIONS``, in days); the register says them in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date


@dataclass(frozen=True)
class Etape:
    """One kind of data: how many rows have passed their time on a day, and what erases them.

    ``compter`` and ``effacer`` take the day and return a number of rows; erasing twice does nothing more.
    """

    quoi: str
    compter: Callable[[date], int]
    effacer: Callable[[date], int]


def limite(genre: str, jour: date) -> date:
    """Return the last day that is too old for this kind of data on ``jour``."""
    return jour - timedelta(days=settings.CONSERVATIONS[genre])
