"""What is missing before a school can hand in, each sentence with the place where it is put right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from financements.bilans import bilan_de
from financements.dossier import allocation_de
from financements.natures import NaturePiece

if TYPE_CHECKING:
    from collections.abc import Iterable

    from financements.models import Demande


# What the guards say of the report, wherever they are asked.
_AU_BILAN = ("Écrivez ce qui est à corriger", "Chaque ligne du bilan a d'abord ses mois retenus")


@dataclass(frozen=True, slots=True)
class Manque:
    """A sentence, and the address of its remedy (or nothing)."""

    phrase: str
    lien: str = ""

    def __str__(self) -> str:
        return self.phrase


def lien_du_bilan(demande: Demande) -> str:
    """Return the page of the report, or nothing before there is one."""
    bilan = bilan_de(demande) if allocation_de(demande) else None
    return reverse("admin:financements_bilan_change", args=[bilan.pk]) if bilan else ""


def avec_liens(demande: Demande, phrases: Iterable[str]) -> list[Manque]:
    """Return the refusals of a deposit with the place of each; the guards' words say which."""
    joindre = reverse("admin:financements_demande_joindre", args=[demande.pk])
    budget = reverse("admin:financements_demande_budget", args=[demande.pk])
    bilan = lien_du_bilan(demande)
    places = (
        *(
            (f"Il manque une pièce : « {nature.label} »", f"{joindre}?nature={nature.value}")
            for nature in NaturePiece
        ),
        ("Le budget ", budget),
        ("ou répondez à la DREETS", bilan),
        ("mois-élèves réalisés", bilan),
        ("ce qui a été fait avec la subvention", bilan),
        ("compte rendu financier : les charges", bilan),
        ("contributions en nature", bilan),
        ("Ajoutez au moins une ligne", "#lignes-group"),
        ("Il manque le SIRET", reverse("admin:ecoles_ecole_change", args=[demande.ecole_id])),
        ("Il manque l'IBAN", reverse("admin:ecoles_coordonneesbancaires_add")),
        ("compte rendu financier manque", f"{joindre}?nature={NaturePiece.COMPTE_RENDU}"),
        ("a été refusée à l'analyse", "#fin-pieces"),
        ("est en cours d'analyse", "#fin-pieces"),
    )
    return [Manque(phrase, next((lien for mots, lien in places if mots in phrase), "")) for phrase in phrases]


def avec_bilan(demande: Demande, phrases: Iterable[str]) -> list[Manque]:
    """Return the refusals about a report, each with the page where its lines are written."""
    bilan = bilan_de(demande) if hasattr(demande, "allocation") else None
    lien = reverse("admin:financements_bilan_change", args=[bilan.pk]) + "#lignes-group" if bilan else ""
    return [Manque(phrase, lien if any(mots in phrase for mots in _AU_BILAN) else "") for phrase in phrases]
