"""Which line is which school: read values, duplicates, the school already there, and what would change.

The key of a school is its UAI, else its folded name and its commune. Fictional schools do not exist here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoles.imports import lieux
from reseau.nombres import aujourdhui
from reseau.socle.controles import (
    AVERTISSEMENT,
    ERREUR,
    INFORMATION,
    REJET,
    controler_annee,
    controler_entier,
    courriel_mal_forme,
    entier,
    lit,
    message,
    messages,
    phrase,
    plie,
    proposition,
    table,
    telephone_lu,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_EFFECTIF_MAXIMAL = 2_000
_LETTRES = "'ABCDEFGHJKLMNPRSTUVWXYZ'"
_VERIFICATIONS = {
    "oui": "oui", "o": "oui", "verifie": "oui", "verifiee": "oui", "x": "oui",
    "a confirmer": "a_confirmer", "non": "a_confirmer", "a verifier": "a_confirmer",
}  # fmt: skip

_LUES = """
SELECT t.*, {annee} AS annee_lue, {effectif} AS effectif_lu, {nom_plie} AS nom_plie,
    upper(regexp_replace(t.uai, '[^0-9A-Za-z]', '', 'g')) AS uai_lu,
    {telephone} AS telephone_lu, {verification} AS verification_lue,
    hashtextextended(concat({toutes}), 0) AS contenu,
    l.code AS code_lu, l.nom AS nom_commune, l.region AS region_lue, l.nom_region,
    coalesce(l.messages, '{{}}') AS messages_lieu,
    f.codes AS filieres_lues, coalesce(f.messages, '{{}}') AS messages_filieres,
    d.codes AS titres_lus, coalesce(d.messages, '{{}}') AS messages_titres
FROM saisie AS t
LEFT JOIN lieu_resolu AS l ON l.cle = {cle}
LEFT JOIN choix_filieres AS f ON f.texte = t.filieres
LEFT JOIN choix_titres AS d ON d.texte = t.titres
"""
# What appears twice in the file: few rows, found by hashing.
_COPIES = "SELECT contenu, min(numero) AS premiere FROM lue GROUP BY contenu HAVING count(*) > 1"
_MEMES_UAI = (
    "SELECT uai_lu, min(numero) AS premiere FROM lue WHERE uai_lu <> '' GROUP BY 1 HAVING count(*) > 1"
)
_MEMES_NOMS = """
SELECT nom_plie, code_lu, min(numero) AS premiere FROM lue WHERE nom_plie <> '' AND code_lu IS NOT NULL
GROUP BY 1, 2 HAVING count(*) > 1
"""
_APPARIEES = """
SELECT l.*, x.premiere AS copie, coalesce(u.premiere, n.premiere) AS jumelle, coalesce(eu.id, en.id) AS cible,
    (eu.id <> en.id) AS deux_ecoles, eu.id IS NOT NULL AS par_uai, e.nom AS nom_actuel, e.uai AS uai_actuel,
    e.commune_id AS commune_actuelle, ec.nom AS nom_commune_actuelle, ed.region_id AS region_actuelle
FROM lue AS l
LEFT JOIN copie AS x ON x.contenu = l.contenu AND x.premiere < l.numero
LEFT JOIN meme_uai AS u ON u.uai_lu = l.uai_lu AND u.premiere < l.numero
LEFT JOIN meme_nom AS n ON n.nom_plie = l.nom_plie AND n.code_lu = l.code_lu AND n.premiere < l.numero
LEFT JOIN ecoles_ecole AS eu ON l.uai_lu <> '' AND eu.uai = l.uai_lu AND NOT eu.fictive
LEFT JOIN ecoles_ecole AS en ON en.recherche = l.nom_plie AND en.commune_id = l.code_lu AND NOT en.fictive
LEFT JOIN ecoles_ecole AS e ON e.id = coalesce(eu.id, en.id)
LEFT JOIN reseau_commune AS ec ON ec.code = e.commune_id
LEFT JOIN reseau_departement AS ed ON ed.code = ec.departement_id
"""


def _verification() -> str:
    cas = " ".join(f"WHEN {lit(dit)} THEN {lit(code)}" for dit, code in _VERIFICATIONS.items())
    connus = "t.verification IN ('oui', 'a_confirmer')"
    return f"CASE WHEN {connus} THEN t.verification ELSE CASE edp_plier(t.verification) {cas} END END"


def _messages_de_forme() -> tuple[str, ...]:
    """Messages of the cells by themselves."""
    annee = aujourdhui().year + 1
    return (
        message("coalesce(nom_plie, '') = ''", "nom", REJET, phrase("Le nom de l'école est obligatoire.")),
        message("length(nom) > 150", "nom", ERREUR, phrase("Ce nom dépasse 150 caractères.")),
        *controler_annee("annee_ouverture", "annee_lue", annee, typee="annee_ouverture_t"),
        *controler_entier("effectif", "effectif_lu", _EFFECTIF_MAXIMAL, typee="effectif_t"),
        *_messages_d_uai(),
        message(
            "verification IS NOT NULL AND verification_lue IS NULL",
            "verification",
            ERREUR,
            phrase("« %s » : répondez par « oui » ou « à confirmer ».", "verification"),
            f"{proposition(lit('oui'))} || {proposition(lit('à confirmer'))}",
        ),
        *_messages_pour_joindre(),
        message("length(source) > 300", "source", ERREUR, phrase("Cette source dépasse 300 caractères.")),
    )


def _messages_d_uai() -> tuple[str, ...]:
    lettre = f"substr({_LETTRES}, left(uai_lu, 7)::int % 23 + 1, 1)"
    return (
        message(
            "uai_lu !~ '^[0-9]{7}[A-Z]$'",
            "uai",
            ERREUR,
            phrase("« %s » n'est pas un UAI : sept chiffres et une lettre, par exemple 0134435A.", "uai"),
        ),
        message(
            f"CASE WHEN uai_lu ~ '^[0-9]{{7}}[A-Z]$' THEN right(uai_lu, 1) <> {lettre} END",
            "uai",
            ERREUR,
            phrase(
                "L'UAI %s n'existe pas : après %s, la lettre serait %s.", "uai_lu", "left(uai_lu, 7)", lettre
            ),
        ),
    )


def _messages_pour_joindre() -> tuple[str, ...]:
    return (
        message(
            "telephone_lu !~ '^0[1-9][0-9]{8}$'",
            "telephone",
            ERREUR,
            phrase("« %s » n'est pas un numéro de téléphone à dix chiffres.", "telephone"),
        ),
        message(
            "telephone ~ '^[1-9][0-9]{8}$'",
            "telephone",
            INFORMATION,
            phrase("Le zéro mangé par le tableur est remis : %s.", "telephone_lu"),
        ),
        message(
            courriel_mal_forme("courriel"),
            "courriel",
            ERREUR,
            phrase("« %s » n'est pas une adresse électronique.", "courriel"),
        ),
    )


def _messages_de_territoire(regions: Sequence[str] | None) -> tuple[str, ...]:
    """Messages about what is outside the territory: by its town, or by the school it would take over."""
    if regions is None:
        return ()
    return (
        message(
            f"region_lue <> ALL ({_liste(regions)})",
            "commune",
            REJET,
            phrase("%s est hors de votre territoire : %s. Ligne écartée.", "nom_commune", "nom_region"),
        ),
        message(
            f"region_actuelle <> ALL ({_liste(regions)})",
            "uai",
            REJET,
            phrase("L'UAI %s est celui d'une école d'une autre région. Ligne écartée.", "uai_lu"),
        ),
    )


def _messages_de_place() -> tuple[str, ...]:
    """Messages about the other lines and the schools already there."""
    return (
        *_messages_de_doublon(),
        message(
            "deux_ecoles",
            "uai",
            REJET,
            phrase("L'UAI %s est celui d'une école, le nom et la commune sont ceux d'une autre.", "uai_lu"),
        ),
        message(
            "NOT par_uai AND uai_lu <> '' AND uai_actuel <> '' AND uai_actuel <> uai_lu",
            "uai",
            ERREUR,
            phrase("Le portail donne à cette école l'UAI %s.", "uai_actuel"),
            proposition("uai_actuel"),
        ),
        message(
            "par_uai AND code_lu <> commune_actuelle AND NOT corrections ? 'commune'",
            "commune",
            AVERTISSEMENT,
            phrase("Le portail situe cette école à %s : a-t-elle déménagé ?", "nom_commune_actuelle"),
            _deux_communes(),
        ),
    )


def _messages_de_doublon() -> tuple[str, ...]:
    return (
        message(
            "copie IS NOT NULL", "nom", AVERTISSEMENT, phrase("Ligne en double de la ligne %s.", "copie")
        ),
        message(
            "copie IS NULL AND jumelle IS NOT NULL",
            "nom",
            REJET,
            phrase("La ligne %s décrit déjà cette école autrement : gardez une seule des deux.", "jumelle"),
        ),
    )


def _deux_communes() -> str:
    ici = "format('%s (%s)', nom_commune, code_lu)"
    la_bas = "format('%s (%s)', nom_commune_actuelle, commune_actuelle)"
    return f"{proposition(ici)} || {proposition(la_bas)}"


def _liste(regions: Sequence[str] | None) -> str:
    """SQL of the territory; every region is outside an empty one."""
    return f"ARRAY[{', '.join(lit(code) for code in regions or ())}]::text[]"


def rapprocher(regions: Sequence[str] | None, champs: Sequence[str]) -> str:
    """From ``saisie`` and what was resolved, return the SQL of the lines: values, messages, target."""
    valeurs = {
        "telephone": telephone_lu("t.telephone"),
        "verification": _verification(),
        "toutes": ", chr(31), ".join(f"t.{champ}" for champ in champs),
        "nom_plie": plie("t.nom"),
        "cle": lieux.CLE.replace("s.", "t."),
        "annee": entier("t.annee_ouverture"),
        "effectif": entier("t.effectif"),
    }
    table("lue", _LUES.format(**valeurs), peser=False)
    table("copie", _COPIES)
    table("meme_uai", _MEMES_UAI)
    table("meme_nom", _MEMES_NOMS)
    tous = messages(*_messages_de_territoire(regions), *_messages_de_place(), *_messages_de_forme())
    return (
        f"SELECT *, {tous} || messages_lieu || messages_filieres || messages_titres AS messages "
        f"FROM ({_APPARIEES} OFFSET 0) AS appariee OFFSET 0"
    )
