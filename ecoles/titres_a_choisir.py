"""Diplomas in a list of choices: two of the same name are told apart by their code."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef

from ecoles.models import Titre


def distinguer(champ: Any) -> None:
    """Make the labels of a list of diplomas all different; no query more."""
    homonymes = Titre.objects.filter(type=OuterRef("type"), intitule=OuterRef("intitule"))
    autres = homonymes.exclude(pk=OuterRef("pk")).order_by()
    champ.queryset = champ.queryset.annotate(homonyme=Exists(autres))
    champ.label_from_instance = libelle


def libelle(titre: Any) -> str:
    """Print a diploma, with its code when another one has the same name."""
    if not getattr(titre, "homonyme", False):
        return str(titre)
    return f"{titre} (RNCP {titre.code_rncp})" if titre.code_rncp else f"{titre} (code {titre.code_cfd})"
