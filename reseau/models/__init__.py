"""The ground floor's tables: territories, accounts, and what the engines keep."""

from reseau.models.actions import ActionEnLot, LigneActionEnLot
from reseau.models.comptes import DOMAINE_EFFACE, AffectationDreets, AffectationNationale, Utilisateur
from reseau.models.compteurs import Compteur
from reseau.models.courriels import Courriel, RappelEcheance
from reseau.models.documents import DocumentFige, FichierDepose
from reseau.models.exports import TraceExport
from reseau.models.filtres import FiltreGarde
from reseau.models.histoire import Histoire, histoire_de
from reseau.models.imports import CorrespondanceColonne, LigneImport, LotImport
from reseau.models.journal import EntreeJournal, TeteChaine
from reseau.models.periodes import en_cours, periode, refuser_les_dates_inversees, tient_le
from reseau.models.territoires import AncienneCommune, Commune, Departement, Region, ServiceRegional

__all__ = [
    "DOMAINE_EFFACE",
    "ActionEnLot",
    "AffectationDreets",
    "AffectationNationale",
    "AncienneCommune",
    "Commune",
    "Compteur",
    "CorrespondanceColonne",
    "Courriel",
    "Departement",
    "DocumentFige",
    "EntreeJournal",
    "FichierDepose",
    "FiltreGarde",
    "Histoire",
    "LigneActionEnLot",
    "LigneImport",
    "LotImport",
    "RappelEcheance",
    "Region",
    "ServiceRegional",
    "TeteChaine",
    "TraceExport",
    "Utilisateur",
    "en_cours",
    "histoire_de",
    "periode",
    "refuser_les_dates_inversees",
    "tient_le",
]
