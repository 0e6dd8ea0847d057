"""Life of an application, as data: states, reasons of a refusal, and the moves that exist.

Admission is on motivation, after a visit and a trial week: one cannot be admitted without both.
"""

from __future__ import annotations

from typing import Final

from django.db import models


class Etat(models.TextChoices):
    """States of an application, in the words of the school."""

    RECUE = "recue", "Reçue"
    VISITE = "visite", "Visite faite"
    ESSAI = "essai", "Semaine d'essai"
    ADMISE = "admise", "Admise"
    INSCRITE = "inscrite", "Inscrite"
    REFUSEE = "refusee", "Refusée"
    RETIREE = "retiree", "Retirée par la famille"


class MotifRefus(models.TextChoices):
    """Why a school says no: a short list, so that it can be counted."""

    METIER = "metier", "le métier voulu n'est pas enseigné ici"
    AGE = "age", "l'âge à l'entrée"
    ABSENT = "absent", "le jeune n'est pas venu"
    MOTIVATION = "motivation", "le métier ne lui plaît pas assez"
    PLACE = "place", "plus de place"
    AUTRE = "autre", "autre raison"


OUVERTES: Final = (Etat.RECUE, Etat.VISITE, Etat.ESSAI, Etat.ADMISE)
SANS_INSCRIPTION: Final = (Etat.REFUSEE, Etat.RETIREE)

# Transition -> (from, to). The database knows these pairs and no other.
PASSAGES: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "visiter": ((Etat.RECUE,), Etat.VISITE),
    "essayer": ((Etat.VISITE,), Etat.ESSAI),
    "admettre": ((Etat.ESSAI,), Etat.ADMISE),
    "inscrire": ((Etat.ADMISE,), Etat.INSCRITE),
    "refuser": ((Etat.RECUE, Etat.VISITE, Etat.ESSAI), Etat.REFUSEE),
    "retirer": (OUVERTES, Etat.RETIREE),
}


def paires() -> list[tuple[str, str]]:
    """Return every legal (from, to) pair."""
    return [(source, cible) for sources, cible in PASSAGES.values() for source in sources]
