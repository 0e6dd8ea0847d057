"""Where a school is, from what an office typed: town, département, region, INSEE code.

Each distinct place is resolved once. A former commune, a homonym or a doubt is asked, never guessed.
"""

from __future__ import annotations

from reseau.socle.controles import (
    AVERTISSEMENT,
    ERREUR,
    INFORMATION,
    message,
    messages,
    phrase,
    plie,
    proposition,
    table,
)

# SQL of the key of a place, on a row of ``saisie``.
CLE = "concat(s.commune, chr(31), s.code_commune, chr(31), s.departement, chr(31), s.region)"
# Unknown towns for which near names are looked for; beyond, the message stands alone.
_NB_RAPPROCHEES = 200

# Each distinct spelling is folded once.
_DEPARTEMENTS = """
SELECT DISTINCT dit, code FROM (SELECT DISTINCT departement AS dit FROM saisie) AS dits
JOIN (
    SELECT lower(code) AS forme, code FROM reseau_departement
    UNION ALL SELECT ltrim(lower(code), '0'), code FROM reseau_departement
    UNION ALL SELECT edp_plier(nom), code FROM reseau_departement
) AS formes ON forme = edp_plier(dit)
"""
_REGIONS = """
SELECT DISTINCT dite, code FROM (SELECT DISTINCT region AS dite FROM saisie) AS dites
JOIN (
    SELECT code AS forme, code FROM reseau_region
    UNION ALL SELECT ltrim(code, '0'), code FROM reseau_region
    UNION ALL SELECT edp_plier(nom), code FROM reseau_region
) AS formes ON forme = edp_plier(dite)
"""
# "St" and "Ste" are spelt out; "Mesnil-en-Ouche (27049)" gives its code.
_LIEUX = rf"""
SELECT p.*, CASE WHEN ' ' || p.plie || ' ' LIKE ANY (ARRAY['% st %', '% ste %'])
    THEN regexp_replace(regexp_replace(p.plie, '\mst\M', 'saint', 'g'), '\mste\M', 'sainte', 'g')
    ELSE p.plie END AS canonique
FROM (
    SELECT n.*, {plie("n.nom")} AS plie, d.code AS dep, r.code AS reg
    FROM (
        SELECT i.cle, i.dite, i.departement, i.region,
            CASE WHEN i.dite LIKE '%)' THEN regexp_replace(i.dite, '\s*\([0-9][0-9AB][0-9]{{3}}\)$', '')
                ELSE i.dite END AS nom,
            coalesce(
                CASE WHEN i.dite LIKE '%)' THEN substring(i.dite from '\(([0-9][0-9AB][0-9]{{3}})\)$') END,
                lpad(upper(i.code_commune), 5, '0')) AS code_dit
        FROM (SELECT {CLE} AS cle, min(s.commune) AS dite, min(s.departement) AS departement,
                  min(s.region) AS region, min(s.code_commune) AS code_commune
              FROM saisie AS s GROUP BY 1) AS i) AS n
    LEFT JOIN formes_departement AS d ON d.dit = n.departement
    LEFT JOIN formes_region AS r ON r.dite = n.region
    OFFSET 0) AS p
"""
_CANDIDATES = """
SELECT l.cle, array_agg(c.code ORDER BY c.population DESC, c.code) AS codes
FROM lieu AS l JOIN reseau_commune AS c ON c.recherche = l.canonique
JOIN reseau_departement AS d ON d.code = c.departement_id
WHERE l.code_dit IS NULL AND (l.dep IS NULL OR l.dep = c.departement_id)
  AND (l.dep IS NOT NULL OR l.reg IS NULL OR l.reg = d.region_id)
GROUP BY l.cle
"""
_ANCIENNES = """
SELECT l.cle, array_agg(DISTINCT a.commune_id) AS codes
FROM lieu AS l JOIN reseau_anciennecommune AS a ON a.recherche = l.canonique
LEFT JOIN commune_candidate AS k USING (cle)
WHERE l.code_dit IS NULL AND k.cle IS NULL AND (l.dep IS NULL OR l.dep = a.departement_id)
GROUP BY l.cle
"""
_PROCHES = f"""
SELECT l.cle, p.codes
FROM (SELECT l.* FROM lieu AS l LEFT JOIN commune_candidate AS k USING (cle)
      LEFT JOIN commune_ancienne AS a USING (cle)
      WHERE l.code_dit IS NULL AND k.cle IS NULL AND a.cle IS NULL AND length(l.canonique) < 60
      ORDER BY l.cle LIMIT {_NB_RAPPROCHEES}) AS l,
LATERAL (SELECT array_agg(code) AS codes FROM (
    SELECT c.code FROM reseau_commune AS c
    WHERE c.recherche % l.canonique AND (l.dep IS NULL OR c.departement_id = l.dep)
    ORDER BY similarity(c.recherche, l.canonique) DESC, c.population DESC LIMIT 3) AS t) AS p
"""


def _propositions(codes: str) -> str:
    """SQL of the list of communes to choose from."""
    return (
        "(SELECT jsonb_agg(jsonb_build_object("
        "'valeur', format('%s (%s)', x.nom, x.code), 'libelle', format('%s (%s)', x.nom, x.code))"
        " ORDER BY o.rang) "
        f"FROM unnest(({codes})[1:6]) WITH ORDINALITY AS o(code, rang) "
        "JOIN reseau_commune AS x ON x.code = o.code)"
    )


# In words: "en Bretagne" would need an article for each name.
_DANS = "CASE WHEN d.nom IS NULL THEN '' ELSE format(' dans le département %s', d.nom) END"
_MESSAGES = messages(
    message(
        "l.dite IS NULL AND l.code_dit IS NULL", "commune", ERREUR, phrase("La commune est obligatoire.")
    ),
    message(
        "l.code_dit IS NOT NULL AND c.code IS NULL",
        "commune",
        ERREUR,
        phrase("Aucune commune n'a le code INSEE %s.", "l.code_dit"),
    ),
    message(
        "l.code_dit IS NOT NULL AND l.nom IS NOT NULL AND c.recherche <> l.canonique",
        "commune",
        ERREUR,
        phrase("Le code %s est celui de %s, pas de « %s ».", "c.code", "c.nom", "l.nom"),
        proposition("format('%s (%s)', c.nom, c.code)"),
    ),
    message(
        "cardinality(k.codes) > 1",
        "commune",
        ERREUR,
        phrase("Plusieurs communes s'appellent « %s » : laquelle est-ce ?", "l.dite"),
        _propositions("k.codes"),
    ),
    message(
        "k.cle IS NULL AND a.cle IS NOT NULL",
        "commune",
        AVERTISSEMENT,
        phrase(
            "Pas de commune actuelle « %s »%s : ancienne commune, aujourd'hui %s.",
            "l.dite",
            _DANS,
            "(SELECT string_agg(format('%s (%s)', x.nom, x.code), ' ou ') FROM reseau_commune AS x"
            " WHERE x.code = ANY(a.codes))",
        ),
        _propositions("a.codes"),
    ),
    message(
        "l.code_dit IS NULL AND l.dite IS NOT NULL AND k.cle IS NULL AND a.cle IS NULL",
        "commune",
        ERREUR,
        phrase("Pas de commune « %s »%s.", "l.dite", _DANS),
        _propositions("p.codes"),
    ),
    message(
        "l.code_dit IS NULL AND c.nom <> l.dite",
        "commune",
        INFORMATION,
        phrase("« %s » est lue comme %s (%s).", "l.dite", "c.nom", "c.code"),
    ),
    message(
        "l.departement IS NOT NULL AND l.dep IS NULL",
        "departement",
        ERREUR,
        phrase("« %s » n'est pas un département.", "l.departement"),
        f"CASE WHEN c.code IS NOT NULL THEN {proposition('c.departement_id')} END",
    ),
    message(
        "l.dep <> c.departement_id",
        "departement",
        ERREUR,
        phrase("%s est dans le département %s, pas %s.", "c.nom", "c.departement_id", "l.dep"),
        proposition("c.departement_id"),
    ),
    message(
        "l.dep IS NOT NULL AND l.departement ~ '^[0-9]+$' AND l.departement <> l.dep",
        "departement",
        INFORMATION,
        phrase("« %s » est complété : département %s (%s).", "l.departement", "l.dep", "d.nom"),
    ),
    message(
        "l.region IS NOT NULL AND l.reg IS NULL",
        "region",
        INFORMATION,
        phrase("« %s » n'est pas une région : celle de la commune est retenue.", "l.region"),
    ),
    message(
        "l.reg <> cr.code",
        "region",
        ERREUR,
        phrase("%s n'est pas dans cette région, mais dans celle-ci : %s.", "c.nom", "cr.nom"),
        proposition("cr.nom"),
    ),
)
_RESOLUS = f"""
SELECT l.cle, c.code, c.nom, cr.code AS region, cr.nom AS nom_region, {_MESSAGES} AS messages
FROM lieu AS l
LEFT JOIN commune_candidate AS k USING (cle)
LEFT JOIN commune_ancienne AS a USING (cle)
LEFT JOIN commune_proche AS p USING (cle)
LEFT JOIN reseau_commune AS c
    ON c.code = coalesce(l.code_dit, CASE WHEN cardinality(k.codes) = 1 THEN k.codes[1] END)
LEFT JOIN reseau_departement AS cd ON cd.code = c.departement_id
LEFT JOIN reseau_region AS cr ON cr.code = cd.region_id
LEFT JOIN reseau_departement AS d ON d.code = l.dep
"""


def resoudre_les_lieux() -> None:
    """From ``saisie``, make ``lieu_resolu`` (cle, code, nom, region, nom_region, messages)."""
    table("formes_departement", _DEPARTEMENTS)
    table("formes_region", _REGIONS)
    table("lieu", _LIEUX, peser=False)
    table("commune_candidate", _CANDIDATES)
    table("commune_ancienne", _ANCIENNES)
    table("commune_proche", _PROCHES)
    table("lieu_resolu", _RESOLUS, peser=False)
