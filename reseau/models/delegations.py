"""What the database holds about delegations of signature: by an act, dated, never passed on.

A delegation is an assignment held in somebody else's name. The one who delegates holds the duty herself on
every day of it, and her own assignment does not end before it.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.core.exceptions import ValidationError
from django.db.models import Q

DELEGATION_EN_REGLE = pgtrigger.Trigger(
    name="delegation_en_regle",
    operation=pgtrigger.Insert | pgtrigger.Update,
    when=pgtrigger.Before,
    condition=pgtrigger.Q(new__delegue_par__isnull=False),
    func="""
    IF NOT EXISTS (
        SELECT FROM reseau_affectationdreets a
         WHERE a.utilisateur_id = NEW.delegue_par_id AND a.delegue_par_id IS NULL AND a.id <> NEW.id
           AND (a.service_id, a.role) = (NEW.service_id, NEW.role)
           AND daterange(a.du, a.au, '[]') @> daterange(NEW.du, NEW.au, '[]')) THEN
        RAISE EXCEPTION
            'On ne délègue qu''un rôle que l''on tient soi-même, dans ce service et pendant toute la période.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
    """,
)

DELEGANT_TOUJOURS_LA = pgtrigger.Trigger(
    name="delegant_toujours_la",
    operation=pgtrigger.Update | pgtrigger.Delete,
    when=pgtrigger.After,
    condition=pgtrigger.Q(old__delegue_par__isnull=True),
    func="""
    IF EXISTS (
        SELECT FROM reseau_affectationdreets d
         WHERE d.delegue_par_id = OLD.utilisateur_id
           AND (d.service_id, d.role) = (OLD.service_id, OLD.role)
           AND daterange(d.du, d.au, '[]') && daterange(OLD.du, OLD.au, '[]')
           AND NOT EXISTS (
               SELECT FROM reseau_affectationdreets a
                WHERE a.utilisateur_id = d.delegue_par_id AND a.delegue_par_id IS NULL
                  AND (a.service_id, a.role) = (d.service_id, d.role)
                  AND daterange(a.du, a.au, '[]') @> daterange(d.du, d.au, '[]'))) THEN
        RAISE EXCEPTION 'Cette personne a délégué sa signature au-delà : terminez d''abord la délégation.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
    """,
)


def refuser_la_delegation(affectation: Any) -> None:
    """Refuse, at its field, an assignment whose delegation is not whole; to be called by ``clean``."""
    if affectation.delegue_par_id is None:
        if affectation.acte:
            raise ValidationError({"delegue_par": "Cet acte délègue la signature de qui ?"})
        return
    manques = {"acte": "Indiquez l'acte de délégation."} if not affectation.acte else {}
    manques |= {"au": "Une délégation a une fin."} if affectation.au is None else {}
    if manques:
        raise ValidationError(manques)
    siennes = type(affectation)._default_manager.filter(
        Q(au__isnull=True) | Q(au__gte=affectation.au),
        utilisateur=affectation.delegue_par_id,
        delegue_par=None,
        service=affectation.service_id,
        role=affectation.role,
        du__lte=affectation.du,
    )
    if not siennes.exists():
        raise ValidationError(
            {"delegue_par": "Cette personne ne tient pas ce rôle elle-même pendant toute la période."}
        )
