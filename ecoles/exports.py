"""What the house of schools lets out as a spreadsheet; a list of schools can come back by the import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import OuterRef, StringAgg, Subquery, TextField, Value
from django.db.models.functions import Cast

from ecoles.models import Ecole, EtapeParcours, Inscription, MembreEquipe, Titre
from reseau.socle.exports import ColonneExport, Export

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

_SEPARATEUR = Value(" / ")


def _liste(ensemble: object, vers: str, champ: str) -> Combinable:
    """The codes of what hangs from a school, in one cell as offices write them."""
    lies = (
        ensemble.filter(**{vers: OuterRef("pk")})  # type: ignore[attr-defined]
        .order_by()
        .values(vers)
        .annotate(
            liste=StringAgg(
                Cast(champ, TextField()), _SEPARATEUR, distinct=True, order_by=(Cast(champ, TextField()),)
            )
        )
    )
    return Subquery(lies.values("liste"), output_field=TextField())


# The headers are those that the import knows; the codes in brackets say which commune is meant.
EXPORT_ECOLES = Export(
    nature="ecoles",
    libelle="écoles",
    permission="ecole.exporter",
    colonnes=(
        ColonneExport("Nom de l'école", "nom"),
        ColonneExport("Commune", "commune__nom"),
        ColonneExport("Code INSEE", "commune_id"),
        ColonneExport("Dép.", "commune__departement_id"),
        ColonneExport("Région", "commune__departement__region__nom"),
        ColonneExport("Métiers", _liste(Ecole.filieres.through.objects, "ecole_id", "filiere_id")),
        ColonneExport("Diplômes", _liste(EtapeParcours.objects, "parcours__offres__ecole_id", "titre_id")),
        ColonneExport("Année d'ouverture", "annee_ouverture", "entier"),
        ColonneExport("Effectif", "effectif", "entier"),
        ColonneExport("UAI", "uai"),
        ColonneExport("Vérifié", "verification", choix={"oui": "oui", "a_confirmer": "à confirmer"}),
        ColonneExport("Téléphone", "telephone"),
        ColonneExport("Courriel", "courriel"),
        ColonneExport("Source", "source"),
        ColonneExport("Publication", "publication", choix=dict(Ecole.Publication.choices)),
        ColonneExport("Fiche vérifiée le", "verifiee_le", "date"),
    ),
)
EXPORT_TITRES = Export(
    nature="diplomes",
    libelle="diplômes",
    permission="titre.exporter",
    colonnes=(
        ColonneExport("Code CFD", "code_cfd"),
        ColonneExport("Code RNCP", "code_rncp"),
        ColonneExport("Diplôme", "type", choix=dict(Titre.Type.choices)),
        ColonneExport("Intitulé", "intitule"),
        ColonneExport("Niveau", "niveau", "entier"),
        ColonneExport("Métier", "filiere__nom"),
        ColonneExport("Durée (mois)", "duree_mois", "entier"),
        ColonneExport("Fermé le", "ferme_le", "date"),
        ColonneExport("Remplacé par", "remplace_par_id"),
    ),
)
EXPORT_EQUIPES = Export(
    nature="equipes",
    libelle="membres d'équipe",
    permission="membreequipe.exporter",
    colonnes=(
        ColonneExport("École", "ecole__nom"),
        ColonneExport("Nom", "utilisateur__nom"),
        ColonneExport("Prénom", "utilisateur__prenom"),
        ColonneExport("Courriel", "utilisateur__courriel"),
        ColonneExport("Fonction", "fonction", choix=dict(MembreEquipe.Fonction.choices)),
        ColonneExport("Du", "du", "date"),
        ColonneExport("Au", "au", "date"),
    ),
    personnel=True,
)
_EN_COURS = Inscription.objects.filter(apprenant=OuterRef("pk")).order_by("-du")[:1]
EXPORT_APPRENANTS = Export(
    nature="jeunes",
    libelle="jeunes",
    permission="apprenant.exporter",
    colonnes=(
        ColonneExport("École", "ecole__nom"),
        ColonneExport("Nom", "nom"),
        ColonneExport("Prénom", "prenom"),
        ColonneExport("Né ou née le", "ne_le", "date"),
        ColonneExport("Diplôme préparé", Subquery(_EN_COURS.values("titre_id"))),
        ColonneExport("Entrée le", Subquery(_EN_COURS.values("du")), "date"),
        ColonneExport("Sortie le", Subquery(_EN_COURS.values("au")), "date"),
    ),
    personnel=True,
)
