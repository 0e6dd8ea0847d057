"""What would happen to each line: its verdict, and the differences with the school already there."""

from __future__ import annotations

from reseau.socle import verdicts

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
SELECT o.ecole_id, array_agg(e.titre_id) AS liste, string_agg(e.titre_id, ', ' ORDER BY e.titre_id) AS codes
FROM ecoles_offre AS o JOIN ecoles_etapeparcours AS e USING (parcours_id) GROUP BY o.ecole_id
"""
_JOINTURES = f"""
LEFT JOIN ecoles_ecole AS e ON e.id = l.cible
LEFT JOIN ({_METIERS}) AS ef ON ef.ecole_id = l.cible
LEFT JOIN ({_DIPLOMES}) AS ot ON ot.ecole_id = l.cible
"""


def conclure(lignes: str) -> str:
    """From the SQL of the lines read, return the SQL of their verdicts."""
    avec_fiche = f"SELECT appariee.*, cible IS NOT NULL AS connue FROM ({lignes}) AS appariee OFFSET 0"
    return verdicts.conclure(avec_fiche, _COMPARES, _LU, _JOINTURES)
