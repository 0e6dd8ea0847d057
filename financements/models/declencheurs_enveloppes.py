"""What the database itself holds about envelopes: counters that only ledgers move, parents before children.

F1 (opened = sum of the movements), F3, F4 and F5 (opened of the children = delegated by the parent).
"""

from __future__ import annotations

import pgtrigger

_COMPTEURS = ("ae_ouvertes", "ae_engagees", "ae_deleguees", "cp_ouverts", "cp_payes", "cp_delegues")
_NEUFS = ", ".join(f"NEW.{nom}" for nom in _COMPTEURS)
_ANCIENS = ", ".join(f"OLD.{nom}" for nom in _COMPTEURS)
_IDENTITE = ", ".join("{0}." + nom for nom in ("service_id", "exercice", "parent_id"))

COMPTEURS_PAR_LES_REGISTRES = pgtrigger.Trigger(
    name="compteurs_par_les_registres",
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.Before,
    func=f"""
    IF TG_OP = 'UPDATE' AND ({_IDENTITE.format("NEW")}) IS DISTINCT FROM ({_IDENTITE.format("OLD")}) THEN
        RAISE EXCEPTION 'Le service, l''exercice et l''enveloppe d''origine ne changent pas.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF ({_NEUFS}) <> (0, 0, 0, 0, 0, 0) THEN
            RAISE EXCEPTION 'Une enveloppe naît vide : ses crédits viennent des mouvements.'
                USING ERRCODE = 'check_violation';
        END IF;
    ELSIF pg_trigger_depth() < 2 AND (TG_OP = 'DELETE' OR ({_NEUFS}) <> ({_ANCIENS})) THEN
        RAISE EXCEPTION 'Les crédits d''une enveloppe ne changent que par un mouvement.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
    """,
)

# One level only: locks are always taken on the parent first, and nobody waits in a circle.
SOUS_ENVELOPPE = pgtrigger.Trigger(
    name="sous_enveloppe",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__parent__isnull=False),
    func="""
    IF NOT EXISTS (SELECT FROM financements_enveloppe p
                    WHERE p.id = NEW.parent_id AND p.parent_id IS NULL AND p.id <> NEW.id
                      AND (p.service_id, p.exercice, p.programme)
                        = (NEW.service_id, NEW.exercice, NEW.programme)) THEN
        RAISE EXCEPTION
            'Une sous-enveloppe a le service, l''exercice et le programme d''une enveloppe de premier rang.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
    """,
)

MOUVEMENT_DE_SA_SORTE = pgtrigger.Trigger(
    name="mouvement_de_sa_sorte",
    operation=pgtrigger.Insert,
    when=pgtrigger.Before,
    declare=[("origine_id", "uuid")],
    func="""
    SELECT parent_id INTO origine_id FROM financements_enveloppe WHERE id = NEW.enveloppe_id;
    IF (origine_id IS NOT NULL) <> (NEW.nature IN ('delegation', 'retour')) THEN
        RAISE EXCEPTION
            'Les crédits d''une sous-enveloppe viennent de son enveloppe, par délégation, et d''elle seule.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
    """,
)

MOUVEMENT_AU_COMPTEUR = pgtrigger.Trigger(
    name="porter_au_compteur",
    operation=pgtrigger.Insert,
    when=pgtrigger.After,
    func="""
    UPDATE financements_enveloppe SET ae_deleguees = ae_deleguees + NEW.ae, cp_delegues = cp_delegues + NEW.cp
     WHERE id = (SELECT parent_id FROM financements_enveloppe WHERE id = NEW.enveloppe_id);
    UPDATE financements_enveloppe SET ae_ouvertes = ae_ouvertes + NEW.ae, cp_ouverts = cp_ouverts + NEW.cp
     WHERE id = NEW.enveloppe_id;
    RETURN NEW;
    """,
)
