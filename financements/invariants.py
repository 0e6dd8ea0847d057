"""Formulas that always hold, each as one SQL query that returns the rows where it does not.

Constraints and triggers keep them true; these queries prove it after a fault, a restore or an import.
Codes are those of the design. A query returns (what, sentence detail) rows; an empty answer is a proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from financements.etats import ACCORDEES, AVANT_DEPOT, Etat

if TYPE_CHECKING:
    from collections.abc import Iterator


EXEMPLES = 10


@dataclass(frozen=True)
class Invariant:
    """A formula: its code, what it says, and the query of its counter-examples."""

    code: str
    phrase: str
    requete: str


# Lists of states that the queries name.
ETATS = {
    "avant_depot": list(AVANT_DEPOT),
    "proposees": [Etat.PROPOSEE, Etat.VISEE, *ACCORDEES],
    "visees": [Etat.VISEE, *ACCORDEES],
    "accordees": list(ACCORDEES),
}

INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "F1",
        "Les crédits ouverts d'une enveloppe sont la somme de ses mouvements.",
        """SELECT e.service_id || ' ' || e.exercice, e.ae_ouvertes || ' / ' || COALESCE(sum(m.ae), 0)
              FROM financements_enveloppe e
              LEFT JOIN financements_mouvementenveloppe m ON m.enveloppe_id = e.id
             GROUP BY e.id
            HAVING e.ae_ouvertes <> COALESCE(sum(m.ae), 0) OR e.cp_ouverts <> COALESCE(sum(m.cp), 0)""",
    ),
    Invariant(
        "F2",
        "Les AE engagées d'une enveloppe sont la somme de ses engagements.",
        """SELECT e.service_id || ' ' || e.exercice, e.ae_engagees || ' / ' || COALESCE(sum(g.montant), 0)
              FROM financements_enveloppe e LEFT JOIN financements_engagement g ON g.enveloppe_id = e.id
             GROUP BY e.id HAVING e.ae_engagees <> COALESCE(sum(g.montant), 0)""",
    ),
    Invariant(
        "F3",
        "Une enveloppe n'engage ni ne délègue plus que ce qui est ouvert.",
        """SELECT e.service_id || ' ' || e.exercice,
                    e.ae_engagees || ' + ' || e.ae_deleguees || ' / ' || e.ae_ouvertes
              FROM financements_enveloppe e
             WHERE e.ae_engagees < 0 OR e.ae_deleguees < 0
                OR e.ae_engagees + e.ae_deleguees > e.ae_ouvertes""",
    ),
    Invariant(
        "F4",
        "Une enveloppe ne paie pas plus que ses CP ouverts.",
        """SELECT e.service_id || ' ' || e.exercice, e.cp_payes || ' / ' || e.cp_ouverts
              FROM financements_enveloppe e
             WHERE e.cp_payes < 0 OR e.cp_payes > e.cp_ouverts""",
    ),
    Invariant(
        "F7",
        "Ce qui est engagé a une décision, prise par trois personnes différentes.",
        """SELECT d.numero, COALESCE(a.origine, 'sans décision') FROM financements_demande d
             LEFT JOIN financements_allocation a ON a.demande_id = d.id
             LEFT JOIN financements_engagement g ON g.allocation_id = a.id
            WHERE g.id IS NOT NULL AND a.origine <> 'reprise' AND (
                  a.instruite_par_id IS NULL OR a.visee_par_id IS NULL OR a.accordee_par_id IS NULL
                  OR a.instruite_par_id IN (a.visee_par_id, a.accordee_par_id)
                  OR a.visee_par_id = a.accordee_par_id)""",
    ),
    Invariant(
        "F10",
        "Une ligne est l'arrondi de son calcul, une demande la somme de ses lignes.",
        """SELECT d.numero, d.montant_demande || ' / ' || COALESCE(sum(l.montant_demande), 0)
             FROM financements_demande d LEFT JOIN financements_ligneeffectif l ON l.demande_id = d.id
            GROUP BY d.id
           HAVING d.montant_demande <> COALESCE(sum(l.montant_demande), 0)
               OR d.montant_retenu <> COALESCE(sum(l.montant_retenu), 0)
               OR bool_or(l.montant_retenu <> round(l.unitaire * l.effectif_retenu * l.mois
                                                    + l.majoration * l.nb_majorations * l.mois, 2))""",
    ),
    Invariant(
        "F11",
        "Un effectif retenu au-dessus de la demande a sa raison.",
        """SELECT d.numero, l.effectif_retenu || ' / ' || l.effectif_demande
             FROM financements_ligneeffectif l JOIN financements_demande d ON d.id = l.demande_id
            WHERE l.effectif_retenu > l.effectif_demande AND l.motif = ''""",
    ),
    Invariant(
        "F15",
        "L'état, les dates, les personnes et les montants s'accordent.",
        """SELECT d.numero, d.etat FROM financements_demande d
              LEFT JOIN financements_allocation a ON a.demande_id = d.id
             WHERE (d.etat <> ALL(%(avant_depot)s)
                    AND (d.deposee_le IS NULL OR d.deposee_par_id IS NULL))
                OR (d.etat = ANY(%(proposees)s) AND (d.instruite_par_id IS NULL OR d.proposee_le IS NULL
                    OR d.montant_propose IS NULL OR d.enveloppe_id IS NULL))
                OR (d.etat = ANY(%(visees)s) AND (d.visee_par_id IS NULL OR d.visee_le IS NULL
                    OR d.visee_par_id = d.instruite_par_id))
                OR (a.id IS NOT NULL) <> (d.etat = ANY(%(accordees)s))
                OR a.montant <> d.montant_propose""",
    ),
    Invariant(
        "F16",
        "Chaque demande a un journal, et sa dernière ligne est son état.",
        """SELECT d.numero, d.etat || ' / ' || COALESCE(j.vers, 'aucune ligne') FROM financements_demande d
             LEFT JOIN LATERAL (SELECT vers FROM financements_journaldemande
                                 WHERE demande_id = d.id ORDER BY rang DESC LIMIT 1) j ON true
            WHERE j.vers IS DISTINCT FROM d.etat""",
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
)


def violations() -> Iterator[tuple[Invariant, list[tuple[str, str]]]]:
    """Yield each formula with its first ten counter-examples, none when it holds."""
    with connection.cursor() as curseur:
        for invariant in INVARIANTS:
            curseur.execute(invariant.requete, ETATS)
            yield invariant, curseur.fetchmany(EXEMPLES)
