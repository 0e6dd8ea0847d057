"""Who sees which order: the school's staff only. Officers read ``commandes.indicateurs``, never rows."""

from __future__ import annotations

from django.db.models import Model

from ecoles.requetes import RequeteTerritoire


class RequeteAtelier[M: Model](RequeteTerritoire[M]):
    """Rows with a key to their school, seen by its staff alone."""

    vers_region = ""


class RequeteParCommande[M: Model](RequeteTerritoire[M]):
    """Rows of an order."""

    vers_ecole = "commande__ecole"
    vers_region = ""


class RequeteCommandes[M: Model](RequeteAtelier[M]):
    """Orders."""
