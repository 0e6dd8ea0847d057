"""Learners of one school, with what they are taught: identities stay in the lines of that school.

The key of a learner is the folded name, the first name and the day of birth, within the school.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection

from ecoles.imports.libelles import resoudre_les_titres
from ecoles.imports.places import avec_les_places, lire_les_places
from ecoles.regles import MAJORITE
from reseau.nombres import aujourdhui
from reseau.socle.cles import donner_des_cles
from reseau.socle.controles import (
    ERREUR,
    REJET,
    controler_date,
    controler_longueur,
    courriel_mal_forme,
    date_lue,
    lit,
    message,
    messages,
    phrase,
    plie,
    table,
    telephone_lu,
)
from reseau.socle.verdicts import conclure

if TYPE_CHECKING:
    from reseau.models import LotImport

# Entry under 14 is impossible; at 14 or above 18 it has a reason, that the learner's own page asks for.
_AGE_MINIMAL, _AGE_ORDINAIRE, _AGE_MAXIMAL = 14, 15, 18
_LUES = """
SELECT t.*, {telephone} AS telephone_lu,
    {nom} AS nom_plie, {prenom} AS prenom_plie, {ne_le} AS naissance_lue, {entree} AS entree_lue,
    d.codes AS titres_lus, coalesce(d.messages, '{{}}') AS messages_titres
FROM saisie AS t LEFT JOIN choix_titres AS d ON d.texte = t.titres
"""
_CONNUS = """
SELECT a.id, {nom} AS nom_plie, {prenom} AS prenom_plie, a.ne_le, i.titre_id, i.du,
    EXISTS (SELECT FROM ecoles_representantlegal WHERE apprenant_id = a.id) AS represente
FROM ecoles_apprenant AS a LEFT JOIN LATERAL (
    SELECT titre_id, du FROM ecoles_inscription
    WHERE apprenant_id = a.id AND coalesce(au, 'infinity') >= {jour} ORDER BY du DESC LIMIT 1) AS i ON true
WHERE a.ecole_id = {ecole}
"""
_APPARIEES = """
SELECT l.*, a.id AS cible, a.id IS NOT NULL AS connue, x.premiere AS copie, a.titre_id AS titre_actuel,
    l.titres_lus[1] AS titre_lu, coalesce(a.represente, false) AS represente,
    t.ferme_le, t.intitule AS nom_titre,
    EXISTS (SELECT FROM ecoles_offre AS o JOIN ecoles_etapeparcours AS p USING (parcours_id)
        WHERE o.ecole_id = {ecole} AND p.titre_id = l.titres_lus[1]) AS offert
FROM lue_jeune AS l
LEFT JOIN jeune_connu AS a ON a.nom_plie = l.nom_plie AND a.prenom_plie = l.prenom_plie
    AND a.ne_le = l.naissance_lue
LEFT JOIN (SELECT nom_plie, prenom_plie, naissance_lue, min(numero) AS premiere FROM lue_jeune
    GROUP BY 1, 2, 3 HAVING count(*) > 1) AS x
    ON x.nom_plie = l.nom_plie AND x.prenom_plie = l.prenom_plie AND x.naissance_lue = l.naissance_lue
    AND x.premiere < l.numero
LEFT JOIN ecoles_titre AS t ON t.code_cfd = l.titres_lus[1]
"""
_LU = """
jsonb_strip_nulls(jsonb_build_object('nom', l.nom, 'prenom', l.prenom, 'ne_le', l.naissance_lue,
    'titre', l.titre_lu, 'du', l.entree_lue) || CASE WHEN l.represente THEN '{}' ELSE jsonb_build_object(
    'representant', l.representant, 'representant_telephone', l.telephone_lu,
    'representant_courriel', l.representant_courriel) END)
"""
_COMPARES = {"titres": ("CASE WHEN l.titre_actuel IS NULL THEN l.titre_lu END", "NULL::text")}
_NOUVEAUX = """
SELECT row_number() OVER (ORDER BY numero) AS rang, numero FROM reseau_ligneimport
WHERE lot_id = '{lot}' AND verdict = 'creer'
"""
_CREER = """
INSERT INTO ecoles_apprenant (id, ecole_id, prenom, nom, ne_le)
SELECT k.id, %(ecole)s, l.lu ->> 'prenom', l.lu ->> 'nom', (l.lu ->> 'ne_le')::date
FROM nouveau_jeune AS n JOIN cle_jeune AS k USING (rang)
JOIN reseau_ligneimport AS l ON l.lot_id = %(lot)s AND l.numero = n.numero
"""
_CIBLER = """
UPDATE reseau_ligneimport AS l SET cible = k.id FROM nouveau_jeune AS n JOIN cle_jeune AS k USING (rang)
WHERE l.lot_id = %(lot)s AND l.numero = n.numero
"""
_A_INSCRIRE = """
SELECT row_number() OVER (ORDER BY numero) AS rang, cible, lu FROM reseau_ligneimport
WHERE lot_id = '{lot}' AND verdict IN ('creer', 'modifier') AND lu ? 'titre'
"""
_INSCRIRE = """
INSERT INTO ecoles_inscription (id, apprenant_id, titre_id, du, motif_sortie)
SELECT k.id, i.cible, i.lu ->> 'titre', (i.lu ->> 'du')::date, ''
FROM a_inscrire AS i JOIN cle_inscription AS k USING (rang)
"""

# The link is not asked in a list: the learner's own page says it.
_REPRESENTANTS = """
SELECT row_number() OVER (ORDER BY numero) AS rang, cible, lu FROM reseau_ligneimport
WHERE lot_id = '{lot}' AND verdict IN ('creer', 'modifier') AND lu ? 'representant'
"""
_REPRESENTER = """
INSERT INTO ecoles_representantlegal (id, apprenant_id, lien, prenom, nom, telephone, courriel)
SELECT k.id, r.cible, 'autre', '', r.lu ->> 'representant', coalesce(r.lu ->> 'representant_telephone', ''),
    coalesce(r.lu ->> 'representant_courriel', '')
FROM a_representer AS r JOIN cle_representant AS k USING (rang)
"""


def _messages() -> str:
    age = "date_part('year', age(entree_lue, naissance_lue))"
    aujourd_hui = lit(aujourdhui().isoformat())
    return messages(
        message("coalesce(nom_plie, '') = ''", "nom", REJET, phrase("Le nom est obligatoire.")),
        message("coalesce(prenom_plie, '') = ''", "prenom", ERREUR, phrase("Le prénom est obligatoire.")),
        message("ne_le IS NULL", "ne_le", ERREUR, phrase("La date de naissance est obligatoire.")),
        *controler_longueur("nom", 60, "Ce nom"),
        *controler_longueur("prenom", 60, "Ce prénom"),
        *controler_date("ne_le", "naissance_lue"),
        *controler_date("entree", "entree_lue"),
        message(
            f"naissance_lue > {aujourd_hui}", "ne_le", ERREUR, phrase("Cette date est dans le futur."),
        ),
        message(
            f"{age} < {_AGE_MINIMAL}", "entree", REJET,
            phrase(f"Moins de {_AGE_MINIMAL} ans le jour de l'entrée : l'inscription est impossible."),
        ),
        message(
            f"{age} >= {_AGE_MINIMAL} AND {age} NOT BETWEEN {_AGE_ORDINAIRE} AND {_AGE_MAXIMAL}", "entree",
            ERREUR, phrase("%s ans à l'entrée : il faut un motif, inscrivez ce jeune sur sa fiche.", age),
        ),
        *_messages_du_titre(),
        *_messages_du_representant(aujourd_hui),
    )  # fmt: skip


def _messages_du_titre() -> tuple[str, ...]:
    """Messages about what the learner is taught."""
    return (
        message("titres IS NULL AND NOT connue", "titres", ERREUR, phrase("Indiquez le diplôme préparé.")),
        message(
            "titres IS NOT NULL AND entree IS NULL AND titre_actuel IS NULL", "entree", ERREUR,
            phrase("Indiquez le jour de l'entrée."),
        ),
        message(
            "cardinality(titres_lus) > 1", "titres", ERREUR,
            phrase("Un jeune prépare un seul diplôme à la fois."),
        ),
        message(
            "titre_lu IS NOT NULL AND NOT offert", "titres", ERREUR,
            phrase("Votre école ne propose pas « %s » : ajoutez-le d'abord à sa page.", "nom_titre"),
        ),
        message(
            "ferme_le < entree_lue", "titres", ERREUR,
            phrase("« %s » est fermé depuis le %s.", "nom_titre", "to_char(ferme_le, 'DD/MM/YYYY')"),
        ),
        message(
            "titre_actuel <> titre_lu", "titres", ERREUR,
            phrase("Ce jeune prépare déjà un autre diplôme : terminez d'abord celui-là sur sa fiche."),
        ),
    )  # fmt: skip


def _messages_du_representant(aujourd_hui: str) -> tuple[str, ...]:
    """Messages about who answers for a minor: somebody, who can be reached."""
    age = f"date_part('year', age(greatest(entree_lue, {aujourd_hui}::date), naissance_lue))"
    return (
        message(
            f"representant IS NULL AND NOT represente AND {age} < {MAJORITE}", "representant", ERREUR,
            phrase("Mineur : indiquez son représentant légal, et comment le joindre."),
        ),
        message(
            "representant IS NOT NULL AND telephone_lu IS NULL AND representant_courriel IS NULL",
            "representant_telephone", ERREUR,
            phrase("Indiquez le téléphone ou l'adresse électronique de « %s ».", "representant"),
        ),
        message(
            "telephone_lu !~ '^0[1-9][0-9]{8}$'", "representant_telephone", ERREUR,
            phrase("« %s » n'est pas un numéro de téléphone français.", "representant_telephone"),
        ),
        message(
            courriel_mal_forme("representant_courriel"), "representant_courriel", ERREUR,
            phrase("« %s » n'est pas une adresse électronique.", "representant_courriel"),
        ),
        *controler_longueur("representant", 60, "Ce nom"),
    )  # fmt: skip


def controler(lot: LotImport) -> str:
    """Return the SQL of the verdicts, from ``saisie``; only the learners of the school are looked at."""
    ecole = f"{lit(str(lot.organisme))}::uuid"
    resoudre_les_titres()
    valeurs = {
        "nom": plie("t.nom"), "prenom": plie("t.prenom"), "ne_le": date_lue("t.ne_le"),
        "entree": date_lue("t.entree"), "telephone": telephone_lu("t.representant_telephone"),
    }  # fmt: skip
    table("lue_jeune", _LUES.format(**valeurs))
    jour = lit(aujourdhui().isoformat())
    table("jeune_connu", _CONNUS.format(nom=plie("a.nom"), prenom=plie("a.prenom"), ecole=ecole, jour=jour))
    table(
        "jeune_lu",
        f"SELECT a.*, {_messages()} || messages_titres AS messages_lus"
        f" FROM ({_APPARIEES.format(ecole=ecole)}) AS a OFFSET 0",
    )
    assert lot.organisme is not None  # learners are imported into one school  # noqa: S101
    lire_les_places(lot.organisme)
    return conclure(avec_les_places("jeune_lu"), _COMPARES, _LU, "")


def ecrire(lot: LotImport) -> None:
    """Create learners and their enrolments, in the batch's school and no other."""
    valeurs = {"lot": lot.pk, "ecole": lot.organisme}
    table("nouveau_jeune", _NOUVEAUX.format(lot=lot.pk))
    donner_des_cles("cle_jeune", "nouveau_jeune")
    with connection.cursor() as curseur:
        curseur.execute(_CREER, valeurs)
        curseur.execute(_CIBLER, valeurs)
    table("a_representer", _REPRESENTANTS.format(lot=lot.pk))
    donner_des_cles("cle_representant", "a_representer")
    with connection.cursor() as curseur:
        curseur.execute(_REPRESENTER)
    table("a_inscrire", _A_INSCRIRE.format(lot=lot.pk))
    donner_des_cles("cle_inscription", "a_inscrire")
    with connection.cursor() as curseur:
        curseur.execute(_INSCRIRE)
