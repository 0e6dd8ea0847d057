"""What the database holds about simulations: rows of one region and year, and none after it is applied."""

from __future__ import annotations

import pgtrigger

from financements.models.declencheurs_versements import refuser

_TOUT = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

SIMULATION_APPLIQUEE = pgtrigger.Trigger(
    name="simulation_appliquee",
    operation=pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.Before,
    func=f"""
    IF OLD.appliquee_le IS NOT NULL THEN
        {refuser("Une simulation appliquée ne change plus : copiez-la.")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF NEW.enveloppe_id <> OLD.enveloppe_id THEN
        {refuser("Une simulation ne change pas d'enveloppe.")}
    END IF;
    NEW.version := OLD.version + 1;
    RETURN NEW;
    """,
)

# The simulation is locked first: it cannot be applied while one of its rows is being written.
LIGNE_DE_SA_SIMULATION = pgtrigger.Trigger(
    name="ligne_de_sa_simulation",
    operation=_TOUT,
    when=pgtrigger.Before,
    declare=[("cle", "uuid"), ("racine", "record")],
    func=f"""
    cle := CASE WHEN TG_OP = 'DELETE' THEN OLD.simulation_id ELSE NEW.simulation_id END;
    SELECT s.appliquee_le, e.service_id, e.exercice INTO racine FROM financements_simulation s
      JOIN financements_enveloppe e ON e.id = s.enveloppe_id WHERE s.id = cle FOR NO KEY UPDATE OF s;
    IF racine.appliquee_le IS NOT NULL THEN
        {refuser("Une simulation appliquée ne change plus : copiez-la.")}
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF TG_OP = 'UPDATE' AND (NEW.simulation_id, NEW.ligne_id) <> (OLD.simulation_id, OLD.ligne_id) THEN
        {refuser("Une ligne simulée ne change ni de simulation, ni de demande.")}
    END IF;
    IF NOT EXISTS (
        SELECT FROM financements_ligneeffectif l JOIN financements_demande d ON d.id = l.demande_id
          JOIN financements_campagne c ON c.id = d.campagne_id
         WHERE l.id = NEW.ligne_id AND d.region_id = racine.service_id AND c.exercice = racine.exercice) THEN
        {refuser("Une simulation ne prend que des demandes de sa région et de son exercice.")}
    END IF;
    RETURN NEW;
    """,
)

PORTER_A_LA_VERSION = pgtrigger.Trigger(
    name="porter_a_la_version",
    operation=_TOUT,
    when=pgtrigger.After,
    func="""
    UPDATE financements_simulation SET version = version
     WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.simulation_id ELSE NEW.simulation_id END;
    RETURN NULL;
    """,
)
