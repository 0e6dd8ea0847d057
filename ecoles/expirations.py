"""Papers that end, as a page shows them: the soonest first, each with where it is renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from ecoles.models import Ecole
from ecoles.papiers import papiers
from ecoles.requetes import ecoles_pour
from ecoles.rubriques import Fait, Section
from reseau.nombres import aujourdhui, montrer_date_courte
from reseau.socle.a_faire import Ligne, Rubrique

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.db import models
    from django.db.models import QuerySet

    from ecoles.papiers import Papier, Portee
    from ecoles.rubriques import Liens
    from reseau.models import Utilisateur

NB_LIGNES = 8
DROIT = "declarationderogation.ajouter"  # who renews what is declared answers for the papers


def portee_de(utilisateur: Utilisateur) -> Portee:
    """The rows of a model that this person sees, school by school."""

    def lignes(modele: type[models.Model]) -> QuerySet[Any]:
        ensemble: QuerySet[Any] = modele._default_manager.get_queryset().visibles_par(utilisateur)  # type: ignore[attr-defined]
        return ensemble

    return lignes


def rubrique(utilisateur: Utilisateur) -> list[Rubrique]:
    """Return what ends in the schools that this person heads, for her home."""
    if not utilisateur.detient(DROIT):
        return []
    ecoles: dict[UUID, str] = dict(
        Ecole.objects.filter(pk__in=ecoles_pour(utilisateur, DROIT)).order_by("pk").values_list("pk", "nom")
    )
    jour = aujourdhui()
    tous = papiers(portee_de(utilisateur), list(ecoles), jour)
    return [
        Rubrique(
            titre="Papiers qui expirent",
            entetes=("Papier", "École", "Quand"),
            lignes=tuple(
                Ligne(_lien(p), (p.quoi, ecoles[p.ecole], quand(p.finit_le, jour)), alerte=p.finit_le < jour)
                for p in tous[:NB_LIGNES]
            ),
            vide="Aucun papier n'expire dans les 90 jours.",
            total=len(tous),
            tout=page_des_papiers(tous[NB_LIGNES].ecole) if len(tous) > NB_LIGNES else "",
        )
    ]


def section(ecole: Ecole, liens: Liens, jour: date) -> list[Section]:
    """Return what ends at one school, of what this person may read there; nothing when nothing ends."""
    tous = papiers(portee_de(liens.utilisateur), [ecole.pk], jour)
    faits = tuple(
        Fait(
            papier.quoi,
            () if papier.finit_le < jour else (quand(papier.finit_le, jour),),
            urgences=(quand(papier.finit_le, jour),) if papier.finit_le < jour else (),
            lien=_lien(papier),
            geste="Renouveler" if liens.utilisateur.has_perm(DROIT) else "Voir",
        )
        for papier in tous
    )
    return [Section("papiers", "Papiers qui expirent", faits, "")] if faits else []


def quand(finit_le: date, jour: date) -> str:
    """Say "expire le 12/03/2027, dans 25 jours", "expire aujourd'hui", "expiré depuis le 04/11/2026"."""
    reste, le = (finit_le - jour).days, montrer_date_courte(finit_le)
    if reste < 0:
        return f"expiré depuis le {le}"
    if reste == 0:
        return "expire ce soir"
    return f"expire le {le}, dans {reste} jour{'s' if reste > 1 else ''}"


def _lien(papier: Papier) -> str:
    """Where it is renewed: a declaration by another one, an opinion with its learner, the rest in place."""
    if papier.nature == "declarationderogation":
        return f"{reverse('admin:ecoles_declarationderogation_add')}?ecole={papier.ecole}"
    if papier.nature == "avisaptitude":
        return reverse("admin:ecoles_apprenant_change", args=[papier.jeune])
    return reverse(f"admin:ecoles_{papier.nature}_change", args=[papier.objet])


def page_des_papiers(ecole: UUID) -> str:
    """Address of what ends on the page of a school."""
    return f"{reverse('admin:ecoles_ecole_change', args=[ecole])}#dossier-papiers"
