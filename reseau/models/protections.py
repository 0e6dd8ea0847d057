"""Triggers that refuse what must never happen, from whatever path it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger

if TYPE_CHECKING:
    from collections.abc import Iterable

_REFUS_AJOUT_SEUL = """
RAISE EXCEPTION 'La table % ne s''écrit qu''en ajout.', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
"""


def ajout_seul() -> tuple[pgtrigger.Trigger, ...]:
    """Return the triggers of an append-only table: UPDATE, DELETE and TRUNCATE are refused."""
    return (
        pgtrigger.Trigger(
            name="ajout_seul",
            operation=pgtrigger.Update | pgtrigger.Delete,
            when=pgtrigger.Before,
            func=_REFUS_AJOUT_SEUL,
        ),
        refus_de_vider(),
    )


def refus_de_vider() -> pgtrigger.Trigger:
    """Return the trigger that refuses TRUNCATE, which row triggers do not see."""
    return pgtrigger.Trigger(
        name="jamais_vide",
        level=pgtrigger.Statement,
        operation=pgtrigger.Truncate,
        when=pgtrigger.Before,
        func=_REFUS_AJOUT_SEUL,
    )


def etat_par_la_porte(
    initiaux: Iterable[str], passages: Iterable[tuple[str, str]], aussi: str = ""
) -> pgtrigger.Trigger:
    """Return the trigger that lets ``etat`` change only by the door of ``reseau.socle.etats``.

    ``initiaux`` are the states in which a row may be born; ``passages`` the legal (from, to) pairs;
    ``aussi`` is SQL on NEW: another birth, that triggers of its own hold.
    The door proves itself by a setting local to its transaction that names table and row:
    a legal jump by a bare ``update()`` is refused too.
    """
    paires = ", ".join(sorted(f"('{de}', '{vers}')" for de, vers in passages))
    sauf = f" AND NOT ({aussi})" if aussi else ""
    naissances = ", ".join(sorted(f"'{etat}'" for etat in initiaux))
    return pgtrigger.Trigger(
        name="etat_par_la_porte",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("etat"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        func=f"""
        IF TG_OP = 'INSERT' THEN
            IF NEW.etat NOT IN ({naissances}){sauf} THEN
                RAISE EXCEPTION 'Un dossier ne peut pas naître dans l''état %.', NEW.etat
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        END IF;
        IF NEW.etat = OLD.etat THEN
            RETURN NEW;
        END IF;
        IF current_setting('edp.porte', true) IS DISTINCT FROM TG_TABLE_NAME || ':' || NEW.id THEN
            RAISE EXCEPTION 'L''état ne change que par une transition.'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF (OLD.etat, NEW.etat) NOT IN ({paires}) THEN
            RAISE EXCEPTION 'Le passage de % à % n''existe pas.', OLD.etat, NEW.etat
                USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
        """,
    )
