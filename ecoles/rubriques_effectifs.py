"""How many learners a school has today, on its record: entire for its staff, nothing below five outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from ecoles.anonymat import elaguer, totaliser
from ecoles.classes import effectifs_par_classe
from ecoles.diplomes import INSECABLE, pluriel
from ecoles.requetes import ecoles_pour
from ecoles.rubriques import Fait, Liens, Section

if TYPE_CHECKING:
    from collections import Counter
    from datetime import date

    from ecoles.anonymat import Chemin
    from ecoles.models import Ecole


def effectifs(ecole: Ecole, liens: Liens, jour: date) -> Section:
    """How many learners today, by title and year; the list itself for who may read it.

    Outside the school, counts below five are hidden, and those that a subtraction would give back.
    """
    classes = effectifs_par_classe(ecole, jour)
    if not liens.utilisateur.is_superuser and ecole.pk not in set(
        ecoles_pour(liens.utilisateur, "apprenant.voir")
    ):
        return _effectifs_de_dehors(ecole, liens, classes)
    faits = [
        Fait(
            f"{titre[0].upper()}{titre[1:]}{INSECABLE}: {pluriel(annees.total(), 'jeune')}",
            (" · ".join(f"{_annee(rang)}{INSECABLE}: {annees[rang]}" for rang in sorted(annees)),),
        )
        for titre, annees in classes.items()
    ]
    total = sum(annees.total() for annees in classes.values())
    lire = liens.utilisateur.has_perm("apprenant.voir")
    voir = (("Voir les jeunes", reverse("admin:ecoles_apprenant_changelist")),) if lire else ()
    titre = f"{pluriel(total, 'jeune')} aujourd'hui" if total else "Jeunes"
    return Section(
        "effectifs",
        titre,
        tuple(faits),
        "Aucun jeune inscrit dans le portail.",
        voir + _tableau(ecole, liens),
    )


def _effectifs_de_dehors(ecole: Ecole, liens: Liens, classes: dict[str, Counter[int]]) -> Section:
    totaux = totaliser({(0, t, rang): n for t, annees in classes.items() for rang, n in annees.items()})
    montres = elaguer(totaux)
    faits = tuple(
        Fait(
            f"{titre[0].upper()}{titre[1:]}{INSECABLE}: {_cache(totaux, montres, (0, titre))}",
            (
                " · ".join(
                    f"{_annee(rang)}{INSECABLE}: {_cache(totaux, montres, (0, titre, rang))}"
                    for rang in sorted(annees)
                ),
            ),
        )
        for titre, annees in classes.items()
    )
    total = f"{totaux[(0,)]} jeunes aujourd'hui" if (0,) in montres else "Jeunes"
    vide = "Aucun jeune inscrit dans le portail."
    return Section("effectifs", total, faits, vide, _tableau(ecole, liens))


def _cache(totaux: dict[Chemin, int], montres: frozenset[Chemin], noeud: Chemin) -> str:
    return str(totaux[noeud]) if noeud in montres else "caché (moins de 5, ou déductible)"


def _tableau(ecole: Ecole, liens: Liens) -> tuple[tuple[str, str], ...]:
    """The page of figures, for who may read it."""
    if not liens.utilisateur.has_perm("ecole.compter"):
        return ()
    adresse = reverse("admin:ecoles_ecole_effectifs", query={"ecole": str(ecole.pk)})
    return (("Entrées, sorties, années passées", adresse),)


def _annee(rang: int) -> str:
    return f"{rang}{'re' if rang == 1 else 'e'} année"
