"""Formulas about the files themselves: state, journal, region, publication."""

from __future__ import annotations

from typing import Final

from financements.donnees_ouvertes import TOUTES_LES_LIGNES
from financements.invariants_formes import Invariant

# What each row says of the region of its file: a row of another one would be read by the wrong officers.
_REGIONS: Final = """
SELECT demande_id, 'décision' AS quoi, region_id AS region FROM financements_allocation
UNION ALL SELECT d.id, 'enveloppe', e.service_id FROM financements_demande d
            JOIN financements_enveloppe e ON e.id = d.enveloppe_id
UNION ALL SELECT a.demande_id, 'engagement', e.service_id FROM financements_engagement g
            JOIN financements_allocation a ON a.id = g.allocation_id
            JOIN financements_enveloppe e ON e.id = g.enveloppe_id
UNION ALL SELECT a.demande_id, 'paiement', e.service_id FROM financements_paiement p
            JOIN financements_allocation a ON a.id = p.allocation_id
            JOIN financements_enveloppe e ON e.id = p.enveloppe_id
UNION ALL SELECT c.demande_id, 'scan', s.region_id FROM financements_pagescan p
            JOIN financements_depotscans s ON s.id = p.depot_id
            JOIN financements_acte c ON c.id = p.acte_id
UNION ALL SELECT l.demande_id, 'simulation', e.service_id FROM financements_lignesimulee i
            JOIN financements_ligneeffectif l ON l.id = i.ligne_id
            JOIN financements_simulation s ON s.id = i.simulation_id
            JOIN financements_enveloppe e ON e.id = s.enveloppe_id
"""

# What was notified, by the journal or before the tool, and what is left of it: told by the decision and its
# amendments, where the file adds the ledger up. What came from before the tool may lack a SIRET.
_NOTIFIEES: Final = """
SELECT d.numero, a.montant + COALESCE(v.montant, 0) + COALESCE(r.montant, 0) AS montant
  FROM financements_allocation a
  JOIN financements_demande d ON d.id = a.demande_id
  JOIN ecoles_ecole e ON e.id = d.ecole_id
  JOIN reseau_serviceregional s ON s.region_id = a.region_id
  LEFT JOIN (SELECT DISTINCT demande_id FROM financements_journaldemande WHERE vers = 'notifiee') j
         ON j.demande_id = d.id
  LEFT JOIN (SELECT allocation_id, sum(montant) AS montant FROM financements_avenant
              WHERE etape = 'accorde' GROUP BY 1) v ON v.allocation_id = a.id
  LEFT JOIN (SELECT allocation_id, sum(montant) AS montant FROM financements_engagement
              WHERE nature = 'desengagement' GROUP BY 1) r ON r.allocation_id = a.id
 WHERE a.montant + COALESCE(v.montant, 0) + COALESCE(r.montant, 0) > 0
   AND (a.origine <> 'reprise' AND j.demande_id IS NOT NULL
        OR a.origine = 'reprise' AND s.siret <> '' AND e.siret <> '')
"""

DOSSIERS: Final[tuple[Invariant, ...]] = (
    Invariant(
        "F15",
        "L'état, les dates, les personnes, les preuves et les montants s'accordent.",
        """SELECT d.numero, d.etat FROM financements_demande d
              LEFT JOIN financements_allocation a ON a.demande_id = d.id
             WHERE (d.etat <> ALL(%(avant_depot)s) AND d.voie <> 'reprise'
                    AND (d.deposee_le IS NULL OR d.deposee_par_id IS NULL))
                OR (d.etat = ANY(%(proposees)s) AND (d.montant_propose IS NULL OR d.enveloppe_id IS NULL
                    OR (d.voie <> 'reprise' AND (d.instruite_par_id IS NULL OR d.proposee_le IS NULL))))
                OR (d.etat = ANY(%(visees)s) AND d.voie <> 'reprise' AND (d.visee_par_id IS NULL
                    OR d.visee_le IS NULL OR d.visee_par_id = d.instruite_par_id))
                OR (d.voie = 'reprise' AND num_nonnulls(d.deposee_par_id, d.instruite_par_id, d.visee_par_id,
                    d.deposee_le, d.proposee_le, d.visee_le) > 0)
                OR (a.id IS NOT NULL) <> (d.etat = ANY(%(accordees)s)
                                          OR (d.voie = 'reprise' AND d.etat = 'retiree'))
                OR a.montant <> d.montant_propose
                OR (d.etat = 'conventionnee'
                    AND NOT EXISTS (SELECT FROM financements_convention v WHERE v.allocation_id = a.id))
                OR (d.etat = ANY(%(notifiees)s) AND d.numero_ej = '')
                OR (d.numero_ej <> '' AND d.etat <> ALL(%(notifiees)s)
                    AND d.etat NOT IN ('resiliee', 'retiree'))
                OR (d.etat = ANY(%(versees)s)
                    AND NOT EXISTS (SELECT FROM financements_paiement p WHERE p.allocation_id = a.id))
                OR (d.etat = ANY(%(avant_versement)s)
                    AND EXISTS (SELECT FROM financements_paiement p WHERE p.allocation_id = a.id))""",
    ),
    Invariant(
        "F16",
        "Le journal d'une demande va d'un état au suivant, sans trou, jusqu'à celui où elle est.",
        """SELECT d.numero, COALESCE(j.de || ' > ' || j.vers, 'aucune ligne') FROM financements_demande d
             LEFT JOIN (SELECT demande_id, rang, de, vers,
                               lag(vers, 1, '') OVER suite AS avant, lead(vers) OVER suite AS apres
                          FROM financements_journaldemande
                        WINDOW suite AS (PARTITION BY demande_id ORDER BY rang)) j ON j.demande_id = d.id
            WHERE j.rang IS NULL OR j.de <> j.avant
               OR (j.de <> j.vers AND j.de || ' ' || j.vers <> ALL(%(passages)s)
                   AND NOT (j.de = '' AND (j.vers = 'brouillon' OR (d.voie = 'reprise'
                            AND j.vers IN ('notifiee', 'en_execution')))))
               OR (j.apres IS NULL AND j.vers <> d.etat)""",
    ),
    Invariant(
        "F22",
        "Chaque ligne d'un dossier est de sa région, et les affectations datées se tiennent.",
        f"""SELECT d.numero, x.quoi || ' ' || x.region FROM ({_REGIONS}) x
              JOIN financements_demande d ON d.id = x.demande_id WHERE x.region <> d.region_id
            UNION ALL SELECT d.numero, j.chaine FROM financements_journaldemande j
              JOIN financements_demande d ON d.id = j.demande_id WHERE j.chaine <> 'demande:' || d.region_id
            UNION ALL SELECT d.numero, 'acte' FROM financements_acte c
              JOIN financements_allocation a ON a.id = c.allocation_id AND a.demande_id <> c.demande_id
              JOIN financements_demande d ON d.id = c.demande_id
            UNION ALL SELECT e.service_id || ' ' || e.exercice, 'sous-enveloppe' FROM financements_enveloppe e
              JOIN financements_enveloppe p ON p.id = e.parent_id WHERE p.service_id <> e.service_id
            UNION ALL SELECT a.service_id || ' ' || a.role, 'affectation' FROM reseau_affectationdreets a
             WHERE a.au < a.du OR EXISTS (
                   SELECT FROM reseau_affectationdreets b WHERE b.id <> a.id
                      AND (b.utilisateur_id, b.service_id, b.role) = (a.utilisateur_id, a.service_id, a.role)
                      AND b.du <= COALESCE(a.au, 'infinity') AND a.du <= COALESCE(b.au, 'infinity'))
                OR (a.delegue_par_id IS NOT NULL AND NOT EXISTS (
                   SELECT FROM reseau_affectationdreets b
                    WHERE b.utilisateur_id = a.delegue_par_id AND b.delegue_par_id IS NULL
                      AND (b.service_id, b.role) = (a.service_id, a.role) AND b.du <= a.du
                      AND COALESCE(b.au, 'infinity') >= COALESCE(a.au, 'infinity')))""",
    ),
    Invariant(
        "F24",
        "Un engagement porte sur l'enveloppe de la région et de l'exercice de sa demande.",
        """SELECT d.numero, d.region_id || ' / ' || e.service_id FROM financements_engagement g
             JOIN financements_allocation a ON a.id = g.allocation_id
             JOIN financements_demande d ON d.id = a.demande_id
             JOIN financements_campagne c ON c.id = d.campagne_id
             JOIN financements_enveloppe e ON e.id = g.enveloppe_id
            WHERE d.region_id <> e.service_id OR a.region_id <> d.region_id OR c.exercice <> e.exercice
               OR d.enveloppe_id <> e.id""",
    ),
    Invariant(
        "F25",
        "Les données ouvertes sont les décisions notifiées, toutes et elles seules, au montant du jour.",
        f"""SELECT COALESCE(p.numero, n.numero), COALESCE(p.montant::text, 'non publiée')
                   || ' / ' || COALESCE(n.montant::text, 'non notifiée')
              FROM (SELECT numero, sum(montant::numeric) AS montant FROM ({TOUTES_LES_LIGNES})
                        AS t (service, service_siret, le, numero, nom, siret, rna, objet, montant)
                     GROUP BY numero) p
              FULL JOIN ({_NOTIFIEES}) n ON n.numero = p.numero
             WHERE p.montant IS DISTINCT FROM n.montant""",
    ),
)
