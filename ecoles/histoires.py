"""Which histories the pages of the schools' house tell, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, IntegerField, Value, When

from ecoles.ibans import masquer
from ecoles.models import (
    Agrement,
    Apprenant,
    AvisAptitude,
    CoordonneesBancaires,
    DeclarationDerogation,
    Ecole,
    Encadrement,
    FormationSecurite,
    Inscription,
    InscriptionListe,
    Label,
    MembreEquipe,
    MetierEcole,
    Offre,
    Reconnaissance,
    RepresentantLegal,
    Resultat,
    TravailDeclare,
    TravailEncadre,
)
from ecoles.requetes import territoire
from reseau.nombres import MOIS
from reseau.socle.histoire import Suivi

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import Model

    from reseau.models import Utilisateur


def _mois(rangs: Any) -> str:
    return ", ".join(MOIS[int(rang) - 1] for rang in rangs)


# What the page of each tells, itself first.
_SUIVIS: dict[type[Model], tuple[Suivi, ...]] = {
    Ecole: (
        Suivi(Ecole),
        Suivi(MetierEcole, "ecole", droit=Ecole),
        Suivi(Offre, "ecole", repere=("parcours",), dire={"mois_entree": _mois}),
        Suivi(Reconnaissance, "ecole", repere=("acte",)),
        Suivi(InscriptionListe, "ecole", repere=("annee",)),
        Suivi(Label, "ecole", repere=("du",)),
        Suivi(Agrement, "ecole", repere=("utilisateur", "numero")),
        Suivi(MembreEquipe, "ecole", repere=("utilisateur", "fonction")),
        Suivi(DeclarationDerogation, "ecole", repere=("lieu",)),
        Suivi(Resultat, "ecole", repere=("indicateur", "annee")),
        Suivi(CoordonneesBancaires, "ecole", repere=("du",), dire={"iban": masquer}),
    ),
    Apprenant: (
        Suivi(Apprenant),
        Suivi(Inscription, "apprenant", repere=("titre",)),
        Suivi(RepresentantLegal, "apprenant", repere=("nom",)),
        Suivi(AvisAptitude, "apprenant", repere=("du",)),
        Suivi(FormationSecurite, "apprenant", repere=("travail",)),
    ),
    MembreEquipe: (Suivi(MembreEquipe), Suivi(Encadrement, "membre", repere=("competence",))),
    DeclarationDerogation: (
        Suivi(DeclarationDerogation),
        Suivi(TravailDeclare, "declarationderogation", droit=DeclarationDerogation),
    ),
    Encadrement: (Suivi(Encadrement), Suivi(TravailEncadre, "encadrement", droit=Encadrement)),
    CoordonneesBancaires: (Suivi(CoordonneesBancaires, dire={"iban": masquer}),),
    Offre: (Suivi(Offre, dire={"mois_entree": _mois}),),
}


def suivis_de(objet: Any, utilisateur: Utilisateur) -> list[Suivi]:
    """Return the histories that this person may read of this object, which she sees; one query.

    A history opens by the right to its rows *in this school*: an officer who sees the school does not see
    the history of its staff, even if she has a function in another.
    """
    modele = type(objet)
    tous = _SUIVIS.get(modele, (Suivi(modele),))
    annexes = {suivi.droit or suivi.modele for suivi in tous} - {modele}
    ouverts = {modele} | _ouverts(sorted(annexes, key=lambda m: m.__name__), _ecole_de(objet), utilisateur)
    return [suivi for suivi in tous if (suivi.droit or suivi.modele) in ouverts]


def _ecole_de(objet: Any) -> UUID:
    if isinstance(objet, Ecole):
        return objet.pk
    cle: UUID = objet.membre.ecole_id if isinstance(objet, Encadrement) else objet.ecole_id
    return cle


def _ouverts(modeles: list[type[Model]], ecole: UUID, utilisateur: Utilisateur) -> set[type[Model]]:
    """Models whose rows this person may see in this school."""
    if utilisateur.is_superuser or not modeles:
        return set(modeles)
    ouverts: set[type[Model]] = set()
    questions: dict[str, Any] = {}
    for rang, modele in enumerate(modeles):
        requete: Any = modele._default_manager.get_queryset()
        region = "commune__departement__region" if requete.vers_region else ""
        condition = territoire(utilisateur, f"{modele._meta.model_name}.voir", "pk", region)
        if not condition:
            ouverts.add(modele)
        else:
            questions[f"ouvre_{rang}"] = Case(
                When(condition, then=Value(1)), default=Value(0), output_field=IntegerField()
            )
    reponses = Ecole.objects.filter(pk=ecole).order_by().values(**questions).first() or {}
    return ouverts | {modeles[int(cle.removeprefix("ouvre_"))] for cle, oui in reponses.items() if oui}
