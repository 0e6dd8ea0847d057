"""The shape of a formula that always holds, and the subqueries that several of them share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Invariant:
    """A formula: its code, what it says, and the query of its counter-examples (what, detail).

    ``lourd``: it reads every byte of every document, and is asked for apart.
    """

    code: str
    phrase: str
    requete: str
    lourd: bool = False


# What each decision has committed, planned, paid, claimed, recovered and waived.
SOMMES = """
SELECT a.id, a.demande_id, COALESCE(g.engage, 0) AS engage, COALESCE(g.accorde, 0) AS accorde,
       t.prevu, COALESCE(p.paye, 0) AS paye,
       COALESCE(r.reclame, 0) AS reclame, COALESCE(r.recouvre, 0) AS recouvre, COALESCE(r.remis, 0) AS remis
  FROM financements_allocation a
  LEFT JOIN (SELECT allocation_id, sum(montant) AS engage,
                    sum(montant) FILTER (WHERE nature <> 'desengagement') AS accorde
               FROM financements_engagement GROUP BY allocation_id) g ON g.allocation_id = a.id
  LEFT JOIN (SELECT allocation_id, sum(montant) AS prevu
               FROM financements_tranche GROUP BY allocation_id) t ON t.allocation_id = a.id
  LEFT JOIN (SELECT allocation_id, sum(montant) AS paye
               FROM financements_paiement GROUP BY allocation_id) p ON p.allocation_id = a.id
  LEFT JOIN (SELECT allocation_id, sum(montant) FILTER (WHERE nature = 'ordre') AS reclame,
                    sum(montant) FILTER (WHERE nature = 'recouvrement') AS recouvre,
                    sum(montant) FILTER (WHERE nature = 'remise') AS remis
               FROM financements_reversement GROUP BY allocation_id) r ON r.allocation_id = a.id
"""

# Who granted the decision ``a``, or one of its amendments.
ORDONNATEURS = """SELECT a.accordee_par_id UNION ALL
                   SELECT accorde_par_id FROM financements_avenant WHERE allocation_id = a.id"""
