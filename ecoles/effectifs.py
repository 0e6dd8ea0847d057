"""Figures by school, title and year, without anybody's name: enrolled on a day, entries, exits by reason.

One day a school year, 1 October, and movements closed at the end of a quarter: asked for on any day, counts
would follow one person from a day to the next. What is hidden is decided on the whole country, before any
filter (``ecoles.anonymat.elaguer``); the staff of a school reads its own figures entire.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Value, When
from django.db.models.functions import ExtractYear, Least

from ecoles.anonymat import elaguer, totaliser
from ecoles.classes import MOIS_DE_RENTREE
from ecoles.models import Candidature, Inscription
from reseau.models import en_cours

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from ecoles.anonymat import Chemin

MOIS_DU_CONSTAT = 10
RANG_MAXIMAL = 3  # third year and beyond
NB_ANNEES = 5
_ICI = ("apprenant__ecole__commune__departement__region_id", "apprenant__ecole_id", "titre_id")


@dataclass(frozen=True, slots=True)
class Exercice:
    """A school year, by the year in which it begins; ``arrete_le``: last day of the movements counted."""

    annee: int
    arrete_le: date

    @property
    def constat(self) -> date:
        """The day on which the enrolled are counted."""
        return date(self.annee, MOIS_DU_CONSTAT, 1)

    @property
    def debut(self) -> date:
        """First day of its movements."""
        return date(self.annee, MOIS_DE_RENTREE, 1)


def derniere_annee(jour: date) -> int:
    """Return the last school year that was counted on ``jour``."""
    return jour.year if jour.month >= MOIS_DU_CONSTAT else jour.year - 1


def exercice(annee: int, jour: date) -> Exercice:
    """Return a school year as it is known on ``jour``: movements stop with the last whole quarter."""
    trimestre = date(jour.year, (jour.month - 1) // 3 * 3 + 1, 1) - timedelta(days=1)
    return Exercice(annee, min(trimestre, date(annee + 1, MOIS_DE_RENTREE, 1) - timedelta(days=1)))


@dataclass(frozen=True, slots=True)
class Mesure:
    """One kind of count: the total of every node, and the nodes that somebody outside the school may read."""

    totaux: Mapping[Chemin, int]
    montres: frozenset[Chemin]

    def entier(self, chemin: Chemin) -> int:
        """The count of a node, as the school itself reads it."""
        return self.totaux.get(chemin, 0)

    def montre(self, chemin: Chemin) -> int | None:
        """The count of a node for somebody outside; nothing when it is hidden, or below something hidden."""
        if any(
            chemin[:longueur] in self.totaux and chemin[:longueur] not in self.montres
            for longueur in range(1, len(chemin) + 1)
        ):
            return None
        return self.totaux.get(chemin, 0)


def _mesure(lignes: Any) -> Mesure:
    totaux = totaliser({tuple(chemin): nombre for *chemin, nombre in lignes})
    return Mesure(totaux, elaguer(totaux))


_ANNEE_D_ENTREE = Case(
    When(du__month__gte=MOIS_DE_RENTREE, then=ExtractYear("du")), default=ExtractYear("du") - 1
)


def _inscriptions() -> QuerySet[Inscription]:
    """Those of the real schools, or of the fictional ones under demonstration: never of both."""
    return Inscription.objects.filter(apprenant__ecole__fictive=settings.DEMONSTRATION).order_by()


def inscrits(ex: Exercice) -> Mesure:
    """Enrolled on the day of the count: region, school, title, year of the title. One query."""
    rang = Least(Value(ex.annee + 1) - _ANNEE_D_ENTREE, Value(RANG_MAXIMAL), output_field=IntegerField())
    presents = _inscriptions().filter(en_cours(ex.constat))
    return _mesure(presents.annotate(rang=rang).values_list(*_ICI, "rang").annotate(nombre=Count("pk")))


def entrees(ex: Exercice) -> Mesure:
    """First enrolments in the school, movements of the year: region, school, title. One query."""
    avant = Inscription.objects.filter(apprenant=OuterRef("apprenant"), du__lt=OuterRef("du"))
    entres = _inscriptions().filter(~Exists(avant), du__gte=ex.debut, du__lte=ex.arrete_le)
    return _mesure(entres.values_list(*_ICI).annotate(nombre=Count("pk")))


def sorties(ex: Exercice) -> Mesure:
    """Those who left the school: region, school, title, reason. Passing to the next title is not leaving."""
    apres = Inscription.objects.filter(apprenant=OuterRef("apprenant"), du__gt=OuterRef("du"))
    sortis = _inscriptions().filter(~Exists(apres), au__gte=ex.debut, au__lte=ex.arrete_le)
    sortis = sortis.exclude(motif_sortie=Inscription.Sortie.SUITE)
    return _mesure(sortis.values_list(*_ICI, "motif_sortie").annotate(nombre=Count("pk")))


def candidatures(ex: Exercice) -> Mesure:
    """Applications received: region, school. Erased ones have no name and still count."""
    recues = Candidature.objects.filter(
        recue_le__gte=ex.debut, recue_le__lte=ex.arrete_le, ecole__fictive=settings.DEMONSTRATION
    ).order_by()
    ici = ("ecole__commune__departement__region_id", "ecole_id")
    return _mesure(recues.values_list(*ici).annotate(nombre=Count("pk")))
