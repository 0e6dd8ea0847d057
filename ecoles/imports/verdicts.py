"""What would happen to each line: its verdict, and the differences with the school already there."""

from __future__ import annotations

from reseau.socle.controles import lit

# Field -> (SQL of what the file says, SQL of what the portal says), as texts; NULL says nothing.
_COMPARES = {
    "nom": ("CASE WHEN par_uai AND l.nom_plie <> e.recherche THEN l.nom END", "e.nom"),
    "commune": ("l.code_lu", "e.commune_id"),
    "uai": ("l.uai_lu", "e.uai"),
    "annee_ouverture": ("l.annee_lue::text", "e.annee_ouverture::text"),
    "effectif": ("l.effectif_lu::text", "e.effectif::text"),
    "verification": ("l.verification_lue", "e.verification"),
    "telephone": ("l.telephone_lu", "e.telephone"),
    "courriel": ("lower(l.courriel)", "e.courriel"),
    "source": ("l.source", "e.source"),
    "filieres": ("array_to_string(l.filieres_lues, ', ')", "ef.codes"),
    # Diplomas are only ever added: an office's file never knows them all.
    "titres": (
        "CASE WHEN (l.titres_lus <@ ot.liste) IS NOT TRUE THEN array_to_string(l.titres_lus, ', ') END",
        "ot.codes",
    ),
}  # fmt: skip
# Texts by one array, thrice as fast as pair by pair; what the cells do not say is not there.
_LU = """
jsonb_strip_nulls(jsonb_object(ARRAY[
    'nom', coalesce(CASE WHEN par_uai AND l.nom_plie <> e.recherche THEN l.nom END, e.nom, l.nom),
    'commune', l.code_lu, 'nom_commune', l.nom_commune, 'uai', l.uai_lu,
    'annee_ouverture', l.annee_lue::text, 'effectif', l.effectif_lu::text,
    'verification', l.verification_lue, 'telephone', l.telephone_lu, 'courriel', lower(l.courriel),
    'source', l.source]))
|| CASE WHEN l.filieres_lues IS NULL THEN '{}' ELSE jsonb_build_object('filieres', l.filieres_lues) END
|| CASE WHEN l.titres_lus IS NULL THEN '{}' ELSE jsonb_build_object('titres', l.titres_lus) END
"""
_METIERS = """
SELECT ecole_id, string_agg(filiere_id, ', ' ORDER BY filiere_id) AS codes
FROM ecoles_ecole_filieres GROUP BY ecole_id
"""
_DIPLOMES = """
SELECT ecole_id, array_agg(titre_id) AS liste, string_agg(titre_id, ', ' ORDER BY titre_id) AS codes
FROM ecoles_offre GROUP BY ecole_id
"""
_COMPAREES = """
SELECT l.numero, l.cible, l.copie, l.messages, {lu} AS lu,
    CASE WHEN l.cible IS NULL THEN '[]' ELSE to_jsonb(array_remove(ARRAY[{differences}]::jsonb[], NULL)) END
        AS differences,
    CASE WHEN cardinality(l.messages) = 0 THEN 0 ELSE (
        SELECT max(CASE m ->> 'niveau' WHEN 'rejet' THEN 3 WHEN 'erreur' THEN 2 WHEN 'avertissement' THEN 1
            ELSE 0 END) FROM unnest(l.messages) AS m) END AS gravite
FROM ({lignes}) AS l
LEFT JOIN ecoles_ecole AS e ON e.id = l.cible
LEFT JOIN ({metiers}) AS ef ON ef.ecole_id = l.cible
LEFT JOIN ({diplomes}) AS ot ON ot.ecole_id = l.cible
OFFSET 0
"""
_VERDICTS = """
SELECT numero, lu, differences, messages, cible,
    CASE WHEN copie IS NOT NULL THEN 'doublon' WHEN gravite = 3 THEN 'rejet'
         WHEN gravite = 2 THEN 'a_corriger' WHEN gravite = 1 THEN 'a_confirmer'
         WHEN cible IS NULL THEN 'creer' WHEN differences = '[]' THEN 'inchangee'
         ELSE 'modifier' END AS verdict
FROM ({comparees}) AS comparee
"""


def _difference(champ: str, apres: str, avant: str) -> str:
    return (
        f"CASE WHEN {apres} <> '' AND {apres} IS DISTINCT FROM coalesce({avant}, '') THEN jsonb_build_object("
        f"'champ', {lit(champ)}, 'avant', coalesce({avant}, ''), 'apres', {apres}) END"
    )


def conclure(lignes: str) -> str:
    """From the SQL of the lines read, return the SQL of their verdicts."""
    differences = ", ".join(_difference(champ, *paire) for champ, paire in _COMPARES.items())
    comparees = _COMPAREES.format(
        lu=_LU, differences=differences, lignes=lignes, metiers=_METIERS, diplomes=_DIPLOMES
    )
    return _VERDICTS.format(comparees=comparees)
