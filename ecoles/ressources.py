"""What comes in from a spreadsheet in the house of schools: columns as offices name them, and the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecoles.imports import apprenants, bassins, equipes, titres
from ecoles.imports.ecriture import ecrire
from ecoles.imports.libelles import resoudre_les_filieres, resoudre_les_titres
from ecoles.imports.lieux import resoudre_les_lieux
from ecoles.imports.rapprochement import rapprocher
from ecoles.imports.verdicts import conclure
from ecoles.models import Apprenant, Ecole, MembreEquipe, Titre
from ecoles.places import verrouiller_les_places
from ecoles.requetes import ecoles_pour
from reseau.models import Commune
from reseau.models.imports import RequeteLots
from reseau.socle.ressources import Ressource, TableEcrite, enregistrer
from reseau.socle.tableurs import Colonne

if TYPE_CHECKING:
    from reseau.models import LigneImport, LotImport, Utilisateur


class RessourceEcoles(Ressource):
    """Schools: key UAI, else folded name and commune; an empty cell never empties what is known."""

    nature = "ecoles"
    libelle = "écoles"
    feminin = True
    permission = "ecole.importer"
    tables = (
        TableEcrite("ecoles_ecole", "id", sauf=("modifiee_le",)),
        TableEcrite("ecoles_ecole_filieres", "ecole_id"),
        TableEcrite("ecoles_offre", "ecole_id"),
        TableEcrite("ecoles_ancienslug", "ecole_id"),
    )
    colonnes = (
        Colonne(
            "nom", "Nom de l'école", ("école", "établissement", "nom", "dénomination"), indispensable=True
        ),
        Colonne("commune", "Commune", ("ville", "localité"), indispensable=True),
        Colonne("code_commune", "Code INSEE", ("commune_insee", "code insee commune", "insee")),
        Colonne("departement", "Dép.", ("département", "dept", "dpt", "code département")),
        Colonne("region", "Région", ("nom région",)),
        Colonne("filieres", "Métiers", ("filière(s)", "filières", "filière", "secteur", "métier")),
        Colonne("titres", "Diplômes", ("diplôme(s) préparé(s)", "titres", "titre", "diplôme", "formations")),
        Colonne("annee_ouverture", "Année d'ouverture", ("année ouv.", "ouverture", "année"), numerique=True),
        Colonne("effectif", "Effectif", ("effectif_cite", "effectifs", "nombre d'élèves"), numerique=True),
        Colonne("uai", "UAI", ("code uai", "rne", "numéro uai")),
        Colonne("verification", "Vérifié", ("verifie", "vérifiée", "statut de vérification")),
        Colonne("telephone", "Téléphone", ("tél.", "tel", "téléphone de l'école")),
        Colonne("courriel", "Courriel", ("e-mail", "mail", "adresse électronique", "mél")),
        Colonne("source", "Source", ("sources", "origine de l'information")),
    )

    def controler(self, lot: LotImport) -> str:
        """Resolve places and labels once each, then match every line with the schools."""
        resoudre_les_lieux()
        resoudre_les_filieres()
        resoudre_les_titres()
        return conclure(rapprocher(lot.regions, [colonne.champ for colonne in self.colonnes]))

    def verrouiller(self, lot: LotImport) -> None:
        """Nobody changes these schools between the last check and the writing."""
        cibles = lot.lignes.filter(verdict="modifier").values("cible")
        list(Ecole.objects.filter(pk__in=cibles).order_by("pk").select_for_update().values_list("pk"))

    def ecrire(self, lot: LotImport) -> None:
        """Write the lines to create and to modify."""
        ecrire(lot)


class RessourceTitres(Ressource):
    """The register of France compétences: fills RNCP codes and closing dates of the diplomas we know."""

    nature = "titres"
    libelle = "diplômes"
    permission = "titre.importer"
    cle = "l.lu ->> 'code_cfd'"
    tables = (TableEcrite("ecoles_titre", "code_cfd"),)
    colonnes = (
        Colonne("numero_fiche", "Numéro de fiche", ("Numero_Fiche", "code RNCP", "RNCP"), indispensable=True),
        Colonne("intitule", "Intitulé", ("Intitule", "libellé", "titre"), indispensable=True),
        Colonne("niveau", "Niveau", ("Nomenclature_Europe_Niveau", "niveau européen"), indispensable=True),
        Colonne("fin", "Fin de l'enregistrement", ("Date_Fin_Enregistrement", "échéance", "date de fin")),
        Colonne("actif", "Actif", ("Actif", "statut", "état")),
        Colonne("code_cfd", "Code CFD", ("CFD", "code diplôme", "code de la formation diplômante")),
    )

    def controler(self, lot: LotImport) -> str:
        """Find each diploma by its code, or propose it by its words."""
        return titres.controler(lot)

    def verrouiller(self, lot: LotImport) -> None:
        """Nobody changes these diplomas between the last check and the writing."""
        codes = lot.lignes.filter(verdict="modifier").values_list("lu__code_cfd", flat=True)
        list(Titre.objects.filter(pk__in=list(codes)).order_by("pk").select_for_update().values_list("pk"))

    def ecrire(self, lot: LotImport) -> None:
        """Write codes and closing dates."""
        titres.ecrire(lot)


class RessourceBassins(Ressource):
    """The communes of each employment basin, as the file of the zones d'emploi says."""

    nature = "bassins"
    libelle = "bassins d'emploi"
    permission = "commune.importer"
    cle = "l.lu ->> 'code'"
    feminin = True
    tables = (TableEcrite("reseau_commune", "code"),)
    colonnes = (
        Colonne("code_commune", "Code de la commune", ("CODGEO", "code INSEE", "insee"), indispensable=True),
        Colonne("commune", "Commune", ("LIBGEO", "nom de la commune", "libellé")),
        Colonne(
            "code_bassin", "Code du bassin", ("ZE2020", "zone d'emploi", "code zone"), indispensable=True
        ),
        Colonne(
            "bassin",
            "Bassin d'emploi",
            ("LIBZE2020", "nom du bassin", "libellé de la zone"),
            indispensable=True,
        ),
    )

    def controler(self, lot: LotImport) -> str:
        """Find each commune by its code."""
        return bassins.controler(lot)

    def verrouiller(self, lot: LotImport) -> None:
        """Nobody changes these communes between the last check and the writing."""
        codes = lot.lignes.filter(verdict="modifier").values_list("lu__code", flat=True)
        connues = Commune.objects.filter(pk__in=list(codes)).order_by("pk")
        list(connues.select_for_update().values_list("pk"))

    def ecrire(self, lot: LotImport) -> None:
        """Write the basins."""
        bassins.ecrire(lot)


class RessourceApprenants(Ressource):
    """Learners of one school, with what they are taught."""

    nature = "apprenants"
    libelle = "jeunes"
    permission = "apprenant.importer"
    tables = (
        TableEcrite("ecoles_apprenant", "id"),
        TableEcrite("ecoles_inscription", "apprenant_id"),
        TableEcrite("ecoles_representantlegal", "apprenant_id"),
    )
    colonnes = (
        Colonne("nom", "Nom", ("nom de famille", "nom de l'élève", "nom du jeune"), indispensable=True),
        Colonne("prenom", "Prénom", ("prénoms", "prénom de l'élève"), indispensable=True),
        Colonne("ne_le", "Né ou née le", ("date de naissance", "naissance", "né(e) le"), indispensable=True),
        Colonne("titres", "Diplôme préparé", ("diplôme", "formation", "titre", "code CFD", "parcours")),
        Colonne("entree", "Entrée le", ("date d'entrée", "entrée", "inscrit le", "rentrée")),
        Colonne(
            "representant", "Représentant légal", ("responsable légal", "responsable", "parent", "tuteur")
        ),
        Colonne(
            "representant_telephone", "Téléphone du représentant", ("téléphone", "tél. responsable", "tel")
        ),
        Colonne(
            "representant_courriel", "Courriel du représentant", ("courriel", "mail responsable", "mail")
        ),
    )

    def controler(self, lot: LotImport) -> str:
        """Match with the learners of the school."""
        return apprenants.controler(lot)

    def verrouiller(self, lot: LotImport) -> None:
        """Nobody changes these learners, or takes a place, between the last check and the writing."""
        if lot.organisme is not None:
            verrouiller_les_places(lot.organisme)
        cibles = lot.lignes.filter(verdict="modifier").values("cible")
        list(Apprenant.objects.filter(pk__in=cibles).order_by("pk").select_for_update().values_list("pk"))

    def ecrire(self, lot: LotImport) -> None:
        """Create learners and enrolments."""
        apprenants.ecrire(lot)

    def montrer(self, ligne: LigneImport) -> str:
        """First name and name."""
        return f"{ligne.lu.get('prenom', '')} {ligne.lu.get('nom', '')}".strip()


class RessourceEquipes(Ressource):
    """Staff of one school."""

    nature = "equipes"
    libelle = "membres d'équipe"
    permission = "membreequipe.importer"
    tables = (TableEcrite("ecoles_membreequipe", "id"),)
    colonnes = (
        Colonne(
            "courriel", "Courriel", ("e-mail", "mail", "adresse électronique", "mél"), indispensable=True
        ),
        Colonne("fonction", "Fonction", ("rôle", "poste", "métier"), indispensable=True),
        Colonne("nom", "Nom", ("nom de famille",)),
        Colonne("prenom", "Prénom", ("prénoms",)),
        Colonne("du", "Du", ("depuis", "depuis le", "arrivée", "début")),
        Colonne("au", "Au", ("jusqu'au", "départ", "fin")),
    )

    def controler(self, lot: LotImport) -> str:
        """Match with the functions held in the school."""
        return equipes.controler(lot)

    def verrouiller(self, lot: LotImport) -> None:
        """Nobody changes these functions between the last check and the writing."""
        cibles = lot.lignes.filter(verdict="modifier").values("cible")
        list(MembreEquipe.objects.filter(pk__in=cibles).order_by("pk").select_for_update().values_list("pk"))

    def ecrire(self, lot: LotImport) -> None:
        """Open accounts and give functions."""
        equipes.ecrire(lot)

    def montrer(self, ligne: LigneImport) -> str:
        """Name, or e-mail."""
        nom = f"{ligne.lu.get('prenom', '')} {ligne.lu.get('nom', '')}".strip()
        return nom or str(ligne.lu.get("courriel", ""))


def ecoles_d_import(utilisateur: Utilisateur, droit: str) -> Any:
    """Keys of the schools into which a person may import with this permission."""
    if utilisateur.is_superuser or utilisateur.detient_au_national(droit):
        return Ecole.objects.order_by().values_list("pk", flat=True)
    return ecoles_pour(utilisateur, droit)


RequeteLots.organismes = staticmethod(ecoles_d_import)
_TOUTES = (RessourceEcoles, RessourceTitres, RessourceBassins, RessourceApprenants, RessourceEquipes)
for _ressource in _TOUTES:
    enregistrer(_ressource())
