"""What the workshop page shows for a day: open orders, learners present, what was already recorded."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Subquery

from commandes.models import Commande, LigneCommande, Pointage
from commandes.saisie import DELAI_ANNULATION
from ecoles.models import Apprenant, BlocCompetences
from reseau.nombres import maintenant, montrer_duree

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from reseau.models import Utilisateur

NB_COMMANDES = 40


@dataclass(frozen=True)
class Entree:
    """One entry of the day, for a group: its order, its learners, its total, whether it may be undone."""

    lot: UUID
    commande: str
    objet: str
    prenoms: str
    total: str
    manques: tuple[str, ...]
    annulable: bool


@dataclass(frozen=True)
class Tableau:
    """The day of a school, for one person; every set is bounded by the school."""

    utilisateur: Utilisateur
    ecole: UUID
    jour: date
    commande: Commande | None = None

    @property
    def commandes(self) -> QuerySet[Commande]:
        """Orders one could work on that day, the most pressing first."""
        commandes = Commande.objects.filter(ecole=self.ecole).a_l_atelier(self.jour)
        return commandes.select_related("client").order_by("a_livrer_le", "-recue_le", "id")

    @property
    def de_l_ecole(self) -> QuerySet[Commande]:
        """Every order of the school: one that closed while its page was open still takes its minutes."""
        return Commande.objects.filter(ecole=self.ecole).select_related("client")

    @property
    def presents(self) -> QuerySet[Apprenant]:
        """Learners enrolled that day."""
        return (
            Apprenant.objects.filter(ecole=self.ecole).presents_le(self.jour).order_by("prenom", "nom", "id")
        )

    def coches(self, qui: str) -> set[UUID]:
        """Who is ticked at first: nobody, everybody, or the group of one's last entry."""
        if qui == "personne":
            return set()
        if qui != "tous":
            dernier = Pointage.objects.filter(saisi_par=self.utilisateur, commande__ecole=self.ecole)
            lot = dernier.order_by("-saisi_le", "-id").values("lot")[:1]
            groupe = Pointage.objects.filter(lot=Subquery(lot)).values_list("apprenant_id", flat=True)
            if groupe:
                return set(groupe)
        return set(self.presents.order_by().values_list("pk", flat=True))

    @property
    def lignes(self) -> QuerySet[LigneCommande]:
        """Lines of the chosen order."""
        lignes = LigneCommande.objects.filter(commande=self.commande).select_related("travail")
        return lignes.order_by("rang", "id")

    @property
    def blocs(self) -> QuerySet[BlocCompetences]:
        """Blocs of the chosen order."""
        return BlocCompetences.objects.filter(commandes=self.commande).order_by("titre", "code")

    def entrees(self) -> list[Entree]:
        """What was recorded for that day, the last first, a group a line."""
        pointages = (
            Pointage.objects.filter(commande__ecole=self.ecole, jour=self.jour)
            .select_related("commande", "apprenant")
            .order_by("-saisi_le", "lot", "apprenant__prenom", "id")
        )
        return [self._entree(lot, list(groupe)) for lot, groupe in groupby(pointages, lambda p: p.lot)]

    def _entree(self, lot: UUID, groupe: list[Pointage]) -> Entree:
        premier = groupe[0]
        recente = premier.saisi_le >= maintenant() - DELAI_ANNULATION
        return Entree(
            lot=lot,
            commande=premier.commande.numero,
            objet=premier.commande.intitule,
            prenoms=", ".join(p.apprenant.prenom for p in groupe),
            total=f"{len(groupe)} × {montrer_duree(premier.minutes)}",
            manques=tuple(p.motif for p in groupe if p.motif),
            annulable=recente and premier.saisi_par_id == self.utilisateur.pk,
        )
