"""What the database holds about bank details: entered by one, confirmed by another, never rewritten."""

from __future__ import annotations

import pgtrigger

IBAN_FIGE = pgtrigger.Trigger(
    name="iban_fige",
    operation=pgtrigger.Update,
    when=pgtrigger.Before,
    func="""
    IF (NEW.ecole_id, NEW.iban, NEW.du, NEW.saisi_par_id)
       IS DISTINCT FROM (OLD.ecole_id, OLD.iban, OLD.du, OLD.saisi_par_id)
       OR (OLD.confirme_par_id IS NOT NULL AND NEW.confirme_par_id IS DISTINCT FROM OLD.confirme_par_id) THEN
        RAISE EXCEPTION 'Un IBAN ne se modifie pas : le nouveau s''ajoute.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
    """,
)
