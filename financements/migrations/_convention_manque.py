"""F18 in SQL: whether a decision needs a convention that it has not. The yearly total is the managing body's.

The first version read every decision of the country at each payment; this one follows the indexes from the
school, to its managing body, to the schools of that body.
"""

PAR_INDEX = """
CREATE OR REPLACE FUNCTION edp_convention_manque(cle uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    WITH celle_ci AS (
        SELECT c.exercice, c.seuil_convention, e.id AS ecole, e.gestionnaire_id AS gestionnaire
          FROM financements_allocation a
          JOIN financements_demande d ON d.id = a.demande_id
          JOIN financements_campagne c ON c.id = d.campagne_id
          JOIN ecoles_ecole e ON e.id = d.ecole_id
         WHERE a.id = cle
    ), du_corps AS (
        SELECT celle_ci.ecole AS id FROM celle_ci
         UNION SELECT e.id FROM ecoles_ecole e JOIN celle_ci ON e.gestionnaire_id = celle_ci.gestionnaire
    )
    SELECT COALESCE(sum(g.montant), 0) > (SELECT seuil_convention FROM celle_ci)
           AND NOT EXISTS (SELECT FROM financements_convention WHERE allocation_id = cle)
      FROM du_corps
      JOIN financements_demande d ON d.ecole_id = du_corps.id
      JOIN financements_campagne c ON c.id = d.campagne_id
      JOIN celle_ci ON celle_ci.exercice = c.exercice
      JOIN financements_allocation a ON a.demande_id = d.id
      JOIN financements_engagement g ON g.allocation_id = a.id
$$
"""
PAR_LECTURE_ENTIERE = """
CREATE OR REPLACE FUNCTION edp_convention_manque(cle uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    WITH toutes AS (
        SELECT a.id, c.exercice, c.seuil_convention, COALESCE(e.gestionnaire_id, e.id) AS corps
          FROM financements_allocation a
          JOIN financements_demande d ON d.id = a.demande_id
          JOIN financements_campagne c ON c.id = d.campagne_id
          JOIN ecoles_ecole e ON e.id = d.ecole_id
    ), celle_ci AS (SELECT * FROM toutes WHERE id = cle)
    SELECT COALESCE(sum(g.montant), 0) > (SELECT seuil_convention FROM celle_ci)
           AND NOT EXISTS (SELECT FROM financements_convention WHERE allocation_id = cle)
      FROM toutes JOIN celle_ci USING (exercice, corps)
      JOIN financements_engagement g ON g.allocation_id = toutes.id
$$
"""
