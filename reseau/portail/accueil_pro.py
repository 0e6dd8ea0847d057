"""The home of each role, composed from one function per trade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commandes import a_faire as commandes
from ecoles import a_faire as ecoles
from financements import a_faire as financements

if TYPE_CHECKING:
    from reseau.models import Utilisateur
    from reseau.socle.a_faire import Rubrique


def a_traiter(utilisateur: Utilisateur) -> list[Rubrique]:
    """Everything that awaits this person, the most pressing trade of each role first.

    A trade answers nothing to somebody who holds no duty in it.
    """
    return [
        *financements.a_faire(utilisateur),
        *commandes.a_faire(utilisateur),
        *ecoles.a_faire(utilisateur),
    ]
