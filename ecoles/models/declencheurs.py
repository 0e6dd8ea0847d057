"""What the database refuses about schools, parcours and groups, whatever path they come by.

``ecoles.regles_parcours`` says the same in Python, with the same sentences: change both.
"""

from __future__ import annotations

from typing import Any

import pgtrigger


def _refuser(phrase: str) -> str:
    """Spell the refusal in PL/pgSQL; ``phrase`` is an SQL expression."""
    return f"RAISE EXCEPTION '%', {phrase} USING ERRCODE = 'check_violation';"


_ADRESSE_PRISE = _refuser("'Cette adresse a déjà été celle d''une autre école.'")


def garder_l_ancienne_adresse() -> pgtrigger.Trigger:
    """An address that changes answers 301 for ever, and no other school may take it."""
    return pgtrigger.Trigger(
        name="garder_l_ancienne_adresse",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("slug"),  # type: ignore[no-untyped-call]
        when=pgtrigger.After,
        func=f"""
        IF EXISTS (SELECT FROM ecoles_ancienslug WHERE slug = NEW.slug AND ecole_id <> NEW.id) THEN
            {_ADRESSE_PRISE}
        END IF;
        IF TG_OP = 'UPDATE' AND NEW.slug <> OLD.slug THEN
            DELETE FROM ecoles_ancienslug WHERE slug = NEW.slug;
            INSERT INTO ecoles_ancienslug (slug, ecole_id) VALUES (OLD.slug, OLD.id) ON CONFLICT DO NOTHING;
        END IF;
        RETURN NULL;
        """,
    )


def ancienne_adresse_libre() -> pgtrigger.Trigger:
    """An old address is nobody else's present one, and never passes from a school to another."""
    return pgtrigger.Trigger(
        name="ancienne_adresse_libre",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func=f"""
        IF EXISTS (SELECT FROM ecoles_ecole WHERE slug = NEW.slug AND id <> NEW.ecole_id)
           OR TG_OP = 'UPDATE' AND NEW.ecole_id <> OLD.ecole_id THEN
            {_ADRESSE_PRISE}
        END IF;
        RETURN NEW;
        """,
    )


def parcours_du_titre() -> pgtrigger.Trigger:
    """Each title is by itself a parcours of one step, under its own code, as soon as it exists."""
    return pgtrigger.Trigger(
        name="parcours_du_titre",
        operation=pgtrigger.Insert,
        when=pgtrigger.After,
        func="""
        INSERT INTO ecoles_parcours (code, nom, niveau_vise, duree_mois)
        VALUES (NEW.code_cfd,
                concat(CASE NEW.type WHEN 'CAPA' THEN 'CAP agricole' WHEN 'BAC_PRO' THEN 'Bac pro'
                       ELSE NEW.type END, ' ', NEW.intitule), NEW.niveau, NEW.duree_mois)
        ON CONFLICT DO NOTHING;
        INSERT INTO ecoles_etapeparcours (parcours_id, titre_id, rang, mois)
        SELECT NEW.code_cfd, NEW.code_cfd, 1, NEW.duree_mois
         WHERE NOT EXISTS (SELECT FROM ecoles_etapeparcours WHERE parcours_id = NEW.code_cfd);
        RETURN NULL;
        """,
    )


def etapes_en_ordre(quand: Any, codes: str) -> pgtrigger.Trigger:
    """Steps follow each other from 1, level 3 first, up to the level and the months of the parcours.

    ``quand`` is the operation, ``codes`` the SQL that names the parcours of the row.
    Looked at when the transaction ends: a parcours is rewritten in several statements.
    """
    return pgtrigger.Trigger(
        name="etapes_en_ordre",
        operation=quand,
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        declare=[("p", "record"), ("e", "record")],
        func=f"""
        FOR p IN SELECT * FROM ecoles_parcours WHERE code IN ({codes}) LOOP
            SELECT count(*) AS nb, max(s.rang) AS dernier, sum(s.mois) AS mois,
                   (array_agg(t.niveau ORDER BY s.rang DESC))[1] AS niveau,
                   array_agg(t.niveau ORDER BY s.rang) = array_agg(t.niveau ORDER BY t.niveau) AS montent
              INTO e FROM ecoles_etapeparcours s JOIN ecoles_titre t ON t.code_cfd = s.titre_id
             WHERE s.parcours_id = p.code;
            IF e.nb = 0 THEN {_refuser("'Un parcours a au moins une étape.'")} END IF;
            IF e.nb <> e.dernier THEN {_refuser("'Les étapes se suivent : 1, 2, 3.'")} END IF;
            IF NOT e.montent THEN {_refuser("'Le CAP vient avant le bac pro.'")} END IF;
            IF e.niveau <> p.niveau_vise THEN
                {_refuser("'La dernière étape donne le diplôme visé.'")}
            END IF;
            IF e.mois <> p.duree_mois THEN
                {_refuser("'La durée du parcours est la somme de celles de ses étapes.'")}
            END IF;
        END LOOP;
        RETURN NULL;
        """,
    )


def offre_d_un_parcours_fait() -> pgtrigger.Trigger:
    """A school offers a parcours that has steps, and keeps it once groups follow it."""
    return pgtrigger.Trigger(
        name="offre_d_un_parcours_fait",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("parcours_id", "ecole_id"),  # type: ignore[no-untyped-call]
        when=pgtrigger.Before,
        func=f"""
        IF NOT EXISTS (SELECT FROM ecoles_etapeparcours WHERE parcours_id = NEW.parcours_id) THEN
            {_refuser("'Ce parcours n''a pas encore d''étape.'")}
        END IF;
        IF TG_OP = 'UPDATE' AND (NEW.parcours_id, NEW.ecole_id) <> (OLD.parcours_id, OLD.ecole_id)
           AND EXISTS (SELECT FROM ecoles_groupe WHERE offre_id = OLD.id) THEN
            {_refuser("'Des groupes suivent ce parcours : il ne change plus.'")}
        END IF;
        RETURN NEW;
        """,
    )


def groupe_a_sa_place() -> pgtrigger.Trigger:
    """The step of a group belongs to the parcours of its offer."""
    return pgtrigger.Trigger(
        name="groupe_a_sa_place",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func=f"""
        IF NOT EXISTS (SELECT FROM ecoles_offre o JOIN ecoles_etapeparcours s ON s.parcours_id = o.parcours_id
                        WHERE o.id = NEW.offre_id AND s.id = NEW.etape_id) THEN
            {_refuser("'Cette étape n''est pas du parcours de ce groupe.'")}
        END IF;
        RETURN NEW;
        """,
    )


def maitre_de_l_ecole() -> pgtrigger.Trigger:
    """Who leads a group works in its school."""
    return pgtrigger.Trigger(
        name="maitre_de_l_ecole",
        operation=pgtrigger.Insert | pgtrigger.Update,
        when=pgtrigger.Before,
        func=f"""
        IF NOT EXISTS (SELECT FROM ecoles_groupe g JOIN ecoles_offre o ON o.id = g.offre_id
                         JOIN ecoles_membreequipe m ON m.ecole_id = o.ecole_id
                        WHERE g.id = NEW.groupe_id AND m.id = NEW.membreequipe_id) THEN
            {_refuser("'Cette personne n''est pas de l''équipe de l''école.'")}
        END IF;
        RETURN NEW;
        """,
    )
