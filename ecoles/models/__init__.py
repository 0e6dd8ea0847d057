"""Schools, titles, learners, staff, safety, contacts."""

from ecoles.models.apprenants import Apprenant, Inscription, RepresentantLegal
from ecoles.models.candidatures import Candidature, JournalCandidature
from ecoles.models.contacts import DemandeContact
from ecoles.models.ecoles import AncienSlug, Ecole, Gestionnaire
from ecoles.models.equipes import Agrement, CoordonneesBancaires, MembreEquipe
from ecoles.models.evenements import Evenement
from ecoles.models.histoires import MetierEcole, TravailDeclare, TravailEncadre
from ecoles.models.inspections import DossierInspection
from ecoles.models.lieux import Atelier, Machine, Site
from ecoles.models.parcours import EtapeParcours, Groupe, MaitreDeGroupe, Offre, Parcours
from ecoles.models.resultats import Resultat
from ecoles.models.securite import (
    AvisAptitude,
    DeclarationDerogation,
    Encadrement,
    FormationSecurite,
    TravailReglemente,
)
from ecoles.models.statuts import InscriptionListe, Label, Reconnaissance
from ecoles.models.titres import BlocCompetences, Competence, Filiere, Titre
from ecoles.models.transferts import JournalTransfert, Transfert

__all__ = [
    "Agrement",
    "AncienSlug",
    "Apprenant",
    "Atelier",
    "AvisAptitude",
    "BlocCompetences",
    "Candidature",
    "Competence",
    "CoordonneesBancaires",
    "DeclarationDerogation",
    "DemandeContact",
    "DossierInspection",
    "Ecole",
    "Encadrement",
    "EtapeParcours",
    "Evenement",
    "Filiere",
    "FormationSecurite",
    "Gestionnaire",
    "Groupe",
    "Inscription",
    "InscriptionListe",
    "JournalCandidature",
    "JournalTransfert",
    "Label",
    "Machine",
    "MaitreDeGroupe",
    "MembreEquipe",
    "MetierEcole",
    "Offre",
    "Parcours",
    "Reconnaissance",
    "RepresentantLegal",
    "Resultat",
    "Site",
    "Titre",
    "Transfert",
    "TravailDeclare",
    "TravailEncadre",
    "TravailReglemente",
]
