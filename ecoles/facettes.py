"""The list of schools in one statement: how many, which ones, and what each filter would leave.

Facets count OR inside a group and AND across groups: the number beside a choice is what the list
would hold if that choice were ticked alone in its group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection

PAR_PAGE = 20
NB_PROCHES = 5

_SQL = """
WITH base AS MATERIALIZED (
    SELECT e.id, e.recherche, e.verification <> 'oui' AS en_dernier, g.slug AS region,
        CASE WHEN %(latitude)s::float8 IS NOT NULL THEN 2 * 6371 * asin(sqrt(least(1,
            sin(radians(c.latitude::float8 - %(latitude)s::float8) / 2) ^ 2
            + cos(radians(%(latitude)s::float8)) * cos(radians(c.latitude::float8))
            * sin(radians(c.longitude::float8 - %(longitude)s::float8) / 2) ^ 2))) END AS km,
        ARRAY(SELECT f.filiere_id FROM ecoles_ecole_filieres f WHERE f.ecole_id = e.id) AS metiers,
        ARRAY(SELECT t.niveau::int FROM ecoles_offre o
              JOIN ecoles_etapeparcours s ON s.parcours_id = o.parcours_id
              JOIN ecoles_titre t ON t.code_cfd = s.titre_id WHERE o.ecole_id = e.id) AS niveaux
    FROM ecoles_ecole e
    JOIN reseau_commune c ON c.code = e.commune_id
    JOIN reseau_departement d ON d.code = c.departement_id
    JOIN reseau_region g ON g.code = d.region_id
    WHERE e.publication = 'publiee' AND e.fictive = %(fictive)s
), tri AS MATERIALIZED (
    SELECT base.*,
        %(metiers)s::text[] = '{}' OR base.metiers::text[] && %(metiers)s::text[] AS m,
        %(niveaux)s::int[] = '{}' OR niveaux && %(niveaux)s::int[] AS n,
        %(regions)s::text[] = '{}' OR region = ANY(%(regions)s::text[]) AS r,
        %(rayon)s::int IS NULL OR km <= %(rayon)s::int AS d
    FROM base
)
SELECT 'total' AS genre, '' AS code, '' AS nom, count(*)::float8 AS nb, 0 AS rang
    FROM tri WHERE m AND n AND r AND d
UNION ALL SELECT 'publiees', '', '', count(*), 0 FROM tri
UNION ALL SELECT 'metier', f.code, f.nom,
    (SELECT count(*) FROM tri WHERE n AND r AND d AND f.code::text = ANY(tri.metiers::text[])), f.rang
    FROM ecoles_filiere f
UNION ALL SELECT 'niveau', v.n::text, '',
    (SELECT count(*) FROM tri WHERE m AND r AND d AND v.n = ANY(niveaux)), v.n FROM (VALUES (3), (4)) v(n)
UNION ALL SELECT 'region', g.slug, g.nom, count(t.id) FILTER (WHERE m AND n AND d), 0
    FROM reseau_region g LEFT JOIN tri t ON t.region = g.slug GROUP BY g.slug, g.nom
UNION ALL (SELECT 'ecole', id::text, '', km, row_number() OVER (ORDER BY en_dernier, km, recherche, id)
    FROM tri WHERE m AND n AND r AND d
    ORDER BY en_dernier, km, recherche, id LIMIT %(limite)s OFFSET %(debut)s)
UNION ALL (SELECT 'proche', id::text, '', km, row_number() OVER (ORDER BY en_dernier, km, recherche, id)
    FROM tri WHERE m AND n AND r ORDER BY en_dernier, km, recherche, id LIMIT %(proches)s)
UNION ALL (SELECT 'ailleurs', id::text, '', km, row_number() OVER (ORDER BY en_dernier, km, recherche, id)
    FROM tri ORDER BY en_dernier, km, recherche, id LIMIT %(proches)s)
"""


@dataclass(frozen=True, slots=True)
class Facette:
    """A choice of a filter: its value in the address, its name, and how many schools it would show."""

    code: str
    nom: str
    nb: int


@dataclass(frozen=True, slots=True)
class Trouvailles:
    """What the statement answers. Schools are (key, kilometres or None), in order.

    ``proches`` ignores the distance limit; ``ailleurs`` ignores every filter.
    """

    total: int
    publiees: int
    metiers: list[Facette]
    niveaux: list[Facette]
    regions: list[Facette]
    ecoles: list[tuple[str, float | None]]
    proches: list[tuple[str, float | None]]
    ailleurs: list[tuple[str, float | None]]


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked: degrees of the point of departure (or nothing), codes, kilometres, first row."""

    latitude: float | None = None
    longitude: float | None = None
    metiers: tuple[str, ...] = ()
    niveaux: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()
    rayon: int | None = None
    debut: int = 0
    limite: int = PAR_PAGE


def chercher(selection: Selection) -> Trouvailles:
    """Run the statement: one query whatever the number of schools."""
    parametres: dict[str, Any] = {
        "latitude": selection.latitude,
        "longitude": selection.longitude,
        "fictive": settings.DEMONSTRATION,
        "metiers": list(selection.metiers),
        "niveaux": list(selection.niveaux),
        "regions": list(selection.regions),
        "rayon": selection.rayon,
        "debut": selection.debut,
        "limite": selection.limite,
        "proches": NB_PROCHES,
    }
    with connection.cursor() as curseur:
        curseur.execute(_SQL, parametres)
        lignes = curseur.fetchall()
    return _ranger(sorted(lignes, key=lambda ligne: (ligne[0], ligne[4])))


def _ranger(lignes: list[tuple[str, str, str, float | None, int]]) -> Trouvailles:
    def facettes(voulu: str) -> list[Facette]:
        return [Facette(code, nom, int(nb or 0)) for genre, code, nom, nb, _ in lignes if genre == voulu]

    def cles(voulu: str) -> list[tuple[str, float | None]]:
        return [(cle, km) for genre, cle, _, km, _ in lignes if genre == voulu]

    nombres = {genre: int(nb or 0) for genre, _, _, nb, _ in lignes if genre in ("total", "publiees")}
    return Trouvailles(
        total=nombres["total"],
        publiees=nombres["publiees"],
        metiers=facettes("metier"),
        niveaux=facettes("niveau"),
        regions=facettes("region"),
        ecoles=cles("ecole"),
        proches=cles("proche"),
        ailleurs=cles("ailleurs"),
    )
