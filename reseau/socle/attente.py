"""The one path of an import: read in a child, COPY to staging, check every line in SQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.db import connection, transaction
from django.db.models import Count
from psycopg import sql

from reseau.models import LotImport
from reseau.socle.controles import INFORMATION, lit, phrase, table
from reseau.socle.ressources import memoire_des_colonnes, ressource_de
from reseau.socle.tableurs import Entete, EnteteIncomplete, LectureRefusee, lire, reperer_entete

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reseau.socle.tableurs import Lecture

# Progress is told by a second connection, since the first commits everything or nothing.
_PAS_DE_PROGRESSION = 10_000
# The planner does not know yet how long a fresh batch is: above this, one line must not visit every other.
_BEAUCOUP = 2_000
# Fresh tables whose sizes the planner ignores: hashing is right at any size, sorting at none.
LONGUE = (
    "SET LOCAL statement_timeout = '120s'; SET LOCAL work_mem = '48MB'; SET LOCAL jit = off;"
    " SET LOCAL enable_mergejoin = off;"
    # Ignores no trigger. Unset, each trigger call fails inside and goes back: for a trigger that fires after
    # the row, by walking every row of the statement.
    " SET LOCAL pgtrigger.ignore = '{}'"
)


def lire_le_lot(lot: LotImport) -> None:
    """Read the file and stage its lines: all of them, or a refusal with its sentence and none.

    Safe to call again after a crash: nothing was kept of the first time.
    """
    try:
        with transaction.atomic():
            if not _seul_a_lire(lot):
                return
            _mettre_en_attente(lot)
    except LectureRefusee as refus:
        lot.etat, lot.refus = LotImport.Etat.REFUSE, str(refus)
        lot.save(update_fields=["etat", "refus"])


def _seul_a_lire(lot: LotImport) -> bool:
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [str(lot.pk)])
        (libre,) = curseur.fetchone()
    lot.refresh_from_db(fields=["etat"])
    return bool(libre) and lot.etat == LotImport.Etat.LECTURE


def _mettre_en_attente(lot: LotImport) -> None:
    with connection.cursor() as curseur:
        curseur.execute(LONGUE)
        curseur.execute("DROP TABLE IF EXISTS pg_temp.depot")
        curseur.execute(
            "CREATE TEMP TABLE depot (numero integer, cellules jsonb, originales jsonb) ON COMMIT DROP"
        )
    with lire(Path(lot.fichier.path)) as lecture:
        _recopier(lecture, lot)
        constat = lecture.conclure()
    ressource = ressource_de(lot)
    try:
        entete = reperer_entete(constat["tete"], ressource.colonnes, memoire_des_colonnes(lot))
    except EnteteIncomplete as refus:
        if refus.possible is None:
            raise
        _laisser_indiquer(lot, constat, refus.possible)
        return
    _decrire(lot, constat, entete)
    _oter_la_tete(entete)
    _saisir("SELECT numero, cellules, originales, '{}'::jsonb AS corrections FROM depot", lot)
    _ranger(lot, ressource.controler(lot))


def _oter_la_tete(entete: Entete) -> None:
    with connection.cursor() as curseur:
        curseur.execute("DELETE FROM depot WHERE numero <= %s", [entete.numero])
        if not curseur.connection.execute("SELECT 1 FROM depot LIMIT 1").fetchone():
            raise LectureRefusee("Il n'y a aucune ligne sous l'en-tête : rien à importer.")


def _laisser_indiquer(lot: LotImport, constat: Mapping[str, Any], entete: Entete) -> None:
    """Keep the lines unread: a person will say what each column holds."""
    _decrire(lot, constat, entete)
    _oter_la_tete(entete)
    with connection.cursor() as curseur:
        curseur.execute(
            "INSERT INTO reseau_ligneimport (lot_id, numero, brut, originales, corrections, lu, differences,"
            " messages, verdict)"
            " SELECT %s, numero, cellules, originales, '{}', '{}', '[]', '[]', '' FROM depot",
            [lot.pk],
        )
    lot.etat = LotImport.Etat.COLONNES
    lot.save()


def _recopier(lecture: Lecture, lot: LotImport) -> None:
    nb_lues = 0
    with _Progression(lot) as progression:
        for morceau in lecture.morceaux():
            with connection.cursor() as curseur, curseur.copy("COPY depot FROM STDIN") as flux:
                flux.write(morceau)
            nb_lues += morceau.count(b"\n")
            progression.dire(nb_lues)


class _Progression:
    """Tell how far a long reading is, outside its transaction; short files never ask."""

    def __init__(self, lot: LotImport) -> None:
        self.lot, self.dite = lot, 0
        self.seconde: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.seconde is not None:
            self.seconde.close()

    def dire(self, nb_lues: int) -> None:
        """Write the count down once every few thousand lines."""
        if nb_lues - self.dite < _PAS_DE_PROGRESSION:
            return
        self.dite = nb_lues
        self.seconde = self.seconde or connection.copy()
        with self.seconde.cursor() as curseur:
            curseur.execute("UPDATE reseau_lotimport SET nb_lues = %s WHERE id = %s", [nb_lues, self.lot.pk])


def _decrire(lot: LotImport, constat: Mapping[str, Any], entete: Entete) -> None:
    lot.forme = {
        **constat["forme"], "typee": constat["typee"], "entete": entete.numero, "colonnes": entete.rangs,
        "titres": entete.titres,
    }  # fmt: skip
    lot.annonces = list(constat["annonces"])
    lot.nb_lues = constat["nb_lignes"]


def _saisir(source: str, lot: LotImport) -> None:
    """Name the cells: one text column a field, what a person corrected first."""
    rangs, expressions = lot.forme["colonnes"], []
    for colonne in ressource_de(lot).colonnes:
        champ, rang = lit(colonne.champ), rangs.get(colonne.champ)
        cellule = f"cellules ->> {rang}" if rang is not None else "NULL"
        expressions.append(
            f"nullif(CASE WHEN corrections ? {champ} THEN corrections ->> {champ} ELSE {cellule} END, '')"
            f" AS {colonne.champ}"
        )
        if colonne.numerique:
            typee = lot.forme["typee"] and rang is not None
            texte = f"jsonb_typeof(cellules -> {rang}) = 'string'" if typee else "false"
            expressions.append(f"(NOT corrections ? {champ} AND {texte}) AS {colonne.champ}_t")
    requete = f"SELECT numero, originales, corrections, {', '.join(expressions)} FROM ({source}) AS source"
    table("saisie", requete, peser=False)


def _espaces(lot: LotImport) -> str:
    """SQL of the messages for the cells that were trimmed, as an array."""
    champs = lit(_json({str(rang): champ for champ, rang in lot.forme["colonnes"].items()}))
    texte = phrase("Les espaces en trop de « %s » sont retirés.", "btrim(o.value)")
    return (
        "ARRAY(SELECT jsonb_build_object("
        f"'champ', {champs}::jsonb ->> o.key, 'niveau', {lit(INFORMATION)}, 'texte', {texte}, "
        "'propositions', '[]'::jsonb) FROM jsonb_each_text(s.originales) AS o "
        f"WHERE {champs}::jsonb ? o.key ORDER BY o.key)"
    )


def _json(valeur: dict[str, str]) -> str:
    paires = ", ".join(f'"{cle}": "{texte}"' for cle, texte in valeur.items())
    return f"{{{paires}}}"


def _complet(lot: LotImport, verdicts: str) -> str:
    """SQL of the checked lines, with the words about spaces before the others."""
    return (
        "SELECT v.numero, v.lu, v.differences, v.verdict, v.cible, to_jsonb(CASE WHEN s.numero IS NULL "
        f"THEN v.messages ELSE {_espaces(lot)} || v.messages END) AS messages FROM ({verdicts}) AS v "
        "LEFT JOIN (SELECT numero, originales FROM saisie WHERE originales <> '{}') AS s USING (numero)"
    )


def _ranger(lot: LotImport, verdicts: str) -> None:
    """First time: insert the lines, then say that the batch awaits a person."""
    with connection.cursor() as curseur:
        curseur.execute(
            sql.SQL(
                "INSERT INTO reseau_ligneimport (lot_id, numero, brut, originales, corrections, lu,"
                " differences, messages, verdict, cible) SELECT {lot}, d.numero, d.cellules, d.originales,"
                " '{{}}', c.lu, c.differences, c.messages, c.verdict, c.cible"
                " FROM depot AS d JOIN ({complet}) AS c USING (numero)"
            ).format(lot=sql.Literal(lot.pk), complet=sql.SQL(_complet(lot, verdicts)))
        )
    lot.etat = LotImport.Etat.A_VERIFIER
    lot.bilan = compter(lot)
    lot.save()


def reverifier(lot: LotImport) -> int:
    """Check every line again, with the corrections and the world as it is; return how many changed."""
    with connection.cursor() as curseur:
        curseur.execute(LONGUE)
        if lot.nb_lues > _BEAUCOUP:
            curseur.execute("SET LOCAL enable_nestloop = off")
    source = (
        "SELECT numero, brut AS cellules, originales, corrections"
        f" FROM reseau_ligneimport WHERE lot_id = {lit(str(lot.pk))}::uuid"
    )
    _saisir(source, lot)
    verdicts = ressource_de(lot).controler(lot)
    with connection.cursor() as curseur:
        curseur.execute(
            sql.SQL(
                "UPDATE reseau_ligneimport AS l SET lu = c.lu, differences = c.differences,"
                " messages = c.messages, verdict = c.verdict, cible = c.cible"
                " FROM ({complet}) AS c WHERE l.lot_id = {lot} AND l.numero = c.numero"
                " AND (l.lu, l.differences, l.messages, l.verdict, l.cible) IS DISTINCT FROM"
                " (c.lu, c.differences, c.messages, c.verdict, c.cible)"
            ).format(lot=sql.Literal(lot.pk), complet=sql.SQL(_complet(lot, verdicts)))
        )
        changees = int(curseur.rowcount)
    lot.bilan = compter(lot)
    lot.save(update_fields=["bilan"])
    return changees


def compter(lot: LotImport) -> dict[str, int]:
    """Return how many lines of each verdict."""
    nombres = lot.lignes.order_by().values_list("verdict").annotate(nombre=Count("pk"))
    return dict(nombres)
