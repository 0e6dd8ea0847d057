"""What would happen to each line: its verdict, and the differences with the record already there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reseau.socle.controles import lit

if TYPE_CHECKING:
    from collections.abc import Mapping

_COMPAREES = """
SELECT l.numero, l.cible, l.connue, l.copie, l.messages, {lu} AS lu,
    CASE WHEN NOT l.connue THEN '[]' ELSE to_jsonb(array_remove(ARRAY[{differences}]::jsonb[], NULL)) END
        AS differences,
    CASE WHEN cardinality(l.messages) = 0 THEN 0 ELSE (
        SELECT max(CASE m ->> 'niveau' WHEN 'rejet' THEN 3 WHEN 'erreur' THEN 2 WHEN 'avertissement' THEN 1
            ELSE 0 END) FROM unnest(l.messages) AS m) END AS gravite
FROM ({lignes}) AS l {jointures}
OFFSET 0
"""
_VERDICTS = """
SELECT numero, lu, differences, messages, cible,
    CASE WHEN copie IS NOT NULL THEN 'doublon' WHEN gravite = 3 THEN 'rejet'
         WHEN gravite = 2 THEN 'a_corriger' WHEN gravite = 1 THEN 'a_confirmer'
         WHEN NOT connue THEN {sans_fiche} WHEN differences = '[]' THEN 'inchangee'
         ELSE 'modifier' END AS verdict
FROM ({comparees}) AS comparee
"""


def difference(champ: str, apres: str, avant: str) -> str:
    """SQL of a difference between what the file says and the record, or NULL; an empty cell says nothing."""
    return (
        f"CASE WHEN {apres} <> '' AND {apres} IS DISTINCT FROM coalesce({avant}, '') THEN jsonb_build_object("
        f"'champ', {lit(champ)}, 'avant', coalesce({avant}, ''), 'apres', {apres}) END"
    )


def conclure(
    lignes: str,
    compares: Mapping[str, tuple[str, str]],
    lu: str,
    jointures: str,
    sans_fiche: str = "creer",
) -> str:
    """From the SQL of the lines read, return the SQL of their verdicts.

    ``lignes`` gives numero, cible (uuid or NULL), connue (boolean: the record exists), copie (number of
    the line it repeats, or NULL), messages (jsonb[]) and what the other pieces read, as ``l``.
    ``compares``: field -> (SQL of what the file says, SQL of what the portal says), as texts.
    ``sans_fiche``: the verdict of a line without a record.
    """
    differences = ", ".join(difference(champ, *paire) for champ, paire in compares.items()) or "NULL"
    comparees = _COMPAREES.format(lu=lu, differences=differences, lignes=lignes, jointures=jointures)
    return _VERDICTS.format(comparees=comparees, sans_fiche=lit(sans_fiche))
