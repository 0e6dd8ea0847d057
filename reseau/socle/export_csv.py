"""Write a CSV for French spreadsheets: the whole file is made by PostgreSQL, formulas disarmed."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any, BinaryIO

from django.db import connection, transaction

from reseau.socle.controles import lit

if TYPE_CHECKING:
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
