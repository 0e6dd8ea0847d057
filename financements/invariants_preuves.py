"""Formulas about people, papers, mails and the guards themselves: what no sum of euros would show."""

from __future__ import annotations

from typing import Final

from financements.invariants_formes import Invariant

# What is written once: decisions, ledgers, journals, signed papers (F17).
REGISTRES: Final = [
    f"financements_{table}"
    for table in (
        "allocation",
        "acte",
        "mouvementenveloppe",
        "engagement",
        "paiement",
        "reversement",
        "journaldemande",
        "convention",
        "scansigne",
        "avis",
        "depotdemande",
    )
]

# Some hundreds of documents: what an audit of a few seconds can read again, byte by byte.
BLOCS_LUS: Final = 200
_AUTRES_OCTETS: Final = """(f.etat = 'produit') <> (length(f.empreinte) = 64)
               OR (f.etat = 'produit') <> (f.contenu IS NOT NULL)
               OR (f.etat = 'produit' AND f.empreinte <> encode(sha256(f.contenu), 'hex'))"""

PREUVES: Final[tuple[Invariant, ...]] = (
    Invariant(
        "F12",
        "Un élève retenu n'est compté qu'une fois par mois dans tout le réseau.",
        """SELECT d.numero, un.id::text FROM financements_apprenantcompte un
             JOIN financements_apprenantcompte autre ON autre.personne = un.personne AND autre.id > un.id
              AND autre.periode && un.periode AND autre.retenu
             JOIN financements_ligneeffectif l ON l.id = un.ligne_id
             JOIN financements_demande d ON d.id = l.demande_id
            WHERE un.retenu""",
    ),
    Invariant(
        "F17",
        "Les registres ne s'écrivent qu'en ajout : leurs gardes sont en place.",
        """SELECT g.nom, g.garde FROM (
                SELECT r.nom, t.garde FROM unnest(%(registres)s::text[]) AS r (nom)
                 CROSS JOIN (VALUES ('ajout_seul'), ('jamais_vide')) AS t (garde)
                UNION ALL VALUES ('reseau_documentfige', 'document_fige'),
                                 ('reseau_documentfige', 'jamais_vide')) AS g (nom, garde)
             WHERE NOT EXISTS (SELECT FROM pg_trigger t
                    WHERE t.tgrelid = g.nom::regclass AND t.tgenabled IN ('O', 'A')
                      AND starts_with(t.tgname, 'pgtrigger_' || g.garde || '_'))""",
    ),
    Invariant(
        "F20",
        "Chaque décision a son acte, et chaque acte que le journal annonce est là.",
        """SELECT d.numero, 'sans acte' FROM financements_allocation a
             JOIN financements_demande d ON d.id = a.demande_id
            WHERE a.origine <> 'reprise' AND NOT EXISTS (
                  SELECT FROM financements_acte c WHERE c.demande_id = d.id AND c.nature = 'decision')
            UNION ALL SELECT d.numero, j.evenement FROM financements_journaldemande j
             JOIN financements_demande d ON d.id = j.demande_id
             LEFT JOIN financements_acte c ON c.document_id = (j.donnees ->> 'document')::uuid
            WHERE j.donnees ? 'document' AND c.demande_id IS DISTINCT FROM j.demande_id
            UNION ALL SELECT c.demande_id::text, c.nature || ' perdu' FROM financements_acte c
            WHERE NOT EXISTS (SELECT FROM reseau_documentfige f WHERE f.id = c.document_id)""",
    ),
    Invariant(
        "F20b",
        "Les octets d'un échantillon d'actes, un autre chaque jour, sont ceux de leur empreinte.",
        f"""SELECT f.nom_fichier, left(f.empreinte, 12) FROM reseau_documentfige f TABLESAMPLE SYSTEM (
                   LEAST(100, {BLOCS_LUS} * 100.0 * current_setting('block_size')::int
                              / GREATEST(1, pg_relation_size('reseau_documentfige')))
                   ) REPEATABLE (current_date - DATE '2026-01-01')
            WHERE {_AUTRES_OCTETS}""",
    ),
    Invariant(
        "F20c",
        "Les octets de chaque acte produit sont ceux de son empreinte.",
        f"""SELECT f.nom_fichier, left(f.empreinte, 12) FROM reseau_documentfige f WHERE {_AUTRES_OCTETS}""",
        lourd=True,
    ),
    Invariant(
        "F21",
        "Ce qui a été proposé repose sur des pièces obligatoires saines, ou sur un budget saisi.",
        """SELECT d.numero, p.nature FROM financements_demande d
             JOIN financements_campagne c ON c.id = d.campagne_id
            CROSS JOIN LATERAL unnest(c.pieces_obligatoires) AS p (nature)
            WHERE d.etat = ANY(%(proposees)s) AND d.voie = 'ecole'
              AND NOT (p.nature = 'budget' AND EXISTS (SELECT FROM financements_lignebudget b
                                                        WHERE b.demande_id = d.id))
              AND NOT EXISTS (SELECT FROM financements_piece i
                                JOIN reseau_fichierdepose f ON f.id = i.fichier_id
                               WHERE i.demande_id = d.id AND i.nature = p.nature AND f.analyse = 'sain')""",
    ),
    Invariant(
        "F23",
        "Un rappel n'est donné qu'une fois, et chaque courriel n'est écrit qu'une fois.",
        """SELECT nature, objet::text FROM reseau_rappelecheance
            GROUP BY nature, objet, finit_le, palier HAVING count(*) > 1
            UNION ALL SELECT 'courriel', cle FROM reseau_courriel GROUP BY cle HAVING count(*) > 1""",
    ),
)
