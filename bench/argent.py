"""Years of funding at any size: one file a state, brought there by the door, then copied in SQL.

``python -m bench.argent modeles`` writes the models as the runtime role; ``python -m bench.argent
NB_DECISIONS`` copies them with every row that hangs on them, as the owner of the tables, their triggers
asleep. Counters of the envelopes are computed afterwards; ``verifier_invariants`` must find nothing.
"""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Any

from bench.passage import installer

if TYPE_CHECKING:
    from collections.abc import Iterator

# Each table after the one it hangs on, with the column that leads there.
FAMILLE = (
    ("financements_demande", "id", ""),
    ("financements_ligneeffectif", "demande_id", "financements_demande"),
    ("financements_allocation", "demande_id", "financements_demande"),
    ("financements_engagement", "allocation_id", "financements_allocation"),
    ("financements_convention", "allocation_id", "financements_allocation"),
    ("financements_tranche", "allocation_id", "financements_allocation"),
    ("financements_paiement", "allocation_id", "financements_allocation"),
    ("financements_reversement", "allocation_id", "financements_allocation"),
    ("financements_avenant", "allocation_id", "financements_allocation"),
    ("financements_ligneavenant", "avenant_id", "financements_avenant"),
    ("financements_bilan", "allocation_id", "financements_allocation"),
    ("financements_lignerealisee", "bilan_id", "financements_bilan"),
    ("financements_postecompterendu", "bilan_id", "financements_bilan"),
    ("financements_acte", "demande_id", "financements_demande"),
    ("financements_journaldemande", "demande_id", "financements_demande"),
)
# What a row points to, and has alone.
FEUILLES = (
    ("reseau_documentfige", "financements_acte", "document_id"),
    ("reseau_fichierdepose", "financements_convention", "scan_id"),
)
_COPIE = "md5({}::text || c.n::text)::uuid"
_DECALEE = "({} + make_interval(years => c.exercice - c.exercice_modele))::date"
_BOITE = "c.enveloppe"
_EJ = "CASE WHEN t.numero_ej <> '' THEN '3' || lpad(c.n::text, 9, '0') ELSE '' END"
PARTICULIERES: dict[tuple[str, str], str] = {
    ("financements_demande", "numero"): "c.exercice || '-' || c.region || '-B' || lpad(c.n::text, 6, '0')",
    ("financements_demande", "numero_ej"): _EJ,
    ("financements_paiement", "numero_ej"): _EJ,
    ("financements_demande", "ecole_id"): "c.ecole",
    ("financements_demande", "region_id"): "c.region",
    ("financements_demande", "campagne_id"): "c.campagne",
    ("financements_demande", "voie"): "'service'",
    (
        "financements_demande",
        "recherche",
    ): "edp_plier(c.exercice || '-' || c.region || '-B' || c.n || ' ' || c.nom)",
    ("financements_demande", "enveloppe_id"): f"CASE WHEN t.enveloppe_id IS NOT NULL THEN {_BOITE} END",
    ("financements_allocation", "region_id"): "c.region",
    ("financements_engagement", "enveloppe_id"): _BOITE,
    ("financements_paiement", "enveloppe_id"): _BOITE,
    ("financements_paiement", "cle"): _COPIE.format("t.cle"),
    ("financements_paiement", "paye_le"): _DECALEE.format("t.paye_le"),
    ("financements_tranche", "prevue_le"): _DECALEE.format("t.prevue_le"),
    ("financements_journaldemande", "chaine"): "'demande:' || c.region",
    ("financements_journaldemande", "rang"): "t.rang + 10000 * (c.n + 1)",
    ("financements_journaldemande", "donnees"): "CASE WHEN t.donnees ? 'document' THEN jsonb_set(t.donnees,"
    f" '{{document}}', to_jsonb({_COPIE.format("t.donnees ->> 'document'")}::text)) ELSE t.donnees END",
    ("reseau_documentfige", "contenu"): "CASE WHEN t.etat = 'produit' THEN c.n::text::bytea END",
    ("reseau_documentfige", "empreinte"): "CASE WHEN t.etat = 'produit'"
    " THEN encode(sha256(c.n::text::bytea), 'hex') ELSE '' END",
}
EN_COURS = ("deposee", "en_instruction", "proposee", "visee")
DECIDES = ("notifiee", "en_execution", "bilan_depose", "service_fait", "soldee", "close")

UNE_ECOLE = {
    "id": "gen_random_uuid()",
    "nom": "'Atelier des Rives n° ' || g.n",
    "slug": "'banc-' || g.n",
    "uai": "''",
    "commune_id": "r.commune",
    "recherche": "edp_plier('Atelier des Rives n° ' || g.n)",
}
_COPIES = """
CREATE TEMP TABLE copies AS
WITH modeles AS (
    SELECT d.id AS modele, k.exercice AS exercice_modele, d.etat,
           row_number() OVER (PARTITION BY d.etat = ANY(%(decides)s) ORDER BY d.numero) - 1 AS place,
           count(*) OVER (PARTITION BY d.etat = ANY(%(decides)s)) AS nb
      FROM financements_demande d JOIN financements_campagne k ON k.id = d.campagne_id
     WHERE d.etat = ANY(%(decides)s) OR d.etat = ANY(%(en_cours)s)
), ecoles AS (
    SELECT e.id AS ecole, e.nom, p.region_id AS region, row_number() OVER (ORDER BY e.nom, e.id) - 1 AS rang
      FROM ecoles_ecole e JOIN reseau_commune m ON m.code = e.commune_id
      JOIN reseau_departement p ON p.code = m.departement_id
     WHERE NOT EXISTS (SELECT FROM financements_demande d WHERE d.ecole_id = e.id)
), places AS (
    SELECT g.n, e.*, (%(annees)s::int[])[1 + g.n / (SELECT count(*) FROM ecoles)::int] AS exercice,
           true AS decidee
      FROM generate_series(0, %(nombre)s - 1) AS g (n)
      JOIN ecoles e ON e.rang = g.n %% (SELECT count(*) FROM ecoles)
    UNION ALL
    SELECT %(nombre)s + e.rang, e.*, %(present)s, false FROM ecoles e
)
SELECT p.n, p.ecole, p.nom, p.region, p.exercice, k.id AS campagne, m.modele, m.exercice_modele,
       b.id AS enveloppe
  FROM places p
  JOIN modeles m ON (m.etat = ANY(%(decides)s)) = p.decidee AND CASE
       WHEN NOT p.decidee AND p.region = '84' AND p.rang %% 10 < 9 THEN m.etat = 'visee'
       ELSE m.place = p.n %% m.nb END
  JOIN financements_campagne k ON k.exercice = p.exercice
  JOIN financements_enveloppe b ON b.service_id = p.region AND b.exercice = p.exercice AND b.parent_id IS NULL
"""
# Two schools in five are in region 84, so that its officers have five hundred decisions to make.
_ECOLES = """
INSERT INTO ecoles_ecole ({colonnes})
SELECT {valeurs} FROM ecoles_ecole t CROSS JOIN generate_series(1, %(ecoles)s) AS g (n)
  JOIN (SELECT region_id, min(m.code) AS commune, row_number() OVER (ORDER BY region_id) - 1 AS rang
          FROM reseau_commune m JOIN reseau_departement p ON p.code = m.departement_id
         GROUP BY region_id) r
    ON CASE WHEN g.n %% 5 < 2 THEN r.region_id = '84'
            ELSE r.rang = g.n %% (SELECT count(*) FROM reseau_region) END
 WHERE t.id = (SELECT ecole_id FROM financements_demande ORDER BY numero LIMIT 1)
"""
_CAMPAGNES = """
INSERT INTO financements_campagne ({colonnes})
SELECT {valeurs} FROM financements_campagne t, unnest(%(annees)s::int[]) AS a (annee)
 WHERE t.exercice = %(present)s
"""
_ENVELOPPES = """
INSERT INTO financements_enveloppe (id, service_id, exercice, programme, action, ae_ouvertes, ae_engagees,
                                    ae_deleguees, cp_ouverts, cp_payes, cp_delegues)
SELECT gen_random_uuid(), s.region_id, a.annee, '103', '', 0, 0, 0, 0, 0, 0
  FROM reseau_serviceregional s, unnest(%(annees)s::int[]) AS a (annee)
 WHERE NOT EXISTS (SELECT FROM financements_enveloppe e
                    WHERE e.service_id = s.region_id AND e.exercice = a.annee AND e.parent_id IS NULL)
"""
_MOUVEMENTS = """
INSERT INTO financements_mouvementenveloppe (id, enveloppe_id, nature, ae, cp, reference, date_acte, origine,
                                             saisi_par_id, saisi_le)
SELECT gen_random_uuid(), e.id, 'complement', 90000000, 90000000, 'Banc', make_date(e.exercice::int, 1, 2),
       'outil', (SELECT id FROM reseau_utilisateur ORDER BY id LIMIT 1), now()
  FROM financements_enveloppe e CROSS JOIN generate_series(1, 9) WHERE e.parent_id IS NULL
"""
_COMPTEURS = """
UPDATE financements_enveloppe e SET
    ae_ouvertes = (SELECT COALESCE(sum(m.ae), 0) FROM financements_mouvementenveloppe m
                    WHERE m.enveloppe_id = e.id),
    cp_ouverts = (SELECT COALESCE(sum(m.cp), 0) FROM financements_mouvementenveloppe m
                   WHERE m.enveloppe_id = e.id),
    ae_engagees = (SELECT COALESCE(sum(montant), 0) FROM financements_engagement WHERE enveloppe_id = e.id),
    cp_payes = (SELECT COALESCE(sum(montant), 0) FROM financements_paiement WHERE enveloppe_id = e.id)
"""


def _colonnes(curseur: Any, table: str) -> list[str]:
    """Columns that may be written: a generated one computes itself."""
    curseur.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"
        " ORDER BY ordinal_position",
        [table],
    )
    return [nom for (nom,) in curseur.fetchall()]


def _cles(curseur: Any, table: str) -> dict[str, str]:
    """Foreign keys of a table: column, table it points to."""
    curseur.execute(
        "SELECT a.attname, c.confrelid::regclass::text FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.contype = 'f' AND c.conrelid = %s::regclass",
        [table],
    )
    return dict(curseur.fetchall())


def _tables() -> list[str]:
    return [feuille for feuille, _, _ in FEUILLES] + [table for table, _, _ in FAMILLE]


def _reunir(curseur: Any) -> None:
    """For each table, the rows that hang on a file to copy, and on which."""
    for table, vers, parent in FAMILLE:
        source = (
            f"famille_{parent} p ON t.{vers} = p.id" if parent else "(SELECT DISTINCT modele FROM copies) p"
        )
        racine = "p.racine" if parent else "t.id"
        jointure = f"JOIN {source}" if parent else f"JOIN {source} ON p.modele = t.id"
        curseur.execute(
            f"CREATE TEMP TABLE famille_{table} AS SELECT t.id, {racine} AS racine FROM {table} t {jointure}"
        )
    for table, parent, colonne in FEUILLES:
        curseur.execute(
            f"CREATE TEMP TABLE famille_{table} AS SELECT t.{colonne} AS id, p.racine FROM {parent} t"
            f" JOIN famille_{parent} p ON p.id = t.id WHERE t.{colonne} IS NOT NULL"
        )


def _valeurs(curseur: Any, table: str) -> Iterator[tuple[str, str]]:
    cles, tables = _cles(curseur, table), set(_tables())
    for colonne in _colonnes(curseur, table):
        if (table, colonne) in PARTICULIERES:
            yield colonne, PARTICULIERES[table, colonne]
        elif colonne == "id" or cles.get(colonne) in tables:
            yield colonne, _COPIE.format(f't."{colonne}"')
        else:
            yield colonne, f't."{colonne}"'


def _copier(curseur: Any, table: str) -> None:
    paires = list(_valeurs(curseur, table))
    noms = ", ".join(f'"{nom}"' for nom, _ in paires)
    valeurs = ", ".join(valeur for _, valeur in paires)
    curseur.execute(
        f"INSERT INTO {table} ({noms}) SELECT {valeurs} FROM {table} t"
        f" JOIN famille_{table} f ON f.id = t.id JOIN copies c ON c.modele = f.racine"
    )


def _inserer(
    curseur: Any, ordre: str, table: str, propres: dict[str, str], parametres: dict[str, Any]
) -> None:
    """Copy a row of ``table`` with some columns of its own."""
    colonnes = _colonnes(curseur, table)
    valeurs = ", ".join(propres.get(nom, f't."{nom}"') for nom in colonnes)
    noms = ", ".join(f'"{nom}"' for nom in colonnes)
    curseur.execute(ordre.format(colonnes=noms, valeurs=valeurs), parametres)


def modeles() -> None:
    """Write one file a state, through the door, by the persons whose duty it is."""
    from reseau.models import AffectationNationale
    from tests.usines_financements import personne, territoire

    lieu = territoire("84", ouvert="90000000")
    for etat in (*EN_COURS, *DECIDES):
        lieu.demande(etat)
    lecteur = personne("lecteur")
    AffectationNationale.objects.create(utilisateur=lecteur, role="lecteur_national", du="2020-01-01")


def semer(nombre: int) -> None:
    """Add ``nombre`` decided files over many years, and one under way a school for the present year."""
    from django.db import connection, transaction

    autres = ("ecoles_ecole", "reseau_serviceregional")
    suites = ("financements_campagne", "financements_enveloppe", "financements_mouvementenveloppe")
    toutes, present = [*_tables(), *suites, *autres], date.today().year  # noqa: DTZ011 - as the models were made
    annees = [annee for annee in range(2024, 2100) if annee != present]
    parametres = {
        "nombre": nombre, "annees": annees, "present": present,
        "ecoles": max(1_250, nombre // len(annees) + 60), "decides": list(DECIDES),
        "en_cours": list(EN_COURS),
    }  # fmt: skip
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("SET LOCAL statement_timeout = 0")
        for table in toutes:
            curseur.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        _inserer(curseur, _ECOLES, "ecoles_ecole", UNE_ECOLE, parametres)
        curseur.execute("UPDATE reseau_serviceregional SET siret = '55208131766522' WHERE siret = ''")
        campagne = {"id": "gen_random_uuid()", "exercice": "a.annee"}
        _inserer(curseur, _CAMPAGNES, "financements_campagne", campagne, parametres)
        curseur.execute(_ENVELOPPES, parametres | {"annees": [*annees, present]})
        curseur.execute(_MOUVEMENTS)
        curseur.execute(_COPIES, parametres)
        _reunir(curseur)
        for table in _tables():
            _copier(curseur, table)
        curseur.execute(_COMPTEURS)
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in toutes:
            curseur.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    _ranger()


def _ranger() -> None:
    """Do what autovacuum does on a server that lives: without it, a first reader would pay."""
    from django.db import connection

    with connection.cursor() as curseur:
        curseur.execute("VACUUM (ANALYZE)")


if __name__ == "__main__":
    installer()
    if sys.argv[1] == "modeles":
        modeles()
    else:
        semer(int(sys.argv[1]))
