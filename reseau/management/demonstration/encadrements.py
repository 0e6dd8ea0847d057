"""Who supervises in the fictional schools: teachers and heads, named to the works declared."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ecoles.models import DeclarationDerogation, Encadrement, MembreEquipe
from ecoles.models.securite import FONCTIONS_QUI_ENCADRENT
from reseau.management.demonstration.versement import verser

if TYPE_CHECKING:
    from uuid import UUID

_COMPETENCES = ("CAP et 12 ans de métier", "BP et 8 ans de métier", "BTS et 15 ans de métier")


def semer_encadrements() -> int:
    """Name each teacher and head who is not named yet; return how many."""
    declares: defaultdict[UUID, set[str]] = defaultdict(set)
    liens = DeclarationDerogation.travaux.through.objects.order_by("id")
    for ecole, code in liens.values_list("declarationderogation__ecole_id", "travailreglemente_id"):
        declares[ecole].add(code)
    membres = MembreEquipe.objects.filter(
        ecole__in=declares, fonction__in=FONCTIONS_QUI_ENCADRENT, encadrements=None
    ).order_by("utilisateur__courriel")
    nouveaux = [
        Encadrement(membre=m, competence=_COMPETENCES[rang % len(_COMPETENCES)], du=m.du)
        for rang, m in enumerate(membres)
    ]
    verser(Encadrement, nouveaux)
    travaux = Encadrement.travaux.through
    verser(
        travaux,
        [
            travaux(encadrement_id=e.pk, travailreglemente_id=code)
            for e in nouveaux
            for code in sorted(declares[e.membre.ecole_id])
        ],
    )
    return len(nouveaux)
