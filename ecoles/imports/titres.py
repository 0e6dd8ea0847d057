"""Diplomas from the register of France compétences: RNCP codes and closing dates of those we know.

Nothing is guessed: a diploma without a code is found by its words, and a person says that it is the one.
A line about another diploma of the country is left as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from reseau.socle.controles import (
    AVERTISSEMENT,
    ERREUR,
    INFORMATION,
    controler_date,
    date_lue,
    message,
    messages,
    phrase,
    plie,
    proposition,
    table,
)
from reseau.socle.verdicts import conclure

if TYPE_CHECKING:
    from reseau.models import LotImport

# "CAP - Métallier" and "Métallier" are one: the register says the kind apart, or not.
_SANS_GENRE = (
    "regexp_replace({plie}, '^(certificat d aptitude professionnelle agricole|certificat d aptitude"
    " professionnelle|cap agricole|capa|cap|baccalaureat professionnel|bac professionnel|bac pro) ', '')"
)
_LUES = """
SELECT t.numero, t.corrections, t.numero_fiche, t.intitule, t.niveau, t.fin, t.actif, t.code_cfd,
    'RNCP' || substring(t.numero_fiche from '^(?:RNCP)?\\s*([0-9]{{1,6}})$') AS rncp_lu,
    {intitule} AS intitule_plie, substring(t.niveau from '([1-8])')::int AS niveau_lu,
    {fin} AS fin_lue,
    CASE edp_plier(t.actif) WHEN 'active' THEN true WHEN 'actif' THEN true WHEN 'oui' THEN true
        WHEN 'inactive' THEN false WHEN 'inactif' THEN false WHEN 'non' THEN false END AS active
FROM saisie AS t
"""
_TITRES = "SELECT code_cfd, code_rncp, intitule, niveau, ferme_le, {intitule} AS plie FROM ecoles_titre"
# By the code; else by the words among the titles that have none, open with open and closed with closed.
_APPARIEES = """
SELECT l.*, NULL::uuid AS cible, d.premiere AS copie,
    coalesce(x.code_cfd, CASE WHEN cardinality(c.codes) = 1 THEN c.codes[1] END) AS code_lu,
    c.codes, coalesce(cardinality(c.codes), 0) AS nb_par_code, p.codes AS possibles, x.code_cfd AS choisi
FROM lue_titre AS l
LEFT JOIN (SELECT rncp_lu AS code, min(numero) AS premiere FROM lue_titre GROUP BY 1 HAVING count(*) > 1) AS d
    ON d.code = l.rncp_lu AND d.premiere < l.numero
LEFT JOIN titre_connu AS x ON x.code_cfd = l.code_cfd
LEFT JOIN (SELECT code_rncp, array_agg(code_cfd ORDER BY code_cfd) AS codes FROM titre_connu
    WHERE code_rncp <> '' GROUP BY 1) AS c ON c.code_rncp = l.rncp_lu
LEFT JOIN (SELECT plie, niveau, ferme_le IS NULL AS ouvert, array_agg(code_cfd ORDER BY code_cfd) AS codes
    FROM titre_connu WHERE code_rncp = '' GROUP BY 1, 2, 3) AS p
    ON l.rncp_lu IS NOT NULL AND c.code_rncp IS NULL AND l.code_cfd IS NULL
    AND p.plie = l.intitule_plie AND p.niveau = l.niveau_lu
    AND p.ouvert = coalesce(l.active, true)
"""
_LU = "jsonb_strip_nulls(jsonb_build_object('nom', l.intitule, 'code_cfd', l.code_lu, 'code_rncp', l.rncp_lu,"
_LU += " 'ferme_le', CASE WHEN l.active IS FALSE THEN l.fin_lue END))"
_COMPARES = {
    "numero_fiche": ("l.rncp_lu", "e.code_rncp"),
    "fin": (
        "CASE WHEN l.active IS FALSE THEN to_char(l.fin_lue, 'DD/MM/YYYY') END",
        "to_char(e.ferme_le, 'DD/MM/YYYY')",
    ),
}
_ECRIRE = """
UPDATE ecoles_titre AS t SET code_rncp = l.lu ->> 'code_rncp',
    ferme_le = coalesce((l.lu ->> 'ferme_le')::date, t.ferme_le)
FROM reseau_ligneimport AS l
WHERE l.lot_id = %s AND l.verdict = 'modifier' AND t.code_cfd = l.lu ->> 'code_cfd'
"""


def _sans_genre(colonne: str) -> str:
    return _SANS_GENRE.format(plie=plie(colonne))


def _messages() -> str:
    return messages(
        *_messages_du_diplome(),
        message(
            "rncp_lu IS NULL AND numero_fiche !~ '^RS ?[0-9]+$'", "numero_fiche", ERREUR,
            phrase("« %s » n'est pas un numéro de fiche RNCP, par exemple RNCP12345.", "numero_fiche"),
        ),
        message(
            "actif IS NOT NULL AND active IS NULL", "actif", ERREUR,
            phrase("« %s » : répondez par « actif » ou « inactif ».", "actif"),
            f"{proposition(_texte('actif'))} || {proposition(_texte('inactif'))}",
        ),
        *controler_date("fin", "fin_lue"),
        message(
            "copie IS NOT NULL", "numero_fiche", INFORMATION, phrase("Fiche déjà lue ligne %s.", "copie"),
        ),
    )  # fmt: skip


def _messages_du_diplome() -> tuple[str, ...]:
    """Messages about which diploma of the portal a line speaks of."""
    choix = (
        "(SELECT jsonb_agg(jsonb_build_object('valeur', t.code_cfd, 'libelle', format('%s (%s)', t.intitule,"
        " t.code_cfd)) ORDER BY t.code_cfd) FROM titre_connu AS t WHERE t.code_cfd = ANY(possibles))"
    )
    return (
        message(
            "code_cfd IS NOT NULL AND choisi IS NULL", "code_cfd", ERREUR,
            phrase("Aucun diplôme du portail n'a le code CFD %s.", "code_cfd"),
        ),
        message(
            "possibles IS NOT NULL", "code_cfd", AVERTISSEMENT,
            phrase("Est-ce bien ce diplôme du portail ? Rien n'est décidé sans vous."), choix,
        ),
        message(
            "nb_par_code > 1 AND choisi IS NULL", "code_cfd", INFORMATION,
            phrase("Plusieurs diplômes du portail ont le code %s : ligne laissée.", "rncp_lu"),
        ),
        message(
            "code_lu IS NULL AND possibles IS NULL AND nb_par_code = 0 AND code_cfd IS NULL", "intitule",
            INFORMATION, phrase("Ce n'est pas un diplôme suivi par le portail : ligne laissée."),
        ),
    )  # fmt: skip


def _texte(mot: str) -> str:
    return f"'{mot}'::text"


def controler(lot: LotImport) -> str:
    """Return the SQL of the verdicts, from ``saisie``."""
    table("lue_titre", _LUES.format(intitule=_sans_genre("t.intitule"), fin=date_lue("t.fin")))
    table("titre_connu", _TITRES.format(intitule=_sans_genre("intitule")))
    source = f"({_APPARIEES}) AS a OFFSET 0"
    lignes = f"SELECT a.*, a.code_lu IS NOT NULL AS connue, {_messages()} AS messages FROM {source}"
    jointure = "LEFT JOIN ecoles_titre AS e ON e.code_cfd = l.code_lu"
    return conclure(lignes, _COMPARES, _LU, jointure, sans_fiche="inchangee")


def ecrire(lot: LotImport) -> None:
    """Write codes and closing dates; no diploma is ever created here."""
    with connection.cursor() as curseur:
        curseur.execute(_ECRIRE, [lot.pk])
