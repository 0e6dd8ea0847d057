"""Crossing a transition on many files: each for itself, in its own transaction, resumable at any point."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, OperationalError, transaction
from django.db.models import Count, Max, Q
from psycopg.errors import LockNotAvailable

from reseau.models import ActionEnLot, LigneActionEnLot, Utilisateur
from reseau.nombres import maintenant
from reseau.socle.etats import Contexte, TransitionRefusee

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db import models

    from reseau.socle.etats import Machine

_traces = logging.getLogger(__name__)
_Etat = LigneActionEnLot.Etat
OCCUPE = "Une autre personne agit sur ce dossier en ce moment. Réessayez dans un instant."
_ACCIDENT = "Une erreur est survenue : ce dossier n'a pas changé. Ouvrez-le et réessayez."
_FERME = "Le compte qui a demandé cette action est fermé."
_DISPARU = "Ce dossier n'existe plus."


def demander(liste: str, transition: str, objets: Sequence[UUID], par: Utilisateur) -> ActionEnLot:
    """Keep what was asked, in the order of the list; nothing is crossed yet."""
    with transaction.atomic():
        action = ActionEnLot.objects.create(liste=liste, transition=transition, demandee_par=par)
        LigneActionEnLot.objects.bulk_create(
            LigneActionEnLot(action=action, rang=rang, objet=objet) for rang, objet in enumerate(objets, 1)
        )
    return action


def avancer(action: ActionEnLot, modele: type[models.Model], machine: Machine) -> int:
    """Cross every file that is still to do; return how many were treated here.

    Safe to run again after any accident, and twice at once: a row goes to one of them, once.
    """
    nombre = 0
    while _avancer_d_un(action, modele, machine):
        nombre += 1
    return nombre


def _avancer_d_un(action: ActionEnLot, modele: type[models.Model], machine: Machine) -> bool:
    """Take the next row; it and the transition are of one transaction."""
    with transaction.atomic():
        libres = action.lignes.select_for_update(skip_locked=True).filter(etat=_Etat.A_FAIRE)
        ligne = libres.order_by("rang").first()
        if ligne is None:
            return False
        refus = _franchir(action, ligne.objet, modele, machine)
        ligne.etat = _Etat.REFUSEE if refus else _Etat.FAITE
        ligne.texte, ligne.traitee_le = "\n".join(refus), maintenant()
        ligne.save(update_fields=["etat", "texte", "traitee_le"])
    return True


def _franchir(action: ActionEnLot, cle: UUID, modele: type[models.Model], machine: Machine) -> list[str]:
    """Cross one file with the rights that the person holds at this instant."""
    par = Utilisateur.objects.get(pk=action.demandee_par_id)
    if not par.is_active:
        return [_FERME]
    objet: Any = modele._default_manager.filter(pk=cle).first()
    if objet is None:
        return [_DISPARU]
    try:
        with transaction.atomic():
            machine.franchir(objet, action.transition, Contexte(par))
    except TransitionRefusee as refus:
        return refus.refus
    except OperationalError as erreur:
        if isinstance(erreur.__cause__, LockNotAvailable):
            return [OCCUPE]
        raise
    except (DatabaseError, ValueError, TypeError, AttributeError, LookupError):
        _traces.exception("action en lot %s, dossier %s", action.pk, cle)
        return [_ACCIDENT]
    return []


@dataclass(frozen=True)
class Avancement:
    """How far an action is: counts of rows, and when the last one was treated."""

    total: int
    faites: int
    refusees: int
    dernier_le: datetime | None

    @property
    def traitees(self) -> int:
        """Rows that are over."""
        return self.faites + self.refusees

    @property
    def finie(self) -> bool:
        """Whether nothing is left to do."""
        return self.traitees == self.total


def avancement(action: ActionEnLot) -> Avancement:
    """Count the rows of an action; one query."""
    lus = action.lignes.aggregate(
        total=Count("id"),
        faites=Count("id", filter=Q(etat=_Etat.FAITE)),
        refusees=Count("id", filter=Q(etat=_Etat.REFUSEE)),
        dernier_le=Max("traitee_le"),
    )
    return Avancement(**lus)
