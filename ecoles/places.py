"""How many of the places of a parcours are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from ecoles.models import EtapeParcours, Inscription, Offre
from reseau.models import en_cours

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet


def nb_inscrits(ecole: UUID, parcours: str, jour: date) -> int:
    """Count the learners of a school enrolled on ``jour`` in a title that only this parcours leads to.

    ``ecole`` and ``parcours`` are keys. A title that two parcours of the school share says of neither how
    many follow it.
    """
    inscrites = Inscription.objects.filter(en_cours(jour), apprenant__ecole=ecole)
    return inscrites.filter(titre__in=_titres_propres(ecole, parcours)).count()


def refus_de_place(ecole: UUID, parcours: str, du: date) -> list[str]:
    """Return why nobody more may enter this parcours on ``du``: who is or will be there takes its places.

    Ask with the row of the offer locked, so that two entries do not take one place.
    """
    offre = Offre.objects.filter(ecole=ecole, parcours=parcours).first()
    if offre is None or offre.capacite is None:
        return []
    presents = Inscription.objects.filter(Q(au__isnull=True) | Q(au__gte=du), apprenant__ecole=ecole)
    nombre = presents.filter(titre__in=_titres_propres(ecole, parcours)).count()
    if nombre < offre.capacite:
        return []
    combien = f"{nombre} jeunes y sont inscrits, pour {offre.capacite} places"
    return [f"Il n'y a plus de place : {combien}. Changez la date d'entrée, ou la capacité du parcours."]


def _titres_propres(ecole: UUID, parcours: str) -> QuerySet[Any]:
    """Titles that only this parcours leads to, among those that the school offers."""
    ailleurs = EtapeParcours.objects.filter(parcours__offres__ecole=ecole).exclude(parcours=parcours)
    titres = EtapeParcours.objects.filter(parcours=parcours).exclude(
        titre__in=ailleurs.order_by().values("titre")
    )
    return titres.order_by().values("titre")
