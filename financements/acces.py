"""What the funding trade holds about a learner: that she was counted, in which line, for which months."""

from __future__ import annotations

from financements.models import ApprenantCompte
from reseau.socle.acces import Part

PARTS: tuple[Part, ...] = (
    Part(
        ApprenantCompte,
        "Comptée ou compté dans une demande de financement",
        "apprenant",
        sans="id apprenant personne",
        aussi={"demande": lambda compte: compte.ligne.demande.numero},
    ),
)
