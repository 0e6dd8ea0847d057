"""Which employment basin each commune is in, from the file of the zones d'emploi; no commune is created.

An empty cell says nothing; a basin is a code and a name, the same name for all the lines of a code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from reseau.socle.controles import ERREUR, INFORMATION, controler_longueur, message, messages, phrase, table
from reseau.socle.verdicts import conclure

if TYPE_CHECKING:
    from reseau.models import LotImport

# A spreadsheet eats the first zero of "01004".
_LUES = """
SELECT t.numero, t.corrections, t.commune, t.code_commune, t.code_bassin, t.bassin,
    upper(regexp_replace(t.code_commune, '^([0-9]{4})$', '0\\1')) AS code_lu
FROM saisie AS t
"""
_APPARIEES = """
SELECT l.*, NULL::uuid AS cible, d.premiere AS copie, c.code AS code_connu,
    coalesce(c.nom, l.commune) AS nom_lu, n.noms
FROM lue_bassin AS l
LEFT JOIN (SELECT code_lu, min(numero) AS premiere FROM lue_bassin GROUP BY 1 HAVING count(*) > 1) AS d
    ON d.code_lu = l.code_lu AND d.premiere < l.numero
LEFT JOIN reseau_commune AS c ON c.code = l.code_lu
LEFT JOIN (SELECT code_bassin, array_agg(DISTINCT bassin) AS noms FROM lue_bassin GROUP BY 1
    HAVING count(DISTINCT bassin) > 1) AS n ON n.code_bassin = l.code_bassin
"""
_LU = (
    "jsonb_strip_nulls(jsonb_build_object('nom', l.nom_lu, 'code', l.code_connu,"
    " 'code_bassin', l.code_bassin, 'bassin', l.bassin))"
)
_COMPARES = {"code_bassin": ("l.code_bassin", "e.code_bassin"), "bassin": ("l.bassin", "e.nom_bassin")}
_ECRIRE = """
UPDATE reseau_commune AS c SET code_bassin = l.lu ->> 'code_bassin', nom_bassin = l.lu ->> 'bassin'
FROM reseau_ligneimport AS l
WHERE l.lot_id = %s AND l.verdict = 'modifier' AND c.code = l.lu ->> 'code'
"""


def _messages() -> str:
    return messages(
        message(
            "code_connu IS NULL AND code_lu !~ '^([0-9]{2}|2[AB])[0-9]{3}$'", "code_commune", ERREUR,
            phrase("« %s » n'est pas un code de commune, par exemple 69123.", "code_commune"),
        ),
        message(
            "code_connu IS NULL AND code_lu ~ '^([0-9]{2}|2[AB])[0-9]{3}$'", "code_commune", INFORMATION,
            phrase("Le portail ne connaît pas de commune de code %s : ligne laissée.", "code_lu"),
        ),
        message(
            "noms IS NOT NULL", "bassin", ERREUR,
            phrase(
                "Le bassin %s a plusieurs noms dans ce fichier : %s.",
                "code_bassin",
                "array_to_string(noms, ', ')",
            ),
        ),
        *controler_longueur("code_bassin", 10, "Ce code"),
        *controler_longueur("bassin", 80, "Ce nom"),
        message(
            "copie IS NOT NULL", "code_commune", INFORMATION, phrase("Commune déjà lue ligne %s.", "copie"),
        ),
    )  # fmt: skip


def controler(lot: LotImport) -> str:
    """Return the SQL of the verdicts, from ``saisie``."""
    table("lue_bassin", _LUES)
    lignes = (
        f"SELECT a.*, a.code_connu IS NOT NULL AS connue, {_messages()} AS messages"
        f" FROM ({_APPARIEES}) AS a OFFSET 0"
    )
    jointure = "LEFT JOIN reseau_commune AS e ON e.code = l.code_connu"
    return conclure(lignes, _COMPARES, _LU, jointure, sans_fiche="inchangee")


def ecrire(lot: LotImport) -> None:
    """Write the basin of each commune of the file; the others keep theirs."""
    with connection.cursor() as curseur:
        curseur.execute(_ECRIRE, [lot.pk])
