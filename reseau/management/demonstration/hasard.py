"""Chance with a memory: the same seed and the same keys always give the same draw."""

from __future__ import annotations

import random


def tirage(*cles: object) -> random.Random:
    """Return a generator of its own for ``cles``: rows can be made in any order, or later."""
    return random.Random(":".join(map(str, cles)))  # noqa: S311 - invented data, no secret


def parts[T](poids: dict[T, int], hasard: random.Random) -> T:
    """Draw a key of ``poids`` in proportion to its weight."""
    return hasard.choices(list(poids), weights=list(poids.values()))[0]
