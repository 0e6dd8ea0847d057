"""Write the accepted lines: schools, their trades and diplomas, the address of their page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from reseau.socle.cles import donner_des_cles
from reseau.socle.controles import table

if TYPE_CHECKING:
    from reseau.models import LotImport

_NOUVELLES = """
SELECT row_number() OVER (ORDER BY numero) AS rang, numero, lu ->> 'nom' AS nom, lu ->> 'commune' AS commune
FROM reseau_ligneimport WHERE lot_id = '{lot}' AND verdict = 'creer'
"""
_RENOMMEES = """
SELECT l.cible AS id, l.lu ->> 'nom' AS nom, l.lu ->> 'commune' AS commune
FROM reseau_ligneimport AS l JOIN ecoles_ecole AS e ON e.id = l.cible
WHERE l.lot_id = '{lot}' AND l.verdict = 'modifier' AND e.nom <> l.lu ->> 'nom'
"""
# The name alone, else with the town, else with the end of the key: an address is never taken twice.
_BASES = """
SELECT a.id, left(replace(edp_plier(a.nom), ' ', '-'), 120) AS courte,
    left(replace(edp_plier(concat_ws(' ', a.nom, c.nom, c.departement_id)), ' ', '-'), 145) AS longue
FROM (SELECT k.id, n.nom, n.commune FROM nouvelle AS n JOIN cle_ecole AS k USING (rang)
      UNION ALL SELECT id, nom, commune FROM renommee) AS a
JOIN reseau_commune AS c ON c.code = a.commune
"""
_ADRESSES = """
WITH prises AS (SELECT slug FROM ecoles_ecole UNION SELECT slug FROM ecoles_ancienslug),
courtes AS (SELECT courte, count(*) AS nombre FROM base_adresse GROUP BY courte),
longues AS (SELECT longue, count(*) AS nombre FROM base_adresse GROUP BY longue)
SELECT b.id, CASE
    WHEN c.nombre = 1 AND pc.slug IS NULL THEN b.courte
    WHEN l.nombre = 1 AND pl.slug IS NULL AND autre.courte IS NULL THEN b.longue
    ELSE b.longue || '-' || right(b.id::text, 12) END AS slug
FROM base_adresse AS b JOIN courtes AS c USING (courte) JOIN longues AS l USING (longue)
LEFT JOIN prises AS pc ON pc.slug = b.courte
LEFT JOIN prises AS pl ON pl.slug = b.longue
LEFT JOIN courtes AS autre ON autre.courte = b.longue
"""
_CREER = """
INSERT INTO ecoles_ecole (id, nom, slug, uai, siret, commune_id, adresse, telephone, courriel, site_web,
    annee_ouverture, effectif, internat, cout, publication, verification, source, verifiee_le, modifiee_le,
    fictive, recherche)
SELECT k.id, n.nom, a.slug, coalesce(l.lu ->> 'uai', ''), '', n.commune, '',
    coalesce(l.lu ->> 'telephone', ''), coalesce(l.lu ->> 'courriel', ''), '',
    (l.lu ->> 'annee_ouverture')::int, (l.lu ->> 'effectif')::int, '', '', %(publication)s,
    coalesce(l.lu ->> 'verification', 'a_confirmer'), coalesce(l.lu ->> 'source', %(source)s),
    %(releve_le)s::date, now(), false, ''
FROM nouvelle AS n JOIN cle_ecole AS k USING (rang) JOIN adresse AS a ON a.id = k.id
JOIN reseau_ligneimport AS l ON l.lot_id = %(lot)s AND l.numero = n.numero
"""
_MODIFIER = """
UPDATE ecoles_ecole AS e SET nom = l.lu ->> 'nom', commune_id = coalesce(l.lu ->> 'commune', e.commune_id),
    slug = coalesce(a.slug, e.slug), uai = coalesce(l.lu ->> 'uai', e.uai),
    annee_ouverture = coalesce((l.lu ->> 'annee_ouverture')::int, e.annee_ouverture),
    effectif = coalesce((l.lu ->> 'effectif')::int, e.effectif),
    verification = coalesce(l.lu ->> 'verification', e.verification),
    telephone = coalesce(l.lu ->> 'telephone', e.telephone),
    courriel = coalesce(l.lu ->> 'courriel', e.courriel), source = coalesce(l.lu ->> 'source', e.source),
    verifiee_le = greatest(e.verifiee_le, %(releve_le)s::date), modifiee_le = now()
FROM reseau_ligneimport AS l LEFT JOIN adresse AS a ON a.id = l.cible
WHERE l.lot_id = %(lot)s AND l.verdict = 'modifier' AND e.id = l.cible
"""
_CIBLER = """
UPDATE reseau_ligneimport AS l SET cible = k.id FROM nouvelle AS n JOIN cle_ecole AS k USING (rang)
WHERE l.lot_id = %(lot)s AND l.numero = n.numero
"""
_OTER_LES_METIERS = """
DELETE FROM ecoles_ecole_filieres AS f USING reseau_ligneimport AS l
WHERE l.lot_id = %(lot)s AND l.verdict = 'modifier' AND l.lu ? 'filieres' AND f.ecole_id = l.cible
  AND NOT l.lu -> 'filieres' ? f.filiere_id
"""
_POSER_LES_METIERS = """
INSERT INTO ecoles_ecole_filieres (ecole_id, filiere_id)
SELECT l.cible, f.code FROM reseau_ligneimport AS l, jsonb_array_elements_text(l.lu -> 'filieres') AS f(code)
WHERE l.lot_id = %(lot)s AND l.verdict IN ('creer', 'modifier')
ON CONFLICT DO NOTHING
"""
_OFFRES = """
SELECT row_number() OVER (ORDER BY l.numero, t.code) AS rang, l.cible AS ecole, t.code AS titre
FROM reseau_ligneimport AS l, jsonb_array_elements_text(l.lu -> 'titres') AS t(code)
WHERE l.lot_id = '{lot}' AND l.verdict IN ('creer', 'modifier')
  AND NOT EXISTS (SELECT FROM ecoles_offre AS o JOIN ecoles_etapeparcours AS e USING (parcours_id)
                  WHERE o.ecole_id = l.cible AND e.titre_id = t.code)
"""
_POSER_LES_OFFRES = """
INSERT INTO ecoles_offre (id, ecole_id, parcours_id, entree_en_cours_d_annee)
SELECT k.id, o.ecole, o.titre, '' FROM offre_nouvelle AS o JOIN cle_offre AS k USING (rang)
"""


def ecrire(lot: LotImport) -> None:
    """Create and modify the schools of a checked batch, inside the caller's transaction."""
    valeurs = {"lot": lot.pk, **lot.options}
    table("nouvelle", _NOUVELLES.format(lot=lot.pk))
    table("renommee", _RENOMMEES.format(lot=lot.pk))
    donner_des_cles("cle_ecole", "nouvelle")
    table("base_adresse", _BASES)
    table("adresse", _ADRESSES)
    with connection.cursor() as curseur:
        for ordre in (
            _CREER,
            _CIBLER,
            _MODIFIER,
            _OTER_LES_METIERS,
            _POSER_LES_METIERS,
        ):
            curseur.execute(ordre, valeurs)
    table("offre_nouvelle", _OFFRES.format(lot=lot.pk))
    donner_des_cles("cle_offre", "offre_nouvelle")
    with connection.cursor() as curseur:
        curseur.execute(_POSER_LES_OFFRES)
