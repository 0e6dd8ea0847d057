"""What the database refuses about places: never more enrolled than the capacity, from today on.

``ecoles.regles_places`` says the same in Python, and why: change both. Whatever path they come by, entries
of one school wait for one another on the row of the school, then are counted: two people on the last place
do not both get it. A change that takes nothing more (a departure, a larger capacity) is never refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pgtrigger

if TYPE_CHECKING:
    from pgtrigger.core import Operation

_AUJOURDHUI = "(now() AT TIME ZONE 'Europe/Paris')::date"
_DECLARE = [("ecoles", "uuid[]"), ("titres", "text[]"), ("trop", "record")]
# $1: schools, $2: titles that somebody enters (nothing: all), $3: the day. Planned at each statement:
# a plan kept from an empty table would read everything for each learner.
_TROP = """
WITH menes AS MATERIALIZED (
    SELECT o.ecole_id, e.titre_id, array_agg(o.id ORDER BY o.id) AS offres, sum(o.capacite) AS places,
           bool_or(o.capacite IS NULL) AS sans, string_agg(p.nom, '' ou '' ORDER BY p.nom) AS noms
      FROM ecoles_offre o JOIN ecoles_etapeparcours e USING (parcours_id)
      JOIN ecoles_parcours p ON p.code = o.parcours_id
     WHERE o.ecole_id = ANY ($1) GROUP BY o.ecole_id, e.titre_id),
ensembles AS (
    SELECT DISTINCT g.ecole_id, g.offres, g.places, g.noms FROM menes g
     WHERE NOT g.sans AND ($2 IS NULL OR EXISTS (
        SELECT FROM menes m
         WHERE m.ecole_id = g.ecole_id AND m.titre_id = ANY ($2) AND m.offres <@ g.offres))),
pas AS (
    SELECT g.ecole_id, g.offres, g.places, g.noms, v.jour, v.pas
      FROM ensembles g JOIN menes m ON m.ecole_id = g.ecole_id AND m.offres <@ g.offres
      JOIN ecoles_apprenant a ON a.ecole_id = g.ecole_id
      JOIN ecoles_inscription i ON i.apprenant_id = a.id AND i.titre_id = m.titre_id
     CROSS JOIN LATERAL (VALUES (greatest(i.du, $3), 1), (i.au + 1, -1)) AS v (jour, pas)
     WHERE (i.au IS NULL OR i.au >= $3) AND v.jour IS NOT NULL)
SELECT noms, places, max(presents) AS nombre FROM (
    SELECT *, sum(pas) OVER (PARTITION BY ecole_id, offres ORDER BY jour, pas) AS presents FROM pas) AS x
 GROUP BY ecole_id, offres, noms, places HAVING max(presents) > places ORDER BY noms LIMIT 1
"""
_REFUS = "Il n''y a plus de place en « % » : % jeunes y seraient inscrits, pour % place(s)."


def _compter(cibles: str) -> str:
    """Spell the check in PL/pgSQL; ``cibles`` fills the arrays ``ecoles`` and ``titres``."""
    return f"""
        {cibles}
        IF ecoles IS NULL THEN RETURN NULL; END IF;
        PERFORM FROM ecoles_ecole WHERE id = ANY (ecoles) ORDER BY id FOR NO KEY UPDATE;
        EXECUTE '{_TROP}' INTO trop USING ecoles, titres, {_AUJOURDHUI};
        IF trop.nombre IS NOT NULL THEN
            RAISE EXCEPTION '{_REFUS}', trop.noms, trop.nombre, trop.places USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
        """


def _entrees(nom: str, operation: Operation, reference: Any, lignes: str) -> pgtrigger.Trigger:
    """Once a statement, whatever the number of rows: an import of thousands is counted once."""
    return pgtrigger.Trigger(
        name=nom,
        level=pgtrigger.Statement,
        operation=operation,
        when=pgtrigger.After,
        referencing=reference,
        declare=_DECLARE,
        func=_compter(f"""
        SELECT array_agg(DISTINCT a.ecole_id), array_agg(DISTINCT n.titre_id) INTO ecoles, titres
          FROM {lignes} JOIN ecoles_apprenant a ON a.id = n.apprenant_id
         WHERE coalesce(n.au, 'infinity') >= {_AUJOURDHUI};"""),
    )


def places_a_l_entree() -> tuple[pgtrigger.Trigger, ...]:
    """Nobody enters without a place: a new enrolment, or one that begins earlier, ends later, moves."""
    change = """apres n JOIN avant o ON o.id = n.id AND (
            n.titre_id <> o.titre_id OR n.apprenant_id <> o.apprenant_id OR n.du < o.du
            OR coalesce(n.au, 'infinity') > coalesce(o.au, 'infinity'))"""
    nouvelles = pgtrigger.Referencing(new="apres")  # type: ignore[no-untyped-call]
    changees = pgtrigger.Referencing(old="avant", new="apres")  # type: ignore[no-untyped-call]
    return (
        _entrees("places_a_l_entree", pgtrigger.Insert, nouvelles, "apres n"),
        _entrees("places_au_changement", pgtrigger.Update, changees, change),
    )


def places_de_l_offre() -> pgtrigger.Trigger:
    """A capacity is never less than those who are there."""
    return pgtrigger.Trigger(
        name="places_de_l_offre",
        operation=pgtrigger.Insert | pgtrigger.Delete | pgtrigger.UpdateOf("capacite", "parcours_id"),  # type: ignore[no-untyped-call]
        when=pgtrigger.After,
        declare=_DECLARE,
        func=_compter("""
        IF TG_OP = 'INSERT' AND NEW.capacite IS NULL OR TG_OP = 'UPDATE' AND NEW.parcours_id = OLD.parcours_id
           AND coalesce(NEW.capacite, 32767) >= coalesce(OLD.capacite, 32767) THEN
            RETURN NULL;
        END IF;
        IF TG_OP = 'DELETE' THEN
            ecoles := ARRAY[OLD.ecole_id];
        ELSE
            ecoles := ARRAY[NEW.ecole_id];
            IF TG_OP = 'INSERT' OR NEW.parcours_id = OLD.parcours_id THEN
                titres := ARRAY(
                    SELECT titre_id FROM ecoles_etapeparcours WHERE parcours_id = NEW.parcours_id);
            END IF;
        END IF;"""),
    )


def places_des_etapes() -> pgtrigger.Trigger:
    """Steps of a parcours may change what its places are for; looked at when all are rewritten."""
    return pgtrigger.Trigger(
        name="places_des_etapes",
        operation=pgtrigger.Update | pgtrigger.Delete,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        declare=_DECLARE,
        func=_compter("""
        SELECT array_agg(DISTINCT o.ecole_id) INTO ecoles FROM ecoles_offre o
          JOIN ecoles_etapeparcours e USING (parcours_id)
         WHERE o.parcours_id = OLD.parcours_id OR e.titre_id = OLD.titre_id;"""),
    )
