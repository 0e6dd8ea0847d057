"""What awaits after the decision: to notify, to pay, as rubrics of the home page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from financements import tableau
from financements.etats import Etat
from financements.models import Demande, Tranche
from financements.natures import NatureTranche
from reseau.nombres import aujourdhui, montrer_date_courte, montrer_montant
from reseau.socle.a_faire import Ligne, Rubrique, premieres, total
from reseau.socle.pretes import PreteParPersonne

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from reseau.models import Utilisateur

NB_LIGNES = 10
# Verb, heading, what is said when nothing awaits.
_SUITES = (
    ("notifier", "Décisions à notifier", "Toutes les décisions sont notifiées."),
    ("liquider", "Paiements à enregistrer", "Aucune tranche n'est à payer aujourd'hui."),
)


_SUITE = ("Étape", "Depuis", "À payer depuis le")


def suites(utilisateur: Utilisateur) -> list[Rubrique]:
    """Return the rubrics of whoever notifies or pays."""
    return [
        _rubrique(utilisateur, verbe, titre, vide)
        for verbe, titre, vide in _SUITES
        if utilisateur.detient(f"demande.{verbe}")
    ]


def a_payer(demandes: QuerySet[Demande]) -> QuerySet[Demande]:
    """Keep the files with a part that may be paid today: its day, its nature, its amount (EUR)."""
    dues = Tranche.objects.filter(
        allocation__demande=OuterRef("pk"),
        paiements=None,
        service_fait=False,
        prevue_le__lte=aujourdhui(),
    )
    premiere = dues.order_by("rang")
    return demandes.annotate(
        due_le=Subquery(premiere.values("prevue_le")[:1]),
        due_nature=Subquery(premiere.values("nature")[:1]),
        due_montant=Subquery(premiere.values("montant")[:1]),
    ).filter(due_le__isnull=False)


def _qui_attendent(verbe: str, personne: Utilisateur) -> QuerySet[Any, Any]:
    siennes = Demande.objects.visibles_par(personne, verbe)
    demandes: QuerySet[Demande] = siennes.filter(etat__in=tableau.ATTEND[verbe])
    champs: tuple[str, ...] = ("pk", "numero", "ecole__nom", "montant_propose", "etat", "depuis_le")
    if verbe == "liquider":
        demandes = a_payer(demandes.exclude(etat=Etat.SERVICE_FAIT))
        champs += ("due_le", "due_nature", "due_montant")
    return premieres(demandes.order_by("depuis_le", "id"), NB_LIGNES, *champs)


_ATTENDENT = {verbe: PreteParPersonne(partial(_qui_attendent, verbe)) for verbe, *_ in _SUITES}


def _rubrique(utilisateur: Utilisateur, verbe: str, titre: str, vide: str) -> Rubrique:
    lues = _ATTENDENT[verbe].lire(utilisateur)
    return Rubrique(
        titre=titre,
        entetes=("École", "À payer" if verbe == "liquider" else "Montant accordé", *_SUITE),
        lignes=tuple(_ligne(demande) for demande in lues),
        vide=vide,
        total=total(lues),
        tout=reverse("admin:financements_demande_changelist") + "?etape=moi",
    )


def _ligne(demande: Any) -> Ligne:
    due_le = getattr(demande, "due_le", None)
    return Ligne(
        lien=reverse("admin:financements_demande_change", args=[demande.pk]),
        cellules=(
            f"{demande.ecole__nom} ({demande.numero})",
            _a_payer(demande) if due_le else montrer_montant(demande.montant_propose),
            Etat(demande.etat).label,
            tableau.depuis(demande),
            montrer_date_courte(due_le) if due_le else "—",
        ),
    )


def _a_payer(demande: Any) -> str:
    """What a liquidateur pays is a part, not what was granted."""
    return f"{NatureTranche(demande.due_nature).label} : {montrer_montant(demande.due_montant)}"
