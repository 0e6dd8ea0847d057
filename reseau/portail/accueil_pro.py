"""The home of each role, composed from one function per trade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commandes import a_faire as commandes
from ecoles import a_faire as ecoles
from financements import a_faire as financements

if TYPE_CHECKING:
    from ecoles.models import Ecole
    from reseau.models import Utilisateur
    from reseau.socle.a_faire import Attente, Rubrique


def a_traiter(utilisateur: Utilisateur) -> list[Rubrique]:
    """Everything that awaits this person, the most pressing trade of each role first.

    A trade answers nothing to somebody who holds no duty in it.
    """
    return [
        *financements.a_faire(utilisateur),
        *commandes.a_faire(utilisateur),
        *ecoles.a_faire(utilisateur),
    ]


def attentes_a_l_ecole(utilisateur: Utilisateur, ecole: Ecole) -> list[Attente]:
    """What awaits this person at one school, for its page."""
    return [
        *financements.attentes(utilisateur, ecole),
        *commandes.attentes(utilisateur, ecole),
        *ecoles.attentes(utilisateur, ecole),
    ]
