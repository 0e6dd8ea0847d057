"""Formulas about people, papers, mails and the guards themselves: what no sum of euros would show."""

from __future__ import annotations

from typing import Final

from financements.invariants_formes import Invariant

# What is written once: ledgers, journals, signed papers (F17).
REGISTRES: Final = [
    f"financements_{table}"
    for table in (
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
        """SELECT r.nom, g.garde FROM unnest(%(registres)s::text[]) AS r (nom)
             CROSS JOIN (VALUES ('ajout_seul'), ('jamais_vide')) AS g (garde)
             WHERE NOT EXISTS (SELECT FROM pg_trigger t
                    WHERE t.tgrelid = r.nom::regclass AND t.tgenabled IN ('O', 'A')
                      AND starts_with(t.tgname, 'pgtrigger_' || g.garde || '_'))""",
    ),
    Invariant(
        "F20",
        "Chaque décision a son acte, et un acte produit a son empreinte.",
        """SELECT d.numero, COALESCE(f.etat, 'sans acte') FROM financements_demande d
             JOIN financements_allocation a ON a.demande_id = d.id
             LEFT JOIN financements_acte c ON c.demande_id = d.id AND c.nature = 'decision'
             LEFT JOIN reseau_documentfige f ON f.id = c.document_id
            WHERE a.origine <> 'reprise'
              AND (f.id IS NULL OR (f.etat = 'produit') <> (length(f.empreinte) = 64))""",
    ),
    Invariant(
        "F20b",
        "Les octets de chaque acte produit sont ceux de son empreinte.",
        """SELECT f.nom_fichier, left(f.empreinte, 12) FROM reseau_documentfige f
            WHERE f.etat = 'produit' AND f.empreinte <> encode(sha256(f.contenu), 'hex')""",
        lourd=True,
    ),
    Invariant(
        "F21",
        "Ce qui a été proposé repose sur des pièces obligatoires présentes et saines.",
        """SELECT d.numero, p.nature FROM financements_demande d
             JOIN financements_campagne c ON c.id = d.campagne_id
            CROSS JOIN LATERAL unnest(c.pieces_obligatoires) AS p (nature)
            WHERE d.etat = ANY(%(proposees)s) AND d.voie = 'ecole'
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
