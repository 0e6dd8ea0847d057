"""Where a person records minutes, and who may supervise there: one query."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from commandes.examens import ENCADRANTS
from ecoles.models import MembreEquipe
from ecoles.requetes import ecoles_pour
from reseau.models import en_cours
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from ecoles.models import Ecole
    from reseau.models import Utilisateur


@dataclass
class Equipe:
    """A school where this person records, and who may supervise in it on the day."""

    ecole: Ecole
    encadrants: list[Utilisateur] = field(default_factory=list)


def equipes_de(utilisateur: Utilisateur, jour: date) -> list[Equipe]:
    """Return the schools where a function held today lets this person record, by name."""
    membres = MembreEquipe.objects.filter(
        en_cours(aujourdhui()) | en_cours(jour), ecole__in=ecoles_pour(utilisateur, "pointage.saisir")
    )
    equipes: dict[UUID, Equipe] = {}
    tous = membres.select_related("ecole", "utilisateur")
    for membre in tous.order_by("ecole__nom", "utilisateur__prenom", "utilisateur__nom", "pk"):
        equipe = equipes.setdefault(membre.ecole_id, Equipe(membre.ecole))
        du_jour = membre.du <= jour and (membre.au is None or jour <= membre.au)
        peut = du_jour and membre.fonction in ENCADRANTS
        if peut and membre.utilisateur not in equipe.encadrants:
            equipe.encadrants.append(membre.utilisateur)
    return list(equipes.values())
