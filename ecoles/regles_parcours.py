"""Parcours, places, groups and publication: what is refused, and what is only said. Pure functions.

A refusal blocks and is repeated by the database (``ecoles.models.declencheurs``, constraints: change both);
a warning is a sentence on the page. Numbers of the network: groups of 12, one master for 8 beginners.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from reseau.nombres import montrer_date

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

GROUPE_HABITUEL, GROUPE_MAXIMUM = 12, 14
DEBUTANTS_PAR_MAITRE = 8
PART_ATELIER = (60, 70)  # per cent of the week, both allowed
PARCOURS_COURT = 24  # months
# After this many days a number of places is no longer given as true.
PLACES_VALABLES = timedelta(days=30)
# A closed school keeps its page for a year, then answers 410.
PAGE_GARDEE = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class StatutsDuJour:
    """Records that hold on a day: a ``Label``, a ``Reconnaissance``, an ``InscriptionListe``; or nothing."""

    label: Any = None
    reconnaissance: Any = None
    liste: Any = None


@dataclass(frozen=True, slots=True)
class Etape:
    """A step of a parcours: rank from 1, level of its title (3 or 4), months."""

    rang: int
    niveau: int
    mois: int


def refus_de_parcours(niveau_vise: int, duree_mois: int, etapes: Sequence[Etape]) -> list[str]:
    """Return everything that prevents these steps from making the parcours."""
    if not etapes:
        return ["Un parcours a au moins une étape."]
    suite = sorted(etapes, key=lambda etape: etape.rang)
    niveaux = [etape.niveau for etape in suite]
    refus = []
    if [etape.rang for etape in suite] != list(range(1, len(suite) + 1)):
        refus.append("Les étapes se suivent : 1, 2, 3.")
    if niveaux != sorted(niveaux):
        refus.append("Le CAP vient avant le bac pro.")
    if niveaux[-1] != niveau_vise:
        refus.append("La dernière étape donne le diplôme visé.")
    total = sum(etape.mois for etape in suite)
    if total != duree_mois:
        refus.append(
            "La durée du parcours est la somme de celles de ses étapes : "
            f"{total} mois d'étapes, {duree_mois} mois de parcours."
        )
    return refus


def alertes_de_parcours(duree_mois: int) -> list[str]:
    """Return what is unusual in a parcours."""
    return ["Ce parcours dure moins de deux ans."] if duree_mois < PARCOURS_COURT else []


def refus_de_places(capacite: int | None, nb_inscrits: int, places: int | None) -> list[str]:
    """Return why so many places cannot be free: more than what those of today leave of the capacity."""
    if capacite is None or places is None:
        return []
    reste = max(capacite - nb_inscrits, 0)
    if places <= reste:
        return []
    jeunes = "1 jeune inscrit" if nb_inscrits == 1 else f"{nb_inscrits} jeunes inscrits"
    return [f"Il reste au plus {reste} place{'s' if reste > 1 else ''} : {jeunes} sur {capacite}."]


def places_a_verifier(places_le: date, jour: date) -> bool:
    """Whether a count of places is too old to be given as true."""
    return jour - places_le > PLACES_VALABLES


def refus_de_groupe(nb_jeunes: int, motif_exception: str) -> list[str]:
    """Return why a group of this size cannot be."""
    if nb_jeunes > GROUPE_MAXIMUM and not motif_exception.strip():
        return ["Un groupe a 14 jeunes au plus, ou la raison de l'exception."]
    return []


def alertes_de_groupe(
    nb_jeunes: int, nb_debutants: int, nb_maitres: int, heures_atelier: int | None, heures_cours: int | None
) -> list[str]:
    """Return what is unusual in a group: its size, its masters, the share of the workshop in its week."""
    alertes = []
    if nb_jeunes > GROUPE_HABITUEL:
        alertes.append(f"Plus de {GROUPE_HABITUEL} jeunes : {nb_jeunes}.")
    if nb_debutants > DEBUTANTS_PAR_MAITRE * nb_maitres:
        alertes.append(
            f"Un maître suit {DEBUTANTS_PAR_MAITRE} débutants : il y en a {nb_debutants} pour {nb_maitres}."
        )
    part = part_d_atelier(heures_atelier, heures_cours)
    if part is not None and not PART_ATELIER[0] <= part <= PART_ATELIER[1]:
        alertes.append(f"L'atelier prend {part} % de la semaine, pour 60 à 70 % d'habitude.")
    return alertes


def part_d_atelier(heures_atelier: int | None, heures_cours: int | None) -> int | None:
    """Return the share of the workshop in the week, in whole per cent; nothing if unknown."""
    total = (heures_atelier or 0) + (heures_cours or 0)
    if heures_atelier is None or heures_cours is None or not total:
        return None
    return (200 * heures_atelier + total) // (2 * total)


def refus_de_titre(intitule: str, ouvre_le: date | None, ferme_le: date | None, jour: date) -> list[str]:
    """Return why nobody may be enrolled in this title on ``jour``: not open yet, or closed."""
    if ouvre_le is not None and jour < ouvre_le:
        return [f"« {intitule} » ouvre le {montrer_date(ouvre_le)}."]
    if ferme_le is not None and jour > ferme_le:
        return [f"« {intitule} » a fermé le {montrer_date(ferme_le)}."]
    return []


def page_gardee(fermee_le: date, jour: date) -> bool:
    """Whether the page of a school closed on ``fermee_le`` is still shown on ``jour``; afterwards, 410."""
    return jour - fermee_le <= PAGE_GARDEE
