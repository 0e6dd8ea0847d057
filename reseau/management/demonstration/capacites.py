"""Places of the fictional schools: always a few more than the learners, whatever their number."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db.models import Q

from ecoles.models import EtapeParcours, Inscription, Offre
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from collections.abc import Iterable

_GROUPE = 12


def agrandir(nouvelles: Iterable[Inscription]) -> None:
    """Open groups of twelve until these enrolments fit with those of before, and one candidate more."""
    jour = aujourdhui()
    presentes = Inscription.objects.filter(
        Q(au__isnull=True) | Q(au__gte=jour), apprenant__ecole__fictive=True
    )
    inscrits = Counter(presentes.order_by().values_list("apprenant__ecole", "titre"))
    inscrits.update(
        (nouvelle.apprenant.ecole_id, nouvelle.titre_id)
        for nouvelle in nouvelles
        if nouvelle.au is None or nouvelle.au >= jour
    )
    titres: dict[str, list[str]] = {}
    for code, titre in EtapeParcours.objects.order_by().values_list("parcours", "titre"):
        titres.setdefault(code, []).append(titre)
    changees = []
    for offre in Offre.objects.filter(ecole__fictive=True, capacite__isnull=False).order_by("pk"):
        nombre = sum(inscrits[offre.ecole_id, titre] for titre in titres[offre.parcours_id])
        groupes = max((offre.capacite or 0) // _GROUPE, nombre // _GROUPE + 1)
        reste = groupes * _GROUPE - nombre
        voulues = None if offre.places is None else min(offre.places, reste)
        if (groupes * _GROUPE, voulues) != (offre.capacite, offre.places):
            offre.capacite, offre.places = groupes * _GROUPE, voulues
            changees.append(offre)
    Offre.objects.bulk_update(changees, ["capacite", "places"], batch_size=500)
