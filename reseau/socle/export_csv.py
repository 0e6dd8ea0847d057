"""Write a CSV for French spreadsheets: the whole file is made by PostgreSQL, formulas disarmed."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING, Any, BinaryIO

from django.db import connection, transaction

from reseau.socle.controles import lit
from reseau.socle.exports import sans_formule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from reseau.socle.exports import ColonneExport, Export

# The same signs as in exports.FORMULE, for a regular expression of PostgreSQL.
_FORMULE = r"'^[=+@\t\r\n＝＋＠－-]'"


def ecrire_csv(export: Export, ensemble: QuerySet[Any], sortie: BinaryIO) -> int:
    """Write UTF-8 with its mark, semicolons, DD/MM/YYYY and decimal commas; return the number of rows."""
    colonnes = ", ".join(_colonne(rang, colonne) for rang, colonne in enumerate(export.colonnes))
    requete = f"SELECT {colonnes} FROM ({export.requete(ensemble)}) AS lignes"
    sortie.write(codecs.BOM_UTF8)
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("SET LOCAL statement_timeout = '120s'; SET LOCAL TIME ZONE 'Europe/Paris'")
        ordre = f"COPY ({requete}) TO STDOUT (FORMAT csv, DELIMITER ';', HEADER)"
        with curseur.copy(ordre) as flux:
            sortie.writelines(flux)
        return int(curseur.rowcount)


def ecrire_csv_de_lignes(export: Export, lignes: Iterable[Sequence[Any]], sortie: BinaryIO) -> int:
    """Write rows that Python computed (texts and whole numbers) in the same form; return their number."""
    sortie.write(codecs.BOM_UTF8)
    texte = io.TextIOWrapper(sortie, encoding="utf-8", newline="", write_through=True)
    feuille = csv.writer(texte, delimiter=";", lineterminator="\n")
    feuille.writerow(export.titres)
    toutes = [[sans_formule(v) if isinstance(v, str) else v for v in ligne] for ligne in lignes]
    feuille.writerows(toutes)
    texte.detach()
    return len(toutes)


def _colonne(rang: int, colonne: ColonneExport) -> str:
    nom = f"colonne_{rang}"
    valeur = {
        "date": f"to_char({nom}, 'DD/MM/YYYY')",
        "instant": f"to_char({nom}, 'DD/MM/YYYY HH24:MI')",
        "decimal": f"replace({nom}::text, '.', ',')",
        "montant": f"replace({nom}::text, '.', ',')",
        "entier": nom,
        "texte": f"CASE WHEN {nom}::text ~ {_FORMULE} THEN {lit(chr(39))} || {nom} ELSE {nom}::text END",
    }[colonne.genre]
    return f'{valeur} AS "{colonne.titre.replace(chr(34), chr(39) * 2)}"'
