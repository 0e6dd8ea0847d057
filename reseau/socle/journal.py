"""Check the journals: every hash computed again, every link followed, every head compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import connection
from psycopg import sql

from reseau.models import EntreeJournal

if TYPE_CHECKING:
    from collections.abc import Iterator

# One pass in the order of the chain; a line is named for each thing that does not hold.
_LIGNES = """
SELECT chaine, rang, motif FROM (
    SELECT chaine, rang, CASE
        WHEN rang <> row_number() OVER suite THEN 'il manque une ligne avant celle-ci'
        WHEN precedente <> coalesce(lag(empreinte) OVER suite, '')
            THEN 'elle ne suit pas la ligne précédente'
        WHEN empreinte <> edp_empreinte_journal(
            precedente, chaine, rang, le, acteur_id, pour_id, evenement, de, vers, donnees)
            THEN 'son contenu a changé'
        END AS motif
    FROM {table}
    WINDOW suite AS (PARTITION BY chaine ORDER BY rang)
) AS lignes WHERE motif IS NOT NULL ORDER BY chaine, rang
"""

# What the lines alone cannot tell: that the last ones were taken away, or a whole chain.
_TETES = """
SELECT tete.chaine, tete.rang, 'la fin de la chaîne manque ou a changé'
FROM reseau_tetechaine AS tete
LEFT JOIN ({lignes}) AS ligne ON ligne.chaine = tete.chaine AND ligne.rang = tete.rang
WHERE tete.rang > 0 AND ligne.empreinte IS DISTINCT FROM tete.empreinte
UNION ALL
SELECT ligne.chaine, max(ligne.rang), 'la chaîne dépasse sa tête'
FROM ({lignes}) AS ligne LEFT JOIN reseau_tetechaine AS tete ON tete.chaine = ligne.chaine
GROUP BY ligne.chaine, tete.rang HAVING tete.rang IS NULL OR max(ligne.rang) > tete.rang
ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Rupture:
    """A place where a chain does not hold: its name, the rank of the line, and why (French)."""

    chaine: str
    rang: int
    motif: str

    def __str__(self) -> str:
        return f"{self.chaine}, ligne {self.rang} : {self.motif}."


def journaux() -> list[type[EntreeJournal]]:
    """Return every concrete journal of every trade."""
    return [modele for modele in apps.get_models() if issubclass(modele, EntreeJournal)]


def verifier() -> list[Rupture]:
    """Return every rupture of every chain, hashes computed by the database; empty when all hold."""
    return [*_ruptures_des_lignes(), *_ruptures_des_tetes()]


def nb_lignes() -> int:
    """Count the lines of every journal."""
    return sum(journal.objects.count() for journal in journaux())  # type: ignore[attr-defined]


def _ruptures_des_lignes() -> Iterator[Rupture]:
    for journal in journaux():
        yield from _lire(sql.SQL(_LIGNES).format(table=sql.Identifier(journal._meta.db_table)))


def _ruptures_des_tetes() -> Iterator[Rupture]:
    tables = [sql.Identifier(journal._meta.db_table) for journal in journaux()]
    lignes = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT chaine, rang, empreinte FROM {}").format(table) for table in tables
    )
    yield from _lire(sql.SQL(_TETES).format(lignes=lignes))


def _lire(requete: sql.Composed) -> list[Rupture]:
    with connection.cursor() as curseur:
        curseur.execute(requete)
        return [Rupture(*ligne) for ligne in curseur.fetchall()]
