"""What the workshop holds about a learner: her minutes and on what, never what a client paid."""

from __future__ import annotations

from commandes.models import Pointage
from reseau.socle.acces import Part

PARTS: tuple[Part, ...] = (
    Part(
        Pointage,
        "Heures d'atelier",
        "apprenant",
        sans="id cle lot apprenant saisi_par",
        aussi={"objet de la commande": lambda pointage: pointage.commande.intitule},
    ),
)
