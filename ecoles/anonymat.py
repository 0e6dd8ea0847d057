"""Counts of people that may be shown: none below five, and none that a subtraction would give back.

Source: rules of the project, after the practice of public statistics (secondary suppression).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    type Chemin = tuple[Hashable, ...]

SEUIL = 5  # people


def a_montrer[C: Hashable](effectifs: Mapping[C, int], *, total_public: bool) -> frozenset[C]:
    """Return the keys whose count may be shown, among parts of one total.

    Counts below ``SEUIL`` are hidden; an empty part is nobody and hides nothing. When the total is public
    too, the hidden parts together must still be ``SEUIL`` people in two parts at least: the smallest shown
    ones are hidden with them until it holds. If that is impossible nothing is shown.
    """
    peuples = {cle: nombre for cle, nombre in effectifs.items() if nombre > 0}
    montres = sorted((cle for cle in peuples if peuples[cle] >= SEUIL), key=lambda cle: peuples[cle])
    caches = [cle for cle in peuples if peuples[cle] < SEUIL]
    while total_public and caches and montres and _se_deduit([peuples[cle] for cle in caches]):
        caches.append(montres.pop(0))
    return frozenset(montres)


def total_montrable(effectifs: Mapping[Hashable, int]) -> bool:
    """Whether the total of these parts may be shown beside the parts that :func:`a_montrer` keeps."""
    montres = a_montrer(effectifs, total_public=True)
    caches = [nombre for cle, nombre in effectifs.items() if nombre > 0 and cle not in montres]
    return sum(effectifs.values()) >= SEUIL and not (caches and _se_deduit(caches))


def totaliser(feuilles: Mapping[Chemin, int]) -> dict[Chemin, int]:
    """Return every node of a tree of counts with its total.

    A leaf is a path (region, school, title, year) with its count; a node is the total of what it begins.
    """
    totaux: dict[Chemin, int] = {}
    for chemin, nombre in feuilles.items():
        for longueur in range(1, len(chemin) + 1):
            noeud = chemin[:longueur]
            totaux[noeud] = totaux.get(noeud, 0) + nombre
    return totaux


def elaguer(totaux: Mapping[Chemin, int]) -> frozenset[Chemin]:
    """Return the nodes of :func:`totaliser` that may be shown.

    Below a hidden node everything is hidden; below a shown one, what :func:`a_montrer` keeps. The answer does
    not depend on any filter, so that the difference of two filters says nothing.
    """
    enfants: dict[Chemin, dict[Chemin, int]] = {}
    for noeud, nombre in totaux.items():
        enfants.setdefault(noeud[:-1], {})[noeud] = nombre
    montres: set[Chemin] = set()
    restants: list[Chemin] = [()]
    while restants:
        parent = restants.pop()
        gardes = a_montrer(enfants.get(parent, {}), total_public=bool(parent))
        montres |= gardes
        restants += gardes
    return frozenset(montres)


def _se_deduit(caches: list[int]) -> bool:
    return len(caches) == 1 or sum(caches) < SEUIL
