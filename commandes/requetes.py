"""Who sees which order: the school's staff only. Officers read ``commandes.indicateurs``, never rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Model

from ecoles.requetes import RequeteTerritoire

if TYPE_CHECKING:
    from commandes.models import Commande


class RequeteAtelier[M: Model](RequeteTerritoire[M]):
    """Rows with a key to their school, seen by its staff alone."""

    vers_region = ""


class RequeteParCommande[M: Model](RequeteTerritoire[M]):
    """Rows of an order."""

    vers_ecole = "commande__ecole"
    vers_region = ""


class RequeteCommandes(RequeteAtelier["Commande"]):
    """Orders."""
