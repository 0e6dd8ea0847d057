"""Counts of people that may be shown: none below five, and none that a subtraction would give back.

Source: rules of the project, after the practice of public statistics (secondary suppression).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

SEUIL = 5  # people


def a_montrer[C: Hashable](effectifs: Mapping[C, int], *, total_public: bool) -> frozenset[C]:
    """Return the keys whose count may be shown, among parts of one total.

    Counts below ``SEUIL`` are hidden; an empty part is nobody and hides nothing. When the total is public
    too, the hidden parts together must still be ``SEUIL`` people in two parts at least: the smallest shown
    ones are hidden with them until it holds. If that is impossible nothing is shown.
    """
    peuples = {cle: nombre for cle, nombre in effectifs.items() if nombre > 0}
    montres = sorted((cle for cle in peuples if peuples[cle] >= SEUIL), key=lambda cle: peuples[cle])
    caches = [cle for cle in peuples if peuples[cle] < SEUIL]
    while total_public and caches and montres and _se_deduit([peuples[cle] for cle in caches]):
        caches.append(montres.pop(0))
    return frozenset(montres)


def total_montrable(effectifs: Mapping[Hashable, int]) -> bool:
    """Whether the total of these parts may be shown beside the parts that :func:`a_montrer` keeps."""
    montres = a_montrer(effectifs, total_public=True)
    caches = [nombre for cle, nombre in effectifs.items() if nombre > 0 and cle not in montres]
    return sum(effectifs.values()) >= SEUIL and not (caches and _se_deduit(caches))


def _se_deduit(caches: list[int]) -> bool:
    return len(caches) == 1 or sum(caches) < SEUIL
