"""Pieces of SQL with which an import checks its lines: every line at once, each with its message.

Every text given here is our own SQL, written in the code; what was typed is only ever a column.
"""

from __future__ import annotations

from django.db import connection
from psycopg import sql

INFORMATION, AVERTISSEMENT, ERREUR, REJET = "information", "avertissement", "erreur", "rejet"


def lit(texte: str) -> str:
    """Quote a text for SQL."""
    return "'" + texte.replace("'", "''") + "'"


def phrase(modele: str, *expressions: str) -> str:
    """SQL of a sentence whose ``%s`` are filled by SQL expressions."""
    return f"format({', '.join((lit(modele), *expressions))})" if expressions else lit(modele)


def proposition(valeur: str, libelle: str = "") -> str:
    """SQL of the list of one proposal: what would be written in the cell, and what the button says."""
    return f"jsonb_build_array(jsonb_build_object('valeur', {valeur}, 'libelle', {libelle or valeur}))"


def message(quand: str, champ: str, niveau: str, texte: str, propositions: str = "'[]'::jsonb") -> str:
    """SQL of a message about a field, NULL when all is well; ``texte`` and proposals are SQL."""
    return (
        f"CASE WHEN {quand} THEN jsonb_build_object('champ', {lit(champ)}, 'niveau', {lit(niveau)}, "
        f"'texte', {texte}, 'propositions', coalesce({propositions}, '[]'::jsonb)) END"
    )


def messages(*expressions: str) -> str:
    """SQL of the array of the messages that are not NULL."""
    return f"array_remove(ARRAY[{', '.join(expressions)}]::jsonb[], NULL)"


def plie(texte: str) -> str:
    """SQL of ``edp_plier(texte)`` spelt out, twice as fast: PostgreSQL cannot inline that function."""
    droites = f"replace(replace({texte}, '’', {lit(chr(39))}), 'ß', 'ss')"
    bas = f"lower(public.unaccent('public.unaccent', {droites}))"
    return f"btrim(regexp_replace({bas}, '[^0-9a-z]+', ' ', 'g'))"


def entier(colonne: str, chiffres: int = 6) -> str:
    """SQL of the number, or NULL when the text is not a whole number of at most that many digits."""
    return f"CASE WHEN {colonne} ~ '^[0-9]{{1,{chiffres}}}$' THEN {colonne}::int END"


# One separator twice, spelt out: a back-reference would take ten times as long.
_DATES = tuple(f"^[0-9]{{1,2}}{signe}[0-9]{{1,2}}{signe}[0-9]{{4}}$" for signe in ("/", "[.]", "-"))


def date_lue(colonne: str) -> str:
    """SQL of the date, or NULL when the text is not one: DD/MM/YYYY (or with points, hyphens), or ISO."""
    morceaux = ", ".join(f"split_part(translate({colonne}, '.-', '//'), '/', {n})" for n in (3, 2, 1))
    parties = (
        f"CASE WHEN {colonne} ~ '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}$' THEN"
        f" string_to_array({colonne}, '-')::int[]"
        f" WHEN {colonne} ~ {lit('|'.join(_DATES))} THEN"
        f" ARRAY[{morceaux}]::int[] END"
    )
    possible = "d[1] BETWEEN 1800 AND 2200 AND d[2] BETWEEN 1 AND 12 AND d[3] BETWEEN 1 AND 31"
    jour = f"CASE WHEN {possible} THEN make_date(d[1], d[2], 1) + d[3] - 1 END"
    # 31 February is 3 March: a day that leaves its month does not exist.
    return (
        "(SELECT CASE WHEN extract(month FROM j) = d[2] THEN j END"
        f" FROM (SELECT d, {jour} AS j FROM (SELECT {parties} AS d) AS decoupee) AS datee)"
    )


def controler_date(colonne: str, lue: str) -> tuple[str, ...]:
    """The message of a column of dates; ``lue`` is its date or NULL."""
    return (
        message(
            f"{colonne} IS NOT NULL AND {lue} IS NULL",
            colonne,
            ERREUR,
            phrase("« %s » n'est pas une date : écrivez jour/mois/année, par exemple 01/09/2026.", colonne),
        ),
    )


def controler_longueur(colonne: str, maximum: int, ce: str) -> tuple[str, ...]:
    """The message of a text longer than its field; ``ce``: how the sentence names it ("Ce nom")."""
    return (
        message(
            f"length({colonne}) > {maximum}", colonne, ERREUR, phrase(f"{ce} dépasse {maximum} caractères.")
        ),
    )


def telephone_lu(colonne: str) -> str:
    """SQL of the digits alone, in the national form, with the zero that a spreadsheet has eaten."""
    chiffres = rf"regexp_replace({colonne}, '\(0\)|[^0-9+]', '', 'g')"
    national = rf"regexp_replace({chiffres}, '^(\+|00)33', '0')"
    return rf"regexp_replace({national}, '^([1-9][0-9]{{8}})$', '0\1')"


def courriel_mal_forme(colonne: str) -> str:
    """SQL of what no e-mail address looks like."""
    return rf"{colonne} !~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' OR length({colonne}) > 254"


def controler_annee(colonne: str, lue: str, limite: int, *, typee: str) -> tuple[str, ...]:
    """Messages of a column of four-digit years, from 1600 to ``limite``; ``lue`` is its number or NULL."""
    possible = f"{lue} BETWEEN 1600 AND {limite}"
    trouvee = rf"substring({colonne} from '(?<![0-9])(1[6-9][0-9]{{2}}|20[0-9]{{2}})(?![0-9])')"
    return (
        message(
            f"{lue} >= 1000 AND NOT {possible}",
            colonne,
            ERREUR,
            phrase(f"« %s » n'est pas une année possible : entre 1600 et {limite}.", colonne),
        ),
        message(
            f"{colonne} IS NOT NULL AND ({lue} IS NULL OR length({colonne}) <> 4)",
            colonne,
            ERREUR,
            phrase("« %s » n'est pas une année à quatre chiffres.%s", colonne, _voulez_vous(trouvee)),
            f"CASE WHEN {trouvee} IS NOT NULL THEN {proposition(trouvee)} END",
        ),
        message(
            f"{typee} AND {possible}",
            colonne,
            INFORMATION,
            phrase("L'année %s était écrite comme un texte : elle est lue comme un nombre.", colonne),
        ),
    )


def controler_entier(colonne: str, lu: str, maximum: int, *, typee: str) -> tuple[str, ...]:
    """Messages of a column of whole numbers from 0 to ``maximum``; ``lu`` is its number or NULL."""
    trouve = rf"substring({colonne} from '^[^0-9,.-]*([0-9]{{1,6}})[^0-9,.]*$')"
    return (
        message(
            f"{colonne} IS NOT NULL AND {lu} IS NULL",
            colonne,
            ERREUR,
            phrase("« %s » n'est pas un nombre entier.%s", colonne, _voulez_vous(trouve)),
            f"CASE WHEN {trouve} IS NOT NULL THEN {proposition(trouve)} END",
        ),
        message(
            f"{lu} > {maximum}",
            colonne,
            ERREUR,
            phrase(f"« %s » dépasse {maximum} : vérifiez ce nombre.", colonne),
        ),
        message(
            f"{typee} AND {lu} IS NOT NULL",
            colonne,
            INFORMATION,
            phrase("Le nombre %s était écrit comme un texte : il est lu comme un nombre.", colonne),
        ),
    )


def _voulez_vous(trouvee: str) -> str:
    return f"CASE WHEN {trouvee} IS NULL THEN '' ELSE {phrase(' Voulez-vous dire %s ?', trouvee)} END"


def table(nom: str, requete: str, *, peser: bool = True) -> None:
    """(Re)create a temporary table of this transaction from a query.

    ``peser`` lets the planner know it: worth it for what is joined, not for one wide row a line.
    """
    identifiant = sql.Identifier(nom)
    with connection.cursor() as curseur:
        curseur.execute(sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(identifiant))
        curseur.execute(
            sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS {}").format(identifiant, sql.SQL(requete))
        )
        if peser:
            curseur.execute(sql.SQL("ANALYZE {}").format(identifiant))
