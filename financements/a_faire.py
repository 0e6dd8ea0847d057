"""What awaits a person in this trade."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reseau.models import Utilisateur
    from reseau.socle.a_faire import Rubrique


def a_faire(utilisateur: Utilisateur) -> list[Rubrique]:
    """Return the rubrics of this person."""
    return []
