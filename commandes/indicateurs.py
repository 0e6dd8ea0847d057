"""Plain values about a school's orders for a year: the only thing that the funding side may read.

Numbers only, no row, no name. Years are civil, Paris dates.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, Sum

from commandes.etats import LIVRES
from commandes.models import Commande, LigneCommande, Pointage

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True)
class Indicateurs:
    """Activity of a school in a year.

    ``minutes`` and ``minutes_par_bloc`` (code of the bloc, "" where it is still to be told) count what
    the rules allow; ``minutes_a_regulariser`` is out of them. ``chiffre_affaires``: euros before tax
    of the orders delivered in the year; ``nb_entreprises``: their distinct clients that are firms.
    """

    minutes: int = 0
    minutes_a_regulariser: int = 0
    minutes_par_bloc: dict[str, int] = field(default_factory=dict)
    nb_jeunes: int = 0
    chiffre_affaires: Decimal = Decimal("0.00")
    nb_commandes: int = 0
    nb_entreprises: int = 0
    nb_a_l_heure: int = 0


def indicateurs(ecole: UUID, annee: int) -> Indicateurs:
    """Return the figures of a school for a civil year, in four queries whatever its size."""
    pointages = Pointage.objects.filter(commande__ecole=ecole, jour__year=annee).order_by()
    livrees = Commande.objects.filter(ecole=ecole, etat__in=sorted(LIVRES), livree_le__year=annee).order_by()
    valides = Q(etat=Pointage.Etat.VALIDE)
    heures = pointages.aggregate(
        valides=Sum("minutes", filter=valides),
        attente=Sum("minutes", filter=Q(etat=Pointage.Etat.A_REGULARISER)),
        jeunes=Count("apprenant", filter=valides, distinct=True),
    )
    faites = livrees.aggregate(
        nb=Count("pk"),
        a_l_heure=Count("pk", filter=Q(a_livrer_le__isnull=True) | Q(livree_le__lte=F("a_livrer_le"))),
        entreprises=Count("client", filter=Q(client__nature="entreprise"), distinct=True),
    )
    return Indicateurs(
        minutes=heures["valides"] or 0,
        minutes_a_regulariser=heures["attente"] or 0,
        minutes_par_bloc=_par_bloc(ecole, annee),
        nb_jeunes=heures["jeunes"],
        chiffre_affaires=_chiffre_affaires(ecole, annee),
        nb_commandes=faites["nb"],
        nb_entreprises=faites["entreprises"],
        nb_a_l_heure=faites["a_l_heure"],
    )


def _par_bloc(ecole: UUID, annee: int) -> dict[str, int]:
    par_bloc = (
        Pointage.objects.valides()
        .filter(commande__ecole=ecole, jour__year=annee)
        .order_by("bloc__code")
        .values_list("bloc__code")
        .annotate(total=Sum("minutes"))
    )
    return {code or "": total for code, total in par_bloc}


def _chiffre_affaires(ecole: UUID, annee: int) -> Decimal:
    lignes = LigneCommande.objects.filter(
        commande__ecole=ecole, commande__etat__in=sorted(LIVRES), commande__livree_le__year=annee
    )
    total: Decimal | None = lignes.aggregate(total=Sum("net"))["total"]
    return total if total is not None else Decimal("0.00")
