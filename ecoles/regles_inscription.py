"""May this learner be enrolled? Pure functions: values in, refusals out.

The database says the same (``ecoles.models.declencheurs_apprenants``), with the same sentences: change both.
Sources: ages of the network's schools, code de l'éducation L443-6; legal representatives, code civil 388-1-1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoles.regles import MAJORITE, age_le
from reseau.nombres import montrer_date

if TYPE_CHECKING:
    from datetime import date

    from ecoles.models import Titre

AGE_MINIMAL = 14
AGES_ORDINAIRES = (15, 18)  # both included: 14, and 19 and more, are entered with a written reason

TROP_JEUNE = "À l'entrée, il faut avoir 14 ans au moins."
AGE_A_MOTIVER = "Entrer à 14 ans, ou après 18 ans, est une exception : écrivez pourquoi."
SANS_REPRESENTANT = "Un mineur a au moins un représentant légal : ajoutez-le avec un moyen de le joindre."
TITRE_FERME = "Ce diplôme est fermé à cette date."
TITRE_NON_PROPOSE = "L'école ne propose pas ce diplôme."


def refus_d_entree(ne_le: date, du: date, motif: str) -> list[str]:
    """Return why somebody born on ``ne_le`` may not enter on ``du``; later steps ask nothing of the age."""
    age = age_le(ne_le, du)
    if age < AGE_MINIMAL:
        return [TROP_JEUNE]
    if not AGES_ORDINAIRES[0] <= age <= AGES_ORDINAIRES[1] and not motif.strip():
        return [AGE_A_MOTIVER]
    return []


def refus_de_titre(titre: Titre, du: date, *, propose: bool) -> list[str]:
    """Return why a title may not be taught from ``du``: closed, or not among what the school offers."""
    refus = []
    if not titre.ouvert_le(du):
        ferme = montrer_date(titre.ferme_le) if titre.ferme_le else ""
        refus.append(f"{TITRE_FERME} « {titre} » ne reçoit plus personne depuis le {ferme}.")
    if not propose:
        refus.append(f"{TITRE_NON_PROPOSE} Ajoutez-le d'abord à sa page.")
    return refus


def demande_un_representant(ne_le: date, jour: date) -> bool:
    """Whether somebody must answer for this learner on ``jour``."""
    return age_le(ne_le, jour) < MAJORITE
