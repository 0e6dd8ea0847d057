"""How many learners a school has on a day, by title and by year of it: counts only, no identity."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Count

from ecoles.models import Inscription, Titre
from reseau.models import en_cours

if TYPE_CHECKING:
    from datetime import date

    from ecoles.models import Ecole

MOIS_DE_RENTREE = 9
_GENRES = dict(Titre.Type.choices)


def annee_scolaire(jour: date) -> int:
    """Return the year in which the school year of ``jour`` began."""
    return jour.year if jour.month >= MOIS_DE_RENTREE else jour.year - 1


def effectifs_par_classe(ecole: Ecole, jour: date) -> dict[str, Counter[int]]:
    """Return, for each title with learners enrolled on ``jour``, how many are in which year of it, from 1.

    Titles come by level, then by name. One query, whatever the number of learners.
    """
    inscriptions = Inscription.objects.filter(en_cours(jour), apprenant__ecole=ecole)
    lignes = (
        inscriptions.order_by("titre__niveau", "titre__intitule", "titre_id")
        .values_list("titre__type", "titre__intitule", "du")
        .annotate(nombre=Count("pk"))
    )
    classes: dict[str, Counter[int]] = {}
    for genre, intitule, du, nombre in lignes:
        annee = annee_scolaire(jour) - annee_scolaire(du) + 1
        classes.setdefault(f"{_GENRES[genre]} {intitule}", Counter())[annee] += nombre
    return classes
