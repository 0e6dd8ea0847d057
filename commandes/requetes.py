"""Who sees which order: the school's staff only. Officers read ``commandes.indicateurs``, never rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db.models import DecimalField, Model, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from commandes.etats import A_L_ATELIER, Etat
from ecoles.requetes import RequeteTerritoire

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal


class RequeteAtelier[M: Model](RequeteTerritoire[M]):
    """Rows with a key to their school, seen by its staff alone."""

    vers_region = ""


class RequeteParCommande[M: Model](RequeteTerritoire[M]):
    """Rows of an order."""

    vers_ecole = "commande__ecole"
    vers_region = ""


class RequeteBlocs[M: Model](RequeteParCommande[M]):
    """Links between orders and blocs."""


class RequetePointages[M: Model](RequeteParCommande[M]):
    """Minutes of learners."""

    def valides(self) -> Self:
        """Keep what counts: what the rules allow."""
        return self.filter(etat="valide")

    def a_regulariser(self) -> Self:
        """Keep what is out of every count until a piece comes."""
        return self.filter(etat="a_regulariser")


class RequeteCommandes[M: Model](RequeteAtelier[M]):
    """Orders."""

    def avec_total(self) -> Self:
        """Add ``total_ht``, the sum of the nets of the lines, in euros."""
        ligne: Any = self.model._meta.get_field("lignes").related_model
        lignes = ligne._default_manager
        somme = (
            lignes.filter(commande=OuterRef("pk")).order_by().values("commande").annotate(s=Sum("net"))
        ).values("s")
        euros: DecimalField[Decimal, Decimal] = DecimalField(max_digits=16, decimal_places=2)
        return self.annotate(
            total_ht=Coalesce(Subquery(somme, output_field=euros), Value(0, output_field=euros))
        )

    def a_l_atelier(self, jour: date) -> Self:
        """Keep the orders on which one could work on ``jour``."""
        livree_depuis = Q(etat=Etat.LIVREE, livree_le__gte=jour)
        return self.filter(Q(etat__in=sorted(A_L_ATELIER)) | livree_depuis, recue_le__lte=jour)
