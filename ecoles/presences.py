"""Months of presence of learners by title and year of the course: counts only, no name crosses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

# A learner counts for a month in which she is enrolled, were it one day, once: for her latest enrolment of
# that month. The year of the course is the number of school years since she enrolled; September opens one.
# Beyond ``plafond`` months she counts no more: the first ones do.
_MOIS_DE_PRESENCE = """
WITH mois AS (
    SELECT GREATEST(m::date, %(du)s) AS debut,
           LEAST((m + interval '1 month')::date - 1, %(au)s) AS fin
      FROM generate_series(date_trunc('month', %(du)s::timestamp), %(au)s::timestamp, interval '1 month') m
), presents AS (
    SELECT DISTINCT ON (i.apprenant_id, m.debut) i.apprenant_id, m.debut, i.titre_id,
           LEAST(4, 1 + extract(year FROM m.debut - interval '8 months')
                      - extract(year FROM i.du - interval '8 months'))::int AS annee
      FROM ecoles_inscription i
      JOIN ecoles_apprenant a ON a.id = i.apprenant_id
      JOIN mois m ON i.du <= m.fin AND (i.au IS NULL OR i.au >= m.debut)
     WHERE a.ecole_id = %(ecole)s
     ORDER BY i.apprenant_id, m.debut, i.du DESC
), comptes AS (
    SELECT titre_id, GREATEST(annee, 1) AS annee,
           row_number() OVER (PARTITION BY apprenant_id ORDER BY debut) AS rang
      FROM presents
)
SELECT titre_id, annee, count(*) FROM comptes WHERE rang <= %(plafond)s GROUP BY titre_id, annee ORDER BY 1, 2
"""


def mois_de_presence(ecole: UUID, du: date, au: date, plafond: int) -> dict[tuple[str, int], int]:
    """Return learner-months of a school by (title, year of the course), from ``du`` to ``au`` included.

    ``plafond``: months counted for one learner at most. One query whatever the size of the school.
    """
    with connection.cursor() as curseur:
        curseur.execute(_MOIS_DE_PRESENCE, {"ecole": ecole, "du": du, "au": au, "plafond": plafond})
        return {(titre, annee): nombre for titre, annee, nombre in curseur.fetchall()}
