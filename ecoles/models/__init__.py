"""Schools, titles, learners, staff, safety, contacts."""

from ecoles.models.apprenants import Apprenant, Inscription
from ecoles.models.contacts import DemandeContact
from ecoles.models.ecoles import (
    AncienSlug,
    CoordonneesBancaires,
    Ecole,
    Gestionnaire,
    MembreEquipe,
    Offre,
)
from ecoles.models.evenements import Evenement
from ecoles.models.resultats import Resultat
from ecoles.models.securite import AvisAptitude, DeclarationDerogation, FormationSecurite, TravailReglemente
from ecoles.models.titres import BlocCompetences, Filiere, Titre

__all__ = [
    "AncienSlug",
    "Apprenant",
    "AvisAptitude",
    "BlocCompetences",
    "CoordonneesBancaires",
    "DeclarationDerogation",
    "DemandeContact",
    "Ecole",
    "Evenement",
    "Filiere",
    "FormationSecurite",
    "Gestionnaire",
    "Inscription",
    "MembreEquipe",
    "Offre",
    "Resultat",
    "Titre",
    "TravailReglemente",
]
