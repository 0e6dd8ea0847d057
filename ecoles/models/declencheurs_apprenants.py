"""What the database refuses about learners, whatever path they come by.

``ecoles.regles_inscription`` says the same in Python, with the same sentences: change both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger

from ecoles.regles import MAJORITE
from ecoles.regles_inscription import (
    AGE_A_MOTIVER,
    AGE_MINIMAL,
    AGES_ORDINAIRES,
    SANS_REPRESENTANT,
    TITRE_FERME,
    TITRE_NON_PROPOSE,
    TROP_JEUNE,
)

if TYPE_CHECKING:
    from pgtrigger.core import Operation

_AUJOURDHUI = "(now() AT TIME ZONE 'Europe/Paris')::date"


def _refuser(phrase: str) -> str:
    """Spell the refusal in PL/pgSQL."""
    texte = phrase.replace("'", "''").replace("%", "%%")
    return f"RAISE EXCEPTION '{texte}' USING ERRCODE = 'check_violation';"


def _age(jour: str, ne_le: str) -> str:
    return f"date_part('year', age({jour}::timestamp, {ne_le}::timestamp))"


_ENTREE = f"""
IF age < {AGE_MINIMAL} THEN {_refuser(TROP_JEUNE)} END IF;
IF age NOT BETWEEN {AGES_ORDINAIRES[0]} AND {AGES_ORDINAIRES[1]} AND btrim(motif) = '' THEN
    {_refuser(AGE_A_MOTIVER)}
END IF;
"""


def personne_de_l_apprenant() -> pgtrigger.Trigger:
    """A learner is somebody: new, unless a transfer says who; it never changes, nor does the school."""
    return pgtrigger.Trigger(
        name="personne_de_l_apprenant",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func=f"""
        IF TG_OP = 'INSERT' THEN
            NEW.personne := coalesce(NEW.personne, NEW.id);
        ELSIF (NEW.personne, NEW.ecole_id) IS DISTINCT FROM (OLD.personne, OLD.ecole_id) THEN
            {_refuser("Un jeune reste à son école : un départ vers une autre est un changement d'école.")}
        END IF;
        RETURN NEW;
        """,
    )


def inscription_en_regle() -> pgtrigger.Trigger:
    """Whose enrolment it is; the age on the day of the entry; a title open and offered.

    The first enrolment of a person, whatever the school, is her entry: what follows is not.
    """
    return pgtrigger.Trigger(
        name="inscription_en_regle",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        declare=[("qui", "ecoles_apprenant%ROWTYPE"), ("age", "int"), ("motif", "text")],
        func=f"""
        SELECT * INTO qui FROM ecoles_apprenant WHERE id = NEW.apprenant_id;
        NEW.personne := qui.personne;
        IF TG_OP = 'UPDATE' AND (NEW.apprenant_id, NEW.titre_id, NEW.du, NEW.motif_age)
           IS NOT DISTINCT FROM (OLD.apprenant_id, OLD.titre_id, OLD.du, OLD.motif_age) THEN
            RETURN NEW;
        END IF;
        IF NOT EXISTS (SELECT FROM ecoles_inscription
                        WHERE personne = NEW.personne AND du < NEW.du AND id <> NEW.id) THEN
            age := {_age("NEW.du", "qui.ne_le")};
            motif := NEW.motif_age;
            {_ENTREE}
        END IF;
        IF EXISTS (SELECT FROM ecoles_titre WHERE code_cfd = NEW.titre_id AND ferme_le < NEW.du) THEN
            {_refuser(TITRE_FERME)}
        END IF;
        IF (TG_OP = 'INSERT' OR NEW.titre_id <> OLD.titre_id) AND NOT EXISTS (
            SELECT FROM ecoles_offre o JOIN ecoles_etapeparcours e ON e.parcours_id = o.parcours_id
             WHERE o.ecole_id = qui.ecole_id AND e.titre_id = NEW.titre_id) THEN
            {_refuser(TITRE_NON_PROPOSE)}
        END IF;
        RETURN NEW;
        """,
    )


def naissance_en_regle() -> pgtrigger.Trigger:
    """A corrected birth date keeps the age of the entry possible."""
    return pgtrigger.Trigger(
        name="naissance_en_regle",
        operation=pgtrigger.UpdateOf("ne_le"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        condition=pgtrigger.Q(new__anonyme_le__isnull=True),
        declare=[("age", "int"), ("motif", "text")],
        func=f"""
        SELECT {_age("du", "NEW.ne_le")}, motif_age INTO age, motif
          FROM ecoles_inscription WHERE personne = NEW.personne ORDER BY du LIMIT 1;
        {_ENTREE}
        RETURN NEW;
        """,
    )


def mineur_represente(operation: Operation, cle: str) -> pgtrigger.Trigger:
    """Somebody answers for each minor who is enrolled or about to be; looked at when all is written.

    ``cle`` is the SQL of the learner's key on the row.
    """
    return pgtrigger.Trigger(
        name="mineur_represente",
        operation=operation,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        func=f"""
        IF EXISTS (
            SELECT FROM ecoles_apprenant a JOIN ecoles_inscription i ON i.apprenant_id = a.id
             WHERE a.id = {cle} AND a.anonyme_le IS NULL AND (i.au IS NULL OR i.au >= {_AUJOURDHUI})
               AND {_age(f"greatest(i.du, {_AUJOURDHUI})", "a.ne_le")} < {MAJORITE})
           AND NOT EXISTS (SELECT FROM ecoles_representantlegal WHERE apprenant_id = {cle}) THEN
            {_refuser(SANS_REPRESENTANT)}
        END IF;
        RETURN NULL;
        """,
    )
