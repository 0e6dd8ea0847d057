"""How many of the places of a parcours are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoles.models import EtapeParcours, Inscription
from reseau.models import en_cours

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


def nb_inscrits(ecole: UUID, parcours: str, jour: date) -> int:
    """Count the learners of a school enrolled on ``jour`` in a title that only this parcours leads to.

    ``ecole`` and ``parcours`` are keys. A title that two parcours of the school share says of neither how
    many follow it.
    """
    ailleurs = EtapeParcours.objects.filter(parcours__offres__ecole=ecole).exclude(parcours=parcours)
    titres = EtapeParcours.objects.filter(parcours=parcours).exclude(
        titre__in=ailleurs.order_by().values("titre")
    )
    inscrites = Inscription.objects.filter(en_cours(jour), apprenant__ecole=ecole)
    return inscrites.filter(titre__in=titres.order_by().values("titre")).count()
