"""Conventions that are compulsory and not signed, and since when.

A decision may come under the rule late: an amendment, or another file of the same managing body, makes the
year pass the threshold (loi 2000-321, article 10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection

from financements.etats import TRANSITIONS
from financements.models import Demande
from financements.regles import ajouter_jours_ouvres
from reseau.nombres import PARIS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

# The states in which a convention may still be recorded.
A_SIGNER: Final = tuple(
    dict.fromkeys(etat for t in TRANSITIONS if t.permission == "conventionner" for etat in t.sources)
)
# The last line of the ledger that made the year of the managing body pass the threshold dates the need; the
# decision itself, when it came after. Same sum as ``edp_convention_manque``.
_DUES: Final = """
WITH cumuls AS (
    SELECT c.exercice, c.seuil_convention AS seuil, COALESCE(e.gestionnaire_id, e.id) AS corps, g.saisi_le,
           sum(g.montant) OVER suite AS apres, sum(g.montant) OVER suite - g.montant AS avant,
           sum(g.montant) OVER (PARTITION BY c.exercice, COALESCE(e.gestionnaire_id, e.id)) AS total
      FROM financements_engagement g
      JOIN financements_allocation a ON a.id = g.allocation_id
      JOIN financements_demande d ON d.id = a.demande_id
      JOIN financements_campagne c ON c.id = d.campagne_id
      JOIN ecoles_ecole e ON e.id = d.ecole_id
    WINDOW suite AS (PARTITION BY c.exercice, COALESCE(e.gestionnaire_id, e.id) ORDER BY g.saisi_le, g.id)
), passees AS (
    SELECT exercice, corps, max(saisi_le) AS le FROM cumuls
     WHERE total > seuil AND apres > seuil AND avant <= seuil GROUP BY exercice, corps
)
SELECT d.id, GREATEST(p.le, a.accordee_le)
  FROM financements_demande d
  JOIN financements_allocation a ON a.demande_id = d.id
  JOIN financements_campagne c ON c.id = d.campagne_id
  JOIN ecoles_ecole e ON e.id = d.ecole_id
  JOIN passees p ON (p.exercice, p.corps) = (c.exercice, COALESCE(e.gestionnaire_id, e.id))
 WHERE d.etat = ANY(%s)
   AND NOT EXISTS (SELECT FROM financements_convention v WHERE v.allocation_id = a.id)
"""


@dataclass(frozen=True)
class ConventionDue:
    """A file whose convention is compulsory: the day it became so, and the last day to sign it (Paris)."""

    demande: Demande
    depuis: date
    avant_le: date


def conventions_dues() -> Iterator[ConventionDue]:
    """Yield them in the order of the numbers."""
    with connection.cursor() as curseur:
        curseur.execute(_DUES, [list(A_SIGNER)])
        depuis = dict(curseur.fetchall())
    demandes = Demande.objects.filter(pk__in=depuis).select_related("ecole", "campagne")
    for demande in demandes.order_by("numero"):
        jour = depuis[demande.pk].astimezone(PARIS).date()
        avant_le = ajouter_jours_ouvres(jour, demande.campagne.delai_convention)
        yield ConventionDue(demande, jour, avant_le)
