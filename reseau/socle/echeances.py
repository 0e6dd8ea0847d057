"""Deadlines: reminders, each given once; for a paper, 90 and 30 days before its last day.

Days are Paris dates. A night that was missed is caught up: the reminder is the nearest that is due.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from reseau.champs import uuid7

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

PALIERS = (90, 30)
_POSER = """
INSERT INTO reseau_rappelecheance (id, nature, objet, finit_le, palier, pose_le)
SELECT id, nature, objet, finit_le, palier, clock_timestamp()
FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::date[], %s::int[])
    AS r (id, nature, objet, finit_le, palier)
ON CONFLICT (nature, objet, finit_le, palier) DO NOTHING RETURNING id
"""


@dataclass(frozen=True)
class Echeance:
    """Something that ends: what kind, which one, and the last day that it holds."""

    nature: str
    objet: UUID
    finit_le: date


def palier_du(finit_le: date, jour: date) -> int | None:
    """Return the reminder that is due on ``jour`` (90 or 30 days before), or nothing: too early, or over."""
    reste = (finit_le - jour).days
    if reste < 0:
        return None
    return min((palier for palier in PALIERS if reste <= palier), default=None)


def poser_les_rappels[E: Echeance](echeances: Sequence[E], jour: date) -> tuple[list[E], UUID | None]:
    """Note the reminders due on ``jour`` (90 and 30 days before), as :func:`poser` does."""
    return poser([(e, palier) for e in echeances if (palier := palier_du(e.finit_le, jour)) is not None])


def poser[E: Echeance](dus: Sequence[tuple[E, int]]) -> tuple[list[E], UUID | None]:
    """Note these reminders; return those that nobody had given, and the key of the first.

    To be called in the transaction that writes the mails: both stay, or neither. Two at once wait for one
    another, and each reminder goes to one of them.
    """
    if not dus:
        return [], None
    cles = [(uuid7(), e, palier) for e, palier in dus]
    colonnes = (
        [cle for cle, _, _ in cles],
        [e.nature for _, e, _ in cles],
        [e.objet for _, e, _ in cles],
        [e.finit_le for _, e, _ in cles],
        [palier for _, _, palier in cles],
    )
    with connection.cursor() as curseur:
        curseur.execute(_POSER, colonnes)
        poses = {cle for (cle,) in curseur.fetchall()}
    nouveaux = [(cle, e) for cle, e, _ in cles if cle in poses]
    return [e for _, e in nouveaux], nouveaux[0][0] if nouveaux else None
