"""What is missing before a school can hand in, each sentence with the place where it is put right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from financements.models import Demande


@dataclass(frozen=True, slots=True)
class Manque:
    """A sentence, and the address of its remedy (or nothing)."""

    phrase: str
    lien: str = ""


def avec_liens(demande: Demande, phrases: Iterable[str]) -> list[Manque]:
    """Return the refusals of a deposit with the place of each; the guards' words say which."""
    joindre = reverse("admin:financements_demande_joindre", args=[demande.pk])
    places = (
        ("Ajoutez au moins une ligne", "#lignes-group"),
        ("Il manque le SIRET", reverse("admin:ecoles_ecole_change", args=[demande.ecole_id])),
        ("Il manque l'IBAN", reverse("admin:ecoles_coordonneesbancaires_add")),
        ("Il manque une pièce", joindre),
        ("compte rendu financier manque", joindre),
        ("a été refusée à l'analyse", "#fin-pieces"),
        ("est en cours d'analyse", "#fin-pieces"),
    )
    return [Manque(phrase, next((lien for mots, lien in places if mots in phrase), "")) for phrase in phrases]
