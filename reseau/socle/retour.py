"""Undo an accepted batch: what it created goes, what it changed comes back, unless something depends on it.

An image of a record is its rows in every table that the resource writes. Before writing, the image of
what will be changed is kept; after, the print of what was left, to see whether anybody changed it since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection

from reseau.nombres import montrer_nombre
from reseau.socle.controles import lit, table
from reseau.socle.ressources import ressource_de

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Field, Model

    from reseau.models import LotImport
    from reseau.socle.ressources import Ressource, TableEcrite

_NB_DITS = 10


def garder_l_avant(lot: LotImport) -> None:
    """Keep on each line to modify the image of its record; called before the writing."""
    ressource = ressource_de(lot)
    if not ressource.tables:
        return
    lot.forme["images"] = {ecrite.table: _colonnes(ecrite) for ecrite in ressource.tables}
    _toucher(lot, "modifier")
    images = ", ".join(f"{lit(e.table)}, {_rangees(e)}" for e in ressource.tables)
    with connection.cursor() as curseur:
        curseur.execute(
            f"UPDATE reseau_ligneimport AS l SET avant = jsonb_build_object({images})"
            " FROM touchee AS t WHERE l.lot_id = %s AND l.numero = t.numero",
            [lot.pk],
        )


def garder_l_empreinte(lot: LotImport) -> None:
    """Keep the print of every record written; called after the writing."""
    if not ressource_de(lot).tables:
        return
    _toucher(lot, "creer", "modifier")
    with connection.cursor() as curseur:
        curseur.execute(
            f"UPDATE reseau_ligneimport AS l SET empreinte = i.empreinte FROM ({_empreintes(lot)}) AS i"
            " WHERE l.lot_id = %s AND l.numero = i.numero",
            [lot.pk],
        )


def empechements(lot: LotImport) -> list[str]:
    """Return, as sentences, what keeps this batch from being undone; the records are locked meanwhile."""
    ressource = ressource_de(lot)
    if not ressource.tables:
        return ["Ce qui a été enregistré par cet import se corrige fiche par fiche."]
    if lot.purge_le:
        return ["Les lignes de cet import ont été effacées : il ne peut plus être annulé."]
    if any(set(lot.forme["images"][e.table]) - set(_colonnes(e)) for e in ressource.tables):
        return ["Le portail a changé de forme depuis cet import : il ne peut plus être annulé."]
    _toucher(lot, "creer", "modifier")
    _verrouiller(ressource.tables[0])
    return [*_changees(lot, ressource), *_dependances(lot, ressource)]


def revenir(lot: LotImport) -> None:
    """Take the batch back; what must be was asked of :func:`empechements` in the same transaction."""
    racine, *annexes = ressource_de(lot).tables
    _toucher(lot, "creer", "modifier")
    with connection.cursor() as curseur:
        for ecrite in reversed(annexes):
            curseur.execute(_retirer(ecrite))
        curseur.execute(
            f"DELETE FROM {racine.table} AS x USING touchee AS t WHERE t.verdict = 'creer'"
            f" AND {_lien(racine)}"
        )
        curseur.execute(_remettre(racine, lot))
        for ecrite in annexes:
            curseur.execute(_retirer(ecrite))  # a trigger may have written while the record went back
            curseur.execute(_reposer(ecrite, lot))
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _toucher(lot: LotImport, *verdicts: str) -> None:
    """List the lines written and the keys of their records, as texts."""
    cle = ressource_de(lot).cle
    liste = ", ".join(lit(verdict) for verdict in verdicts)
    table(
        "touchee",
        f"SELECT l.numero, ({cle})::text AS cle, l.verdict, l.avant, l.empreinte, l.lu"
        f" FROM reseau_ligneimport AS l WHERE l.lot_id = {lit(str(lot.pk))} AND l.verdict IN ({liste})",
    )


def _lien(ecrite: TableEcrite) -> str:
    """SQL that ties a row ``x`` of a table to a line ``t``, through the index of its key."""
    genre = _modele(ecrite)._meta.get_field(_nom_du_champ(ecrite, ecrite.cle)).db_type(connection)
    base = (genre or "text").split("(", maxsplit=1)[0]
    return f"x.{ecrite.cle} = t.cle::{base}"


def _modele(ecrite: TableEcrite) -> type[Model]:
    modeles = apps.get_models(include_auto_created=True)
    return next(modele for modele in modeles if modele._meta.db_table == ecrite.table)


def _nom_du_champ(ecrite: TableEcrite, colonne: str) -> str:
    return next(c.name for c in _modele(ecrite)._meta.concrete_fields if c.column == colonne)


def _colonnes(ecrite: TableEcrite) -> list[str]:
    """Columns that can be written back."""
    champs = _modele(ecrite)._meta.concrete_fields
    return sorted(str(c.column) for c in champs if not getattr(c, "generated", False))


def _rangees(ecrite: TableEcrite) -> str:
    """SQL of the rows of a table for the line ``t``, as a JSON array."""
    lignes = f"SELECT jsonb_agg(to_jsonb(x)) FROM {ecrite.table} AS x WHERE {_lien(ecrite)}"
    return f"coalesce(({lignes}), '[]')"


def _empreintes(lot: LotImport) -> str:
    """SQL of the print of each record as it is: numero, empreinte (NULL when the record is gone)."""
    tables = ressource_de(lot).tables
    jointures, morceaux = [], []
    for rang, ecrite in enumerate(tables):
        colonnes = ", ".join(f"x.{c}" for c in lot.forme["images"][ecrite.table] if c not in ecrite.sauf)
        rangee = f"ROW({colonnes})::text"
        jointures.append(
            f"LEFT JOIN (SELECT t.numero, string_agg({rangee}, '|' ORDER BY {rangee}) AS texte"
            f" FROM touchee AS t JOIN {ecrite.table} AS x ON {_lien(ecrite)} GROUP BY t.numero)"
            f" AS i{rang} USING (numero)"
        )
        morceaux.append(f"i{rang}.texte")
    return (
        f"SELECT numero, CASE WHEN i0.texte IS NOT NULL THEN md5(concat_ws('/', {', '.join(morceaux)})) END"
        f" AS empreinte FROM touchee AS t {' '.join(jointures)}"
    )


def _verrouiller(racine: TableEcrite) -> None:
    with connection.cursor() as curseur:
        curseur.execute(
            f"SELECT 1 FROM {racine.table} AS x JOIN touchee AS t ON {_lien(racine)}"
            " ORDER BY t.numero FOR UPDATE OF x"
        )


def _changees(lot: LotImport, ressource: Ressource) -> Iterator[str]:
    with connection.cursor() as curseur:
        curseur.execute(
            f"SELECT t.numero FROM touchee AS t JOIN ({_empreintes(lot)}) AS i USING (numero)"
            f" WHERE i.empreinte IS DISTINCT FROM t.empreinte ORDER BY 1 LIMIT {_NB_DITS + 1}"
        )
        numeros = [numero for (numero,) in curseur.fetchall()]
    for ligne in lot.lignes.filter(numero__in=numeros[:_NB_DITS]).order_by("numero"):
        yield f"La fiche « {ressource.montrer(ligne)} » (ligne {ligne.numero}) a changé depuis cet import."
    if len(numeros) > _NB_DITS:
        yield "D'autres fiches ont changé depuis cet import."


def _dependances(lot: LotImport, ressource: Ressource) -> Iterator[str]:
    ecrites = {ecrite.table for ecrite in ressource.tables}
    for ecrite in ressource.tables:
        for lien in _liens_vers(_modele(ecrite)):
            if lien.model._meta.db_table not in ecrites:
                yield from _dire_qui_depend(lot, ressource, ecrite, lien)


def _liens_vers(modele: type[Model]) -> Iterator[Field[Any, Any]]:
    """Every foreign key of another table towards this one."""
    for relation in modele._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one):
            yield relation.field  # type: ignore[union-attr]


def _dire_qui_depend(lot: LotImport, ressource: Ressource, ecrite: TableEcrite, lien: Any) -> Iterator[str]:
    """Sentences about the rows that would lose what the batch created."""
    visee = lien.target_field.column
    # A row that already was there before the import stays: nothing that depends on it is in the way.
    nouvelle = (
        "t.verdict = 'creer' OR NOT EXISTS (SELECT FROM jsonb_array_elements"
        f"(t.avant -> {lit(ecrite.table)}) AS a WHERE a ->> {lit(visee)} = x.{visee}::text)"
    )
    with connection.cursor() as curseur:
        curseur.execute(
            f"SELECT t.numero, count(*) FROM touchee AS t JOIN {ecrite.table} AS x ON {_lien(ecrite)}"
            f" JOIN {lien.model._meta.db_table} AS d ON d.{lien.column} = x.{visee} WHERE {nouvelle}"
            f" GROUP BY 1 ORDER BY 1 LIMIT {_NB_DITS}"
        )
        comptes = dict(curseur.fetchall())
    for ligne in lot.lignes.filter(numero__in=comptes).order_by("numero"):
        yield f"« {ressource.montrer(ligne)} » a désormais {_compter(lien.model, comptes[ligne.numero])}."


def _compter(modele: type[Model], nombre: int) -> str:
    """Say it in words; a table that Django made for a link bears the name of who holds the link."""
    lien: Any = modele._meta.auto_created
    noms = (lien or modele)._meta
    nom = noms.verbose_name if nombre == 1 else noms.verbose_name_plural
    return f"{montrer_nombre(nombre)} {nom}"


def _retirer(ecrite: TableEcrite) -> str:
    """SQL that takes off the rows that a record did not have before."""
    return (
        f"DELETE FROM {ecrite.table} AS x USING touchee AS t WHERE {_lien(ecrite)}"
        f" AND (t.avant -> {lit(ecrite.table)} @> jsonb_build_array(to_jsonb(x))) IS NOT TRUE"
    )


def _remettre(racine: TableEcrite, lot: LotImport) -> str:
    """SQL that gives a modified record the values of its image."""
    colonnes = [c for c in lot.forme["images"][racine.table] if c != racine.cle]
    valeurs = ", ".join(f"{c} = a.{c}" for c in colonnes)
    return (
        f"UPDATE {racine.table} AS x SET {valeurs} FROM touchee AS t,"
        f" jsonb_populate_recordset(NULL::{racine.table}, t.avant -> {lit(racine.table)}) AS a"
        f" WHERE t.verdict = 'modifier' AND {_lien(racine)}"
    )


def _reposer(ecrite: TableEcrite, lot: LotImport) -> str:
    """SQL that puts back the rows that a modified record has lost."""
    colonnes = lot.forme["images"][ecrite.table]
    return (
        f"INSERT INTO {ecrite.table} ({', '.join(colonnes)})"
        f" SELECT {', '.join(f'a.{c}' for c in colonnes)} FROM touchee AS t,"
        f" jsonb_populate_recordset(NULL::{ecrite.table}, t.avant -> {lit(ecrite.table)}) AS a"
        f" WHERE t.verdict = 'modifier' AND NOT EXISTS (SELECT FROM {ecrite.table} AS x"
        f" WHERE {_lien(ecrite)} AND to_jsonb(x) = to_jsonb(a))"
    )
