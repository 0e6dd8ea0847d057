"""Places in an import of learners: the lines that would enter where there is no room are told at their cell.

The lines that ask nothing else take the places, the earliest entry first, then in the order of the file.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import connection

from ecoles.places import places_de
from reseau.nombres import aujourdhui
from reseau.socle.controles import ERREUR, lit, message, phrase

if TYPE_CHECKING:
    from uuid import UUID

_TABLE = """
DROP TABLE IF EXISTS palier_de_places;
CREATE TEMP TABLE palier_de_places ON COMMIT DROP AS
SELECT * FROM unnest(%s::int[], %s::text[], %s::int[], %s::date[], %s::date[], %s::int[])
    AS p (ensemble, noms, places, du, jusque, presents)
"""
_TITRES = """
DROP TABLE IF EXISTS titre_de_places;
CREATE TEMP TABLE titre_de_places ON COMMIT DROP AS
SELECT * FROM unnest(%s::int[], %s::text[]) AS t (ensemble, titre)
"""
# A line that is already wrong, repeats another or enrols nobody takes no place.
_AVEC_LES_PLACES = """
SELECT a.*, array_cat(a.messages_lus, p.messages) AS messages FROM {lignes} AS a LEFT JOIN (
    SELECT x.numero, {messages} AS messages FROM (
        SELECT DISTINCT ON (numero) * FROM (
            SELECT e.numero, p.noms, p.places, p.presents, count(*) OVER (
                PARTITION BY p.ensemble ORDER BY e.entree_lue, e.numero) AS rang
              FROM {lignes} AS e JOIN titre_de_places AS t ON t.titre = e.titre_lu
              JOIN palier_de_places AS p ON p.ensemble = t.ensemble
                AND greatest(e.entree_lue, {jour}) >= p.du AND greatest(e.entree_lue, {jour}) < p.jusque
             WHERE e.titre_actuel IS NULL AND e.copie IS NULL AND NOT EXISTS (
                SELECT FROM unnest(e.messages_lus) AS m WHERE m ->> 'niveau' IN ('erreur', 'rejet'))
        ) AS rangee WHERE presents + rang > places ORDER BY numero, places - presents) AS x
    ) AS p ON p.numero = a.numero
"""


def lire_les_places(ecole: UUID) -> None:
    """Keep for this transaction how full each parcours of the school is, and will be."""
    lignes, titres = [], []
    for rang, (ensemble, marches) in enumerate(places_de(ecole).paliers()):
        titres += [(rang, titre) for titre in sorted(ensemble.titres)]
        fins = [jour for jour, _ in marches[1:]] + [date.max]
        for (du, presents), jusque in zip(marches, fins, strict=True):
            lignes.append((rang, ensemble.noms, ensemble.places, du, jusque, presents))
    with connection.cursor() as curseur:
        curseur.execute(_TABLE, [[ligne[n] for ligne in lignes] for n in range(6)])
        curseur.execute(_TITRES, [[paire[n] for paire in titres] for n in range(2)])


def avec_les_places(lignes: str) -> str:
    """From the table of the lines and their ``messages_lus``, return the SQL that adds ``messages``."""
    plein = message(
        "true", "titres", ERREUR,
        phrase(
            "Plus de place en « %s » : déjà %s pour %s, et ce jeune est le %s de ce fichier à y entrer. "
            "Retirez sa ligne, ou augmentez la capacité du parcours.",
            "x.noms",
            "CASE WHEN x.presents > 1 THEN x.presents || ' jeunes inscrits' "
            "WHEN x.presents = 1 THEN '1 jeune inscrit' ELSE 'aucun jeune inscrit' END",
            "x.places || CASE WHEN x.places > 1 THEN ' places' ELSE ' place' END",
            "CASE WHEN x.rang = 1 THEN '1er' ELSE x.rang || 'e' END",
        ),
    )  # fmt: skip
    jour = f"{lit(aujourdhui().isoformat())}::date"
    return _AVEC_LES_PLACES.format(lignes=lignes, messages=f"ARRAY[{plein}]::jsonb[]", jour=jour)
