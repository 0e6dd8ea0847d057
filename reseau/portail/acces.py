"""Everything that the portal holds about a learner, put together from each trade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commandes import acces as commandes
from ecoles import acces as ecoles
from financements import acces as financements

if TYPE_CHECKING:
    from reseau.socle.acces import Part

PARTS: tuple[Part, ...] = (*ecoles.PARTS, *commandes.PARTS, *financements.PARTS)
