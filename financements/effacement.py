"""What funding erases: the key to a learner who has become nobody; the months stay counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from financements.models import ApprenantCompte
from reseau.socle.effacement import Etape

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet


def _comptes(_jour: date) -> QuerySet[ApprenantCompte]:
    return ApprenantCompte.objects.filter(apprenant__anonyme_le__isnull=False)


def _detacher(jour: date) -> int:
    """One request at a time: its lock is held for its own rows only, as at the door."""
    demandes = list(_comptes(jour).order_by().values_list("ligne__demande", flat=True).distinct())
    return sum(
        _comptes(jour).filter(ligne__demande=demande).order_by().update(apprenant=None)
        for demande in demandes
    )


ETAPES = (Etape("élèves comptés dont le jeune est parti", lambda jour: _comptes(jour).count(), _detacher),)
