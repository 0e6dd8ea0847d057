"""What was recorded for a day in a school, and on one's last day before it: one query for both."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Q, Subquery

from commandes.models import Pointage
from commandes.saisie import DELAI_ANNULATION
from reseau.nombres import maintenant, montrer_duree

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from ecoles.models import Ecole
    from reseau.models import Utilisateur

NB_REPRISES = 4


@dataclass(frozen=True)
class Lot:
    """One entry: a group's minutes on an order. ``annulable``: by this person, for ten minutes."""

    lot: UUID
    pointages: tuple[Pointage, ...]
    annulable: bool

    @property
    def premier(self) -> Pointage:
        """What they have in common: order, line, day, minutes."""
        return self.pointages[0]

    @property
    def total(self) -> str:
        """How many learners, and how long each."""
        return f"{len(self.pointages)} × {montrer_duree(self.premier.minutes)}"

    @property
    def prenoms(self) -> str:
        """Who was there."""
        return ", ".join(p.apprenant.prenom for p in self.pointages)

    @property
    def manques(self) -> list[str]:
        """What keeps some of them out of the counts."""
        return [p.motif for p in self.pointages if p.motif]


@dataclass(frozen=True)
class Journee:
    """Entries of the day, the last first, and those of one's last day before it."""

    lots: tuple[Lot, ...]
    veille: tuple[Lot, ...]
    dernier: Lot | None

    def lot(self, cle: UUID) -> Lot | None:
        """Return this entry, if it is one of them."""
        return next((lot for lot in (*self.lots, *self.veille) if lot.lot == cle), None)


def lire_la_journee(ecole: Ecole, jour: date, utilisateur: Utilisateur) -> Journee:
    """Read the entries of the school for that day, and what this person recorded on the last day before."""
    miens = Pointage.objects.filter(saisi_par=utilisateur, commande__ecole=ecole, jour__lt=jour)
    veille = Subquery(miens.order_by("-jour").values("jour")[:1])
    tous = (
        Pointage.objects.filter(Q(jour=jour) | Q(saisi_par=utilisateur, jour=veille), commande__ecole=ecole)
        .select_related("commande", "apprenant", "encadrant")
        .order_by("-saisi_le", "lot", "apprenant__prenom", "id")
    )
    lots = [_lot(cle, tuple(groupe), utilisateur) for cle, groupe in groupby(tous, lambda p: p.lot)]
    du_jour = tuple(lot for lot in lots if lot.premier.jour == jour)
    avant = tuple(lot for lot in lots if lot.premier.jour != jour)
    miens_du_jour = (lot for lot in du_jour if lot.premier.saisi_par_id == utilisateur.pk)
    dernier = next(miens_du_jour, avant[0] if avant else None)
    return Journee(du_jour, avant[:NB_REPRISES], dernier)


def _lot(cle: UUID, pointages: tuple[Pointage, ...], utilisateur: Utilisateur) -> Lot:
    premier = pointages[0]
    recent = premier.saisi_le >= maintenant() - DELAI_ANNULATION
    return Lot(cle, pointages, annulable=recent and premier.saisi_par_id == utilisateur.pk)
