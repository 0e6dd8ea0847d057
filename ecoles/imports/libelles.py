"""Trades and diplomas written out in full: find the codes by the label, never choose between homonyms."""

from __future__ import annotations

from reseau.socle.controles import ERREUR, message, phrase, table

_NB_RAPPROCHES = 200
_RESSEMBLANCE = "0.4"

_FILIERES = """
SELECT DISTINCT forme, code, nom FROM (
    SELECT edp_plier(code) AS forme, code, nom FROM ecoles_filiere
    UNION ALL SELECT edp_plier(nom), code, nom FROM ecoles_filiere) AS formes
"""
# "CAP Métallier", "Métallier", 50025439; a diploma has as many spellings as offices.
_TITRES = """
WITH titre AS (
    SELECT code_cfd AS code, code_rncp, type, edp_plier(intitule) AS plie,
        format('%s %s (%s, %s)', CASE type WHEN 'BAC_PRO' THEN 'Bac pro' ELSE type END, intitule, code_cfd,
            CASE WHEN ferme_le IS NULL THEN 'ouvert' ELSE 'fermé le ' || to_char(ferme_le, 'DD/MM/YYYY') END
        ) AS nom
    FROM ecoles_titre)
SELECT DISTINCT forme, code, nom FROM (
    SELECT code AS forme, code, nom FROM titre
    UNION ALL SELECT edp_plier(code_rncp), code, nom FROM titre WHERE code_rncp <> ''
    UNION ALL SELECT plie, code, nom FROM titre
    UNION ALL SELECT prefixe || ' ' || plie, code, nom FROM titre JOIN (VALUES
        ('CAP', 'cap'), ('CAPA', 'capa'), ('CAPA', 'cap agricole'), ('CAPA', 'cap'), ('BAC_PRO', 'bac pro'),
        ('BAC_PRO', 'bac professionnel'), ('BAC_PRO', 'baccalaureat professionnel')
    ) AS prefixes(type, prefixe) USING (type)) AS formes
"""
_ELEMENTS = r"""
SELECT e.texte, e.rang, e.element, array_agg(DISTINCT f.code) FILTER (WHERE f.code IS NOT NULL) AS codes
FROM (
    SELECT d.texte, p.rang, btrim(p.element) AS element, edp_plier(p.element) AS plie
    FROM (SELECT DISTINCT {champ} AS texte FROM saisie WHERE {champ} IS NOT NULL) AS d,
    LATERAL regexp_split_to_table(d.texte, '[/|]') WITH ORDINALITY AS p(element, rang)
    WHERE btrim(p.element) <> '') AS e
LEFT JOIN formes_{champ} AS f ON f.forme = e.plie
GROUP BY e.texte, e.rang, e.element
"""
_PROCHES = """
SELECT DISTINCT i.element, p.codes
FROM (SELECT DISTINCT element, edp_plier(element) AS plie FROM elements_{champ}
      WHERE codes IS NULL AND length(element) < 200 ORDER BY element LIMIT {nombre}) AS i,
LATERAL (SELECT array_agg(code) AS codes FROM (
    SELECT code FROM formes_{champ} AS f WHERE similarity(f.forme, i.plie) > {ressemblance}
    GROUP BY code ORDER BY max(similarity(f.forme, i.plie)) DESC, code LIMIT 3) AS t) AS p
"""
_CHOIX = """
SELECT e.texte,
    coalesce(array_agg(DISTINCT e.codes[1]) FILTER (WHERE cardinality(e.codes) = 1), '{{}}') AS codes,
    coalesce(array_agg({message} ORDER BY e.rang) FILTER (WHERE e.codes IS NULL OR cardinality(e.codes) > 1),
        '{{}}') AS messages
FROM elements_{champ} AS e LEFT JOIN proches_{champ} AS p USING (element)
GROUP BY e.texte
"""


def _message(champ: str, inconnu: str, ambigu: str) -> str:
    """SQL of the message of an element; a proposal is the whole cell with that element replaced."""
    propositions = (
        "(SELECT jsonb_agg(DISTINCT jsonb_build_object('valeur', replace(e.texte, e.element, f.code),"
        f" 'libelle', f.nom)) FROM formes_{champ} AS f WHERE f.code = ANY(coalesce(e.codes, p.codes)))"
    )
    dits = (phrase(inconnu, "e.element"), phrase(ambigu, "e.element"))
    texte = f"CASE WHEN e.codes IS NULL THEN {dits[0]} ELSE {dits[1]} END"
    return message("true", champ, ERREUR, texte, propositions)


def resoudre_les_filieres() -> None:
    """From ``saisie``, make ``choix_filieres`` (texte, codes, messages)."""
    table("formes_filieres", _FILIERES)
    _resoudre("filieres", "« %s » n'est pas un métier connu.", "« %s » désigne plusieurs métiers.")


def resoudre_les_titres() -> None:
    """From ``saisie``, make ``choix_titres`` (texte, codes, messages)."""
    table("formes_titres", _TITRES)
    _resoudre(
        "titres",
        "« %s » n'est pas un diplôme connu.",
        "« %s » désigne plusieurs diplômes : choisissez celui que l'école prépare.",
    )


def _resoudre(champ: str, inconnu: str, ambigu: str) -> None:
    table(f"elements_{champ}", _ELEMENTS.format(champ=champ))
    table(
        f"proches_{champ}",
        _PROCHES.format(champ=champ, nombre=_NB_RAPPROCHES, ressemblance=_RESSEMBLANCE),
    )
    table(f"choix_{champ}", _CHOIX.format(champ=champ, message=_message(champ, inconnu, ambigu)))
