"""Tables of the schools whose history is kept: what is personal, and what the law hangs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoles.models.apprenants import Apprenant, Inscription, RepresentantLegal
from ecoles.models.ecoles import Ecole, Gestionnaire
from ecoles.models.equipes import Agrement, CoordonneesBancaires, MembreEquipe
from ecoles.models.parcours import Offre
from ecoles.models.resultats import Resultat
from ecoles.models.securite import (
    AvisAptitude,
    DeclarationDerogation,
    Encadrement,
    FormationSecurite,
)
from ecoles.models.statuts import InscriptionListe, Label, Reconnaissance
from reseau.models.histoire import historiser

if TYPE_CHECKING:
    from django.db import models


class MetierEcole(Ecole.filieres.through):  # type: ignore[name-defined,misc]
    """The link between a school and a trade, for its history."""

    class Meta:
        proxy = True
        verbose_name = "métier"


class TravailDeclare(DeclarationDerogation.travaux.through):  # type: ignore[name-defined,misc]
    """The link between a declaration and a work, for its history."""

    class Meta:
        proxy = True
        verbose_name = "machine ou travail dangereux"


class TravailEncadre(Encadrement.travaux.through):  # type: ignore[name-defined,misc]
    """The link between a supervisor and a work, for its history."""

    class Meta:
        proxy = True
        verbose_name = "machine ou travail dangereux"


# By which column a page reads each: its own key, or that of what it belongs to.
_RACINES: dict[type[models.Model], str] = {
    Gestionnaire: "id",
    Ecole: "id",
    MetierEcole: "ecole",
    Offre: "ecole",
    Label: "ecole",
    Reconnaissance: "ecole",
    InscriptionListe: "ecole",
    Agrement: "ecole",
    MembreEquipe: "ecole",
    CoordonneesBancaires: "ecole",
    Resultat: "ecole",
    Apprenant: "id",
    RepresentantLegal: "apprenant",
    Inscription: "apprenant",
    AvisAptitude: "apprenant",
    FormationSecurite: "apprenant",
    DeclarationDerogation: "ecole",
    TravailDeclare: "declarationderogation",
    Encadrement: "membre",
    TravailEncadre: "encadrement",
}
for _modele, _racine in _RACINES.items():
    historiser(_modele, _racine)
