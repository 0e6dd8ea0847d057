"""Life of a change of school, as data: proposed by the one, answered by the other."""

from __future__ import annotations

from typing import Final

from django.db import models


class EtatTransfert(models.TextChoices):
    """States of a change of school."""

    PROPOSE = "propose", "Proposé"
    ACCEPTE = "accepte", "Accepté"
    REFUSE = "refuse", "Refusé"
    ANNULE = "annule", "Annulé"


class MotifTransfert(models.TextChoices):
    """Why the other school says no: a list and no free text, since two schools read it."""

    PLACE = "place", "plus de place"
    METIER = "metier", "le métier n'est pas enseigné ici"
    FAMILLE = "famille", "la famille n'a pas pris contact"
    DATE = "date", "la date ne convient pas"
    AUTRE = "autre", "autre raison, dite de vive voix"


PASSAGES_TRANSFERT: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "accepter": ((EtatTransfert.PROPOSE,), EtatTransfert.ACCEPTE),
    "refuser": ((EtatTransfert.PROPOSE,), EtatTransfert.REFUSE),
    "annuler": ((EtatTransfert.PROPOSE,), EtatTransfert.ANNULE),
}


def paires_transfert() -> list[tuple[str, str]]:
    """Return every legal (from, to) pair."""
    return [(source, cible) for sources, cible in PASSAGES_TRANSFERT.values() for source in sources]
