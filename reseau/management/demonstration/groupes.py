"""Groups of the school year in the fictional schools, counted on the learners enrolled today."""

from __future__ import annotations

from collections import defaultdict
from itertools import batched
from typing import TYPE_CHECKING

from ecoles.models import EtapeParcours, Groupe, Inscription, MembreEquipe
from reseau.management.demonstration.calendrier import rentree
from reseau.management.demonstration.versement import verser
from reseau.models import en_cours
from reseau.nombres import aujourdhui
from reseau.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from uuid import UUID

type Classe = tuple[UUID, str, int]  # school, title, first, second or third year
_TAILLE = 12
_ANNEES = ("1re année", "2e année", "3e année")


def semer_groupes() -> int:
    """Make this year's groups of each fictional school that has none; return how many."""
    jour = aujourdhui()
    annee = rentree(jour).year
    faites = set(Groupe.objects.filter(annee=annee).values_list("offre__ecole_id", flat=True))
    maitres = dict(
        MembreEquipe.objects.filter(fonction=Role.MAITRE.value)
        .order_by("-du", "id")
        .values_list("ecole_id", "pk")
    )
    etapes = _etapes()
    groupes = []
    for (ecole, titre, rang), nombre in sorted(_classes(jour).items(), key=str):
        if ecole not in faites:
            offre, etape = etapes[ecole, titre]
            groupes += [(ecole, g) for g in _groupes(offre, etape, annee, rang, nombre)]
    verser(Groupe, [groupe for _, groupe in groupes])
    lien = Groupe.maitres.through
    menes = [(groupe, maitres[ecole]) for ecole, groupe in groupes if ecole in maitres]
    verser(lien, [lien(groupe_id=groupe.pk, membreequipe_id=maitre) for groupe, maitre in menes])
    return len(groupes)


def _classes(jour: date) -> dict[Classe, int]:
    """Count the learners of today by school, title and year."""
    classes: defaultdict[Classe, int] = defaultdict(int)
    inscriptions = Inscription.objects.filter(en_cours(jour), apprenant__ecole__fictive=True)
    for ecole, titre, du in inscriptions.values_list("apprenant__ecole_id", "titre_id", "du"):
        classes[ecole, titre, min(rentree(jour).year - rentree(du).year, len(_ANNEES) - 1)] += 1
    return classes


def _etapes() -> dict[tuple[UUID, str], tuple[UUID, int]]:
    """Offer and step of each title that a fictional school teaches."""
    etapes = EtapeParcours.objects.filter(parcours__offres__ecole__fictive=True).order_by("-rang")
    lignes = etapes.values_list("parcours__offres__ecole_id", "titre_id", "parcours__offres__pk", "pk")
    return {(ecole, titre): (offre, etape) for ecole, titre, offre, etape in lignes}


def _groupes(offre: UUID, etape: int, annee: int, rang: int, nombre: int) -> Iterator[Groupe]:
    """Twelve learners a group at most; the first year holds the beginners."""
    parties = list(batched(range(nombre), _TAILLE))
    for numero, partie in enumerate(parties):
        lettre = f" {chr(ord('A') + numero)}" if len(parties) > 1 else ""
        yield Groupe(
            offre_id=offre,
            etape_id=etape,
            annee=annee,
            nom=f"{_ANNEES[rang]}{lettre}",
            nb_jeunes=len(partie),
            nb_debutants=len(partie) if rang == 0 else 0,
            heures_atelier=24,
            heures_cours=11,
        )
