"""How many of the places of a parcours are taken, and whether somebody more may enter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from ecoles.models import Ecole, EtapeParcours, Inscription, Offre
from ecoles.regles_places import ensembles, paliers, pas_de_place, sommet, trop_petite
from reseau.models import en_cours
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from ecoles.regles_places import Ensemble

CHANGEZ = "Changez la date d'entrée, ou la capacité du parcours."


@dataclass(frozen=True, slots=True)
class Places:
    """What a school has today: what is counted together, and who is or will be there."""

    ensembles: tuple[Ensemble, ...]
    presents: tuple[tuple[str, UUID, date, date | None], ...]  # title, learner, from, to

    def refus_d_entree(
        self, titre: str, du: date, au: date | None = None, jeune: UUID | None = None
    ) -> list[str]:
        """Return why nobody more may enter this title from ``du`` to ``au``; ``jeune`` does not count."""
        debut = max(du, aujourdhui())
        if au is not None and au < debut:
            return []
        for ensemble in self.ensembles:
            if titre not in ensemble.titres:
                continue
            nombre = sommet(self._periodes(ensemble, jeune), debut, au)
            if nombre >= ensemble.places:
                return [pas_de_place(ensemble.noms, nombre, ensemble.places)]
        return []

    def trop(self, parcours: str) -> list[str]:
        """Return what overflows where this parcours counts."""
        jour, refus = aujourdhui(), []
        for ensemble in self.ensembles:
            nombre = sommet(self._periodes(ensemble), jour)
            if parcours in ensemble.parcours and nombre > ensemble.places:
                refus.append(trop_petite(ensemble.noms, nombre, ensemble.places))
        return refus

    def paliers(self) -> list[tuple[Ensemble, list[tuple[date, int]]]]:
        """Return how full each will be at most from each day on."""
        jour = aujourdhui()
        return [(ensemble, paliers(self._periodes(ensemble), jour)) for ensemble in self.ensembles]

    def _periodes(self, ensemble: Ensemble, jeune: UUID | None = None) -> Iterable[tuple[date, date | None]]:
        return [(du, au) for titre, qui, du, au in self.presents if titre in ensemble.titres and qui != jeune]


def places_de(ecole: UUID, capacites: dict[str, int | None] | None = None) -> Places:
    """Read the places of a school in three queries; ``capacites`` says those that a form would write.

    Ask after :func:`verrouiller_les_places`, so that two entries do not take one place.
    """
    offres = dict(Offre.objects.filter(ecole=ecole).order_by().values_list("parcours", "capacite"))
    offres |= capacites or {}
    etapes = EtapeParcours.objects.filter(parcours__in=offres).order_by("parcours", "rang")
    parcours_de: dict[str, frozenset[str]] = {}
    noms: dict[str, str] = {}
    for titre, code, nom in etapes.values_list("titre", "parcours", "parcours__nom"):
        parcours_de[titre] = parcours_de.get(titre, frozenset()) | {code}
        noms[code] = nom
    comptes = tuple(ensembles(parcours_de, offres, noms))
    titres = {titre for ensemble in comptes for titre in ensemble.titres}
    presents = Inscription.objects.filter(
        Q(au__isnull=True) | Q(au__gte=aujourdhui()), apprenant__ecole=ecole, titre__in=titres
    )
    return Places(comptes, tuple(presents.order_by().values_list("titre", "apprenant", "du", "au")))


def verrouiller_les_places(*ecoles: UUID) -> None:
    """Places are counted one entry at a time: the row of the school, as the database takes it."""
    list(Ecole.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ecoles).order_by("pk"))


def refus_de_place(ecole: UUID, titre: str, du: date, jeune: UUID | None = None) -> list[str]:
    """Return why nobody more may enter this title on ``du``: who is or will be there takes its places."""
    return [f"{refus} {CHANGEZ}" for refus in places_de(ecole).refus_d_entree(titre, du, jeune=jeune)]


def nb_inscrits(ecole: UUID, parcours: str, jour: date) -> int:
    """Count the learners of a school enrolled on ``jour`` in a title that only this parcours leads to.

    ``ecole`` and ``parcours`` are keys. A title that two parcours of the school share says of neither how
    many follow it.
    """
    ailleurs = EtapeParcours.objects.filter(parcours__offres__ecole=ecole).exclude(parcours=parcours)
    propres = EtapeParcours.objects.filter(parcours=parcours).exclude(
        titre__in=ailleurs.order_by().values("titre")
    )
    inscrites = Inscription.objects.filter(en_cours(jour), apprenant__ecole=ecole)
    return inscrites.filter(titre__in=propres.order_by().values("titre")).count()
