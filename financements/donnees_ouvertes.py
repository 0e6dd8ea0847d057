"""Open data on the grants that were notified: décret n° 2017-779 du 5 mai 2017, SCDL "subventions" 2.1.1.

One row a decision, at the amount of the day: what was granted, its amendments, what was given back. Nothing
about a person. Fictional schools appear under DEMONSTRATION only, and then alone.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from financements.schema_scdl import titres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from financements.models import Allocation

# A decision is notified once it has its number of commitment; what was wholly given back is no grant.
_NOTIFIEES = """
  FROM financements_allocation a
  JOIN financements_demande d ON d.id = a.demande_id
  JOIN financements_campagne m ON m.id = d.campagne_id
  JOIN ecoles_ecole e ON e.id = d.ecole_id
  LEFT JOIN ecoles_gestionnaire g ON g.id = e.gestionnaire_id
  JOIN reseau_serviceregional s ON s.region_id = a.region_id
  LEFT JOIN financements_convention c ON c.allocation_id = a.id
  JOIN (SELECT allocation_id, sum(montant) AS montant FROM financements_engagement GROUP BY 1) n
    ON n.allocation_id = a.id AND n.montant > 0
  LEFT JOIN (SELECT allocation_id, count(*) AS nombre, min(prevue_le) AS du, max(prevue_le) AS au
               FROM financements_tranche GROUP BY 1) t ON t.allocation_id = a.id
 WHERE d.numero_ej <> '' AND s.siret <> '' AND e.siret <> '' AND e.fictive = {fictive}
"""
_JOUR = "(a.accordee_le AT TIME ZONE 'Europe/Paris')::date"
# A spreadsheet must not take a name for a formula.
_SUR = "CASE WHEN {0} ~ '^[=+@\\t\\r-]' THEN '''' || {0} ELSE {0} END"
_COLONNES = f"""
SELECT s.nom, s.siret, COALESCE(c.signee_etat_le, {_JOUR})::text, d.numero,
       {_SUR.format("COALESCE(g.nom, e.nom)")}, e.siret,
       CASE WHEN g.rna ~ '^W[0-9]{{9}}$' THEN g.rna ELSE '' END,
       left('Fonctionnement de l''école de production « ' || e.nom || ' », exercice ' || m.exercice, 256),
       n.montant::text, 'aide en numéraire',
       CASE WHEN COALESCE(t.nombre, 1) = 1 THEN 'unique' ELSE 'échelonné' END,
       CASE WHEN COALESCE(t.du, {_JOUR}) = COALESCE(t.au, {_JOUR}) THEN COALESCE(t.du, {_JOUR})::text
            ELSE t.du || '/' || t.au END,
       '', 'non', '1.00', ''
"""
# Real schools and fictional ones: what the audit compares with the decisions.
TOUTES_LES_LIGNES = f"{_COLONNES} {_NOTIFIEES.format(fictive='e.fictive')}"


def _requete() -> str:
    return f"{_COLONNES} {_NOTIFIEES.format(fictive=_fictive())} ORDER BY d.numero"


def lignes() -> Iterator[tuple[str, ...]]:
    """Yield the rows, in the order of the numbers; few at a time are in memory."""
    with connection.chunked_cursor() as curseur:
        curseur.execute(_requete())
        while paquet := curseur.fetchmany(1000):
            yield from paquet


def compter() -> int:
    """Return how many rows the file has."""
    with connection.cursor() as curseur:
        curseur.execute(f"SELECT count(*) {_NOTIFIEES.format(fictive=_fictive())}")
        return int(curseur.fetchone()[0])


def _fictive() -> str:
    return "true" if settings.DEMONSTRATION else "false"


def en_csv() -> Iterator[bytes]:
    """Yield the file, line by line: UTF-8, commas, the header of the schema first."""
    tampon = io.StringIO()
    feuille = csv.writer(tampon, lineterminator="\n")
    feuille.writerow(titres())
    for ligne in lignes():
        feuille.writerow(ligne)
        if tampon.tell() > 60_000:
            yield _vider(tampon)
    yield _vider(tampon)


def _vider(tampon: io.StringIO) -> bytes:
    texte = tampon.getvalue()
    tampon.seek(0)
    tampon.truncate()
    return texte.encode()


def publiee(decision: Allocation) -> bool:
    """Return whether the decision is a row of the file, or has nothing left to publish."""
    with connection.cursor() as curseur:
        curseur.execute(
            f"SELECT EXISTS (SELECT {_NOTIFIEES.format(fictive='e.fictive')} AND a.id = %s) OR NOT EXISTS ("  # noqa: S608
            "SELECT FROM financements_engagement WHERE allocation_id = %s HAVING sum(montant) > 0)",
            [decision.pk, decision.pk],
        )
        return bool(curseur.fetchone()[0])
