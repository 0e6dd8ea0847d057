"""What the page of a school says when it is suspended, or when the school has closed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecoles.diplomes import jour_court
from ecoles.models import Ecole
from ecoles.presentation import ville_de
from ecoles.regles_parcours import page_gardee
from ecoles.toponymes import a_commune

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class PageIndisponible:
    """What the page shows; ``statut`` is 200 while it is kept, then 410. ``commune`` is an INSEE code."""

    titre: str
    nom: str
    phrases: tuple[str, ...]
    commune: str
    statut: int = 200


def page_indisponible(ecole: Ecole, jour: date) -> PageIndisponible:
    """Return the page of a school that is suspended or closed."""
    ou = a_commune(ville_de(ecole))
    if ecole.publication == Ecole.Publication.SUSPENDUE:
        suspendue = f"{ecole.nom}, {ou} : la page de cette école est suspendue."
        return PageIndisponible(
            "Page suspendue pour le moment",
            ecole.nom,
            (suspendue, ecole.motif_suspension),
            ecole.commune_id,
        )
    fermee_le = ecole.fermee_le or jour
    fermee = f"{ecole.nom}, {ou}, n’accueille plus de jeunes."
    if not page_gardee(fermee_le, jour):
        return PageIndisponible("Cette école a fermé", ecole.nom, (fermee,), ecole.commune_id, 410)
    titre = f"Cette école a fermé le {jour_court(fermee_le)}"
    if fermee_le > jour:
        titre = f"Cette école ferme le {jour_court(fermee_le)}"
    suite = "Si vous y étiez inscrit ou inscrite, appelez le 0 800 122 500 : l’appel est gratuit."
    return PageIndisponible(titre, ecole.nom, (fermee, suite), ecole.commune_id)
