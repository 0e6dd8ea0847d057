"""Formulas that always hold, each as one SQL query that returns the rows where it does not.

Constraints and triggers keep them true; these queries prove it after a fault, a restore or an import.
Codes are those of the design. A query returns (what, sentence detail) rows; an empty answer is a proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction

from financements.etats import ACCORDEES, AVANT_DEPOT, TRANSITIONS, Etat
from financements.invariants_dossiers import DOSSIERS
from financements.invariants_formes import ORDONNATEURS, SOMMES, Invariant
from financements.invariants_preuves import PREUVES, REGISTRES
from financements.situations import RENDUES
from reseau.socle.etats import passages

if TYPE_CHECKING:
    from collections.abc import Iterator

EXEMPLES = 10

# Lists that the queries name: states, and tables written only once.
ETATS: dict[str, list[str]] = {
    "avant_depot": list(AVANT_DEPOT),
    "proposees": [Etat.PROPOSEE, Etat.VISEE, *ACCORDEES],
    "visees": [Etat.VISEE, *ACCORDEES],
    "accordees": list(ACCORDEES),
    "avant_versement": [Etat.ACCORDEE, Etat.CONVENTIONNEE, Etat.NOTIFIEE],
    "sans_echeancier": [Etat.ACCORDEE, Etat.CONVENTIONNEE],
    "notifiees": [Etat.NOTIFIEE, Etat.EN_EXECUTION, *RENDUES],
    "versees": [Etat.EN_EXECUTION, *RENDUES],
    "registres": REGISTRES,
    "soldees": [Etat.SOLDEE, Etat.CLOSE],
    "passages": [f"{de} {vers}" for de, vers in passages(TRANSITIONS)],
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
        "Les CP payés d'une enveloppe sont la somme de ses paiements, dans la limite de ce qui est ouvert.",
        """SELECT e.service_id || ' ' || e.exercice, e.cp_payes || ' / ' || e.cp_ouverts
              FROM financements_enveloppe e
              LEFT JOIN (SELECT enveloppe_id, sum(montant) AS total FROM financements_paiement
                          GROUP BY enveloppe_id) p ON p.enveloppe_id = e.id
             WHERE e.cp_payes < 0 OR e.cp_delegues < 0 OR e.cp_payes + e.cp_delegues > e.cp_ouverts
                OR e.cp_payes <> COALESCE(p.total, 0)""",
    ),
    Invariant(
        "F5",
        "Ce qu'une enveloppe délègue est ce qu'ouvrent ses sous-enveloppes, la même année.",
        """SELECT e.service_id || ' ' || e.exercice, e.ae_deleguees || ' / ' || COALESCE(s.ae, 0)
              FROM financements_enveloppe e
              LEFT JOIN (SELECT parent_id, sum(ae_ouvertes) AS ae, sum(cp_ouverts) AS cp,
                                min(exercice) AS premier, max(exercice) AS dernier
                           FROM financements_enveloppe GROUP BY parent_id) s ON s.parent_id = e.id
             WHERE e.ae_deleguees <> COALESCE(s.ae, 0) OR e.cp_delegues <> COALESCE(s.cp, 0)
                OR s.premier <> e.exercice OR s.dernier <> e.exercice""",
    ),
    Invariant(
        "F6",
        "On ne récupère que ce qui a été payé, et le reste payé tient dans ce qui est engagé.",
        f"""SELECT d.numero, t.paye || ' - ' || t.recouvre || ' / ' || t.engage FROM ({SOMMES}) t
              JOIN financements_demande d ON d.id = t.demande_id
             WHERE t.recouvre > t.paye OR t.paye - t.recouvre > t.engage
                OR t.recouvre + t.remis > t.reclame""",
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
        "F7c",
        "Qui a écrit un montant, d'après le journal, ne l'a ni visé ni accordé.",
        """SELECT d.numero, j.evenement FROM financements_journaldemande j
             JOIN financements_demande d ON d.id = j.demande_id
             LEFT JOIN financements_allocation a ON a.demande_id = d.id
            WHERE j.evenement IN ('instruire', 'retenir', 'proposer')
              AND j.acteur_id IN (d.visee_par_id, a.accordee_par_id)
           UNION ALL
           SELECT d.numero, j.evenement FROM financements_journaldemande j
             JOIN financements_demande d ON d.id = j.demande_id
             JOIN financements_avenant v ON v.id = (j.donnees ->> 'avenant')::uuid
            WHERE j.evenement IN ('preparer_avenant', 'proposer_avenant')
              AND j.acteur_id IN (v.vise_par_id, v.accorde_par_id)""",
    ),
    Invariant(
        "F7b",
        "Ce qui se dit repris d'avant l'outil vient d'un import de reprise, et lui seul.",
        """SELECT d.numero, t.quoi FROM (
              SELECT 'décision' AS quoi, demande_id FROM financements_allocation WHERE origine = 'reprise'
              UNION ALL SELECT v.quoi, a.demande_id FROM financements_allocation a JOIN (
                        SELECT 'engagement' AS quoi, allocation_id FROM financements_engagement
                         WHERE origine = 'reprise'
                        UNION ALL SELECT 'paiement', allocation_id FROM financements_paiement
                         WHERE origine = 'reprise'
                        UNION ALL SELECT 'convention', allocation_id FROM financements_convention
                         WHERE origine = 'reprise'
                        UNION ALL SELECT 'reversement', allocation_id FROM financements_reversement
                         WHERE origine = 'reprise') v ON v.allocation_id = a.id
              UNION ALL SELECT 'demande', id FROM financements_demande WHERE voie = 'reprise') t
             JOIN financements_demande d ON d.id = t.demande_id
             LEFT JOIN financements_reprise r ON r.demande_id = d.id
             LEFT JOIN financements_allocation a ON a.demande_id = d.id
            WHERE r.id IS NULL OR d.voie <> 'reprise' OR a.origine IS DISTINCT FROM 'reprise'
               OR t.quoi = 'reversement'""",
    ),
    Invariant(
        "F8",
        "Un paiement a son engagement juridique, et qui l'a liquidé n'a pas accordé.",
        f"""SELECT d.numero, p.numero_ej FROM financements_paiement p
             JOIN financements_allocation a ON a.id = p.allocation_id
             JOIN financements_demande d ON d.id = a.demande_id
            WHERE p.numero_ej <> d.numero_ej
               OR (p.origine <> 'reprise' AND p.saisi_par_id IN ({ORDONNATEURS}))""",
    ),
    Invariant(
        "F9",
        "Les tranches d'une décision notifiée font le montant engagé, et chacune se paie à son montant.",
        f"""SELECT d.numero, COALESCE(t.prevu, 0) || ' / ' || t.engage FROM ({SOMMES}) t
              JOIN financements_demande d ON d.id = t.demande_id
             WHERE (COALESCE(t.prevu, CASE WHEN d.etat <> ALL(%(sans_echeancier)s) THEN 0 END)
                    NOT BETWEEN t.engage AND t.engage + t.recouvre
                    AND NOT EXISTS (SELECT FROM financements_reprise r
                                     WHERE r.demande_id = d.id AND r.annulee_le IS NOT NULL))
                OR EXISTS (SELECT FROM financements_paiement p
                             JOIN financements_tranche r ON r.id = p.tranche_id
                            WHERE p.allocation_id = t.id
                              AND (r.allocation_id <> t.id OR r.montant <> p.montant))""",
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
        "F13",
        "Le montant final ne dépasse pas l'accord, et on ne réclame que ce qui a été payé au-delà.",
        f"""SELECT d.numero, d.montant_final || ' / ' || t.engage FROM ({SOMMES}) t
              JOIN financements_demande d ON d.id = t.demande_id
             WHERE d.montant_final > t.accorde OR (d.etat = 'resiliee' AND t.engage <> t.paye - t.recouvre)
                OR (t.reclame > 0 AND (d.montant_final IS NULL OR t.reclame > t.paye - d.montant_final))""",
    ),
    Invariant(
        "F13b",
        "Un montant final est le plus petit du calculé et de l'accordé, certifié par une autre personne.",
        f"""SELECT d.numero, d.montant_final || ' / ' || COALESCE(c.calcule, 0) FROM ({SOMMES}) t
              JOIN financements_demande d ON d.id = t.demande_id
              JOIN financements_allocation a ON a.id = t.id
              LEFT JOIN financements_bilan b ON b.allocation_id = a.id
              LEFT JOIN LATERAL (SELECT sum(montant) AS calcule FROM financements_lignerealisee
                                  WHERE bilan_id = b.id) c ON true
             WHERE d.montant_final IS NOT NULL AND d.etat <> 'resiliee'
               AND (d.montant_final IS DISTINCT FROM LEAST(c.calcule, t.accorde)
                    OR b.certifie_par_id IS NULL
                    OR b.certifie_par_id = b.depose_par_id OR b.certifie_par_id IN ({ORDONNATEURS}))""",
    ),
    Invariant(
        "F14",
        "Un dossier soldé a payé, net, son montant final et ce qui a été remis ; l'engagement s'y arrête.",
        f"""SELECT d.numero, (t.paye - t.recouvre) || ' / ' || d.montant_final FROM ({SOMMES}) t
              JOIN financements_demande d ON d.id = t.demande_id
             WHERE d.etat = ANY(%(soldees)s)
               AND (t.paye - t.recouvre <> d.montant_final + t.remis OR t.engage <> t.paye - t.recouvre)""",
    ),
    Invariant(
        "F18",
        "Au-dessus du seuil de l'année, rien n'est payé sans convention.",
        """SELECT t.numero, t.total::text FROM (
              SELECT a.id, d.numero, c.seuil_convention, sum(COALESCE(g.montant, 0)) OVER (
                     PARTITION BY c.exercice, COALESCE(e.gestionnaire_id, e.id)) AS total
                FROM financements_allocation a
                JOIN financements_demande d ON d.id = a.demande_id
                JOIN financements_campagne c ON c.id = d.campagne_id
                JOIN ecoles_ecole e ON e.id = d.ecole_id
                LEFT JOIN (SELECT allocation_id, sum(montant) AS montant FROM financements_engagement
                            GROUP BY allocation_id) g ON g.allocation_id = a.id) t
            WHERE t.total > t.seuil_convention
              AND NOT EXISTS (SELECT FROM financements_convention v WHERE v.allocation_id = t.id)
              AND EXISTS (SELECT FROM financements_paiement p
                           WHERE p.allocation_id = t.id AND p.origine <> 'reprise')""",
    ),
    Invariant(
        "F19",
        "Une décision a un avenant ouvert au plus, et chaque avenant accordé est une ligne d'engagement.",
        """SELECT d.numero, 'avenants' FROM financements_allocation a
             JOIN financements_demande d ON d.id = a.demande_id
            WHERE (SELECT count(*) FROM financements_avenant v WHERE v.allocation_id = a.id
                      AND v.etape NOT IN ('accorde', 'abandonne')) > 1
               OR EXISTS (SELECT FROM financements_avenant v
                            LEFT JOIN financements_engagement g ON g.id = v.engagement_id
                           WHERE v.allocation_id = a.id AND (v.etape = 'accorde') <> (g.id IS NOT NULL
                                 AND g.allocation_id = a.id AND g.montant = v.montant))
               OR EXISTS (SELECT FROM financements_engagement g
                            LEFT JOIN financements_avenant v ON v.engagement_id = g.id
                           WHERE g.allocation_id = a.id AND g.nature = 'avenant' AND v.id IS NULL)""",
    ),
    *DOSSIERS,
    *PREUVES,
)


def violations(*, lourds: bool = False) -> Iterator[tuple[Invariant, list[tuple[str, str]]]]:
    """Yield each formula with its first ten counter-examples, none when it holds.

    ``lourds``: with those that read every byte of every document, and take the time that they need.
    """
    with transaction.atomic(), connection.cursor() as curseur:
        # Whole tables are joined: room to do it in memory, and no compilation that costs more than it saves.
        curseur.execute("SET LOCAL statement_timeout = 0; SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        for invariant in INVARIANTS:
            if invariant.lourd and not lourds:
                continue
            curseur.execute(invariant.requete, ETATS)
            yield invariant, curseur.fetchmany(EXEMPLES)
