"""What awaits after the decision: to notify, to pay, as rubrics of the home page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Min, OuterRef, Subquery
from django.urls import reverse

from financements import tableau
from financements.etats import Etat
from financements.models import Demande, Tranche
from reseau.nombres import aujourdhui, montrer_date_courte, montrer_montant
from reseau.socle.a_faire import Ligne, Rubrique

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from reseau.models import Utilisateur

NB_LIGNES = 10
# Verb, heading, what is said when nothing awaits.
_SUITES = (
    ("notifier", "Décisions à notifier", "Toutes les décisions sont notifiées."),
    ("liquider", "Paiements à enregistrer", "Aucune tranche n'est à payer aujourd'hui."),
)


def suites(utilisateur: Utilisateur) -> list[Rubrique]:
    """Return the rubrics of whoever notifies or pays."""
    return [
        _rubrique(utilisateur, verbe, titre, vide)
        for verbe, titre, vide in _SUITES
        if utilisateur.detient(f"demande.{verbe}")
    ]


def a_payer(demandes: QuerySet[Demande]) -> QuerySet[Demande]:
    """Keep the files with a part of the schedule that may be paid today; ``due_le`` is its day."""
    dues = Tranche.objects.filter(
        allocation__demande=OuterRef("pk"),
        paiements=None,
        service_fait=False,
        prevue_le__lte=aujourdhui(),
    )
    premiere = dues.order_by().values("allocation__demande").annotate(n=Min("prevue_le")).values("n")
    return demandes.annotate(due_le=Subquery(premiere)).filter(due_le__isnull=False)


def _rubrique(utilisateur: Utilisateur, verbe: str, titre: str, vide: str) -> Rubrique:
    siennes = Demande.objects.visibles_par(utilisateur, verbe)
    demandes: QuerySet[Demande] = siennes.filter(etat__in=tableau.ATTEND[verbe])
    if verbe == "liquider":
        demandes = a_payer(demandes.exclude(etat=Etat.SERVICE_FAIT))
    lignes = list(demandes.select_related("ecole").order_by("depuis_le", "id")[: NB_LIGNES + 1])
    return Rubrique(
        titre=titre,
        entetes=("École", "Montant accordé", "Étape", "Depuis", "À payer depuis le"),
        lignes=tuple(_ligne(demande) for demande in lignes[:NB_LIGNES]),
        vide=vide,
        total=len(lignes) if len(lignes) <= NB_LIGNES else demandes.count(),
        tout=reverse("admin:financements_demande_changelist") + "?etape=moi",
    )


def _ligne(demande: Demande) -> Ligne:
    due_le = getattr(demande, "due_le", None)
    return Ligne(
        lien=reverse("admin:financements_demande_change", args=[demande.pk]),
        cellules=(
            f"{demande.ecole.nom} ({demande.numero})",
            montrer_montant(demande.montant_propose),
            demande.get_etat_display(),
            tableau.depuis(demande),
            montrer_date_courte(due_le) if due_le else "—",
        ),
    )
