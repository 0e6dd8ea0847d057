"""What the orders erase: the words that named a learner who has become nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commandes.models import Pointage
from reseau.socle.effacement import Etape

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

MOTIF_EFFACE = "Raison effacée avec le nom du jeune."


def _motifs(_jour: date) -> QuerySet[Pointage]:
    """A reason says a first name ("il manque l'avis d'aptitude de Malo")."""
    return Pointage.objects.filter(apprenant__anonyme_le__isnull=False).exclude(motif__in=("", MOTIF_EFFACE))


ETAPES = (
    Etape(
        "raisons qui nommaient un jeune parti",
        lambda jour: _motifs(jour).count(),
        lambda jour: _motifs(jour).update(motif=MOTIF_EFFACE),
    ),
)
