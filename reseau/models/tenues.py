"""What follows from the roles that a person holds today, wherever they were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reseau.models.periodes import en_cours
from reseau.nombres import aujourdhui
from reseau.roles import roles_avec

if TYPE_CHECKING:
    from django.db.models import QuerySet


class RolesTenus:
    """The territories of a person, asked of her roles; who inherits says which roles she holds.

    ``roles_d_ecole``: ``None`` as long as nobody read them.
    """

    roles_d_ecole: frozenset[str] | None = None
    roles_regionaux: Any
    roles_nationaux: Any
    affectations: Any

    def peut_a_l_ecole(self, permission: str) -> bool:
        """Whether a school role may grant ``permission``: nothing known of this person excludes it."""
        return self.roles_d_ecole is None or bool(self.roles_d_ecole.intersection(roles_avec(permission)))

    def peut_en_region(self, permission: str) -> bool:
        """The same for a State role in a region."""
        connus = vars(self).get("roles_regionaux")
        return connus is None or bool(connus.intersection(roles_avec(permission)))

    def detient_en_region(self, permission: str) -> bool:
        """Whether a State role held today grants ``permission`` in some region."""
        return bool(self.roles_regionaux.intersection(roles_avec(permission)))

    def detient_au_national(self, permission: str) -> bool:
        """Whether a national role held today grants ``permission`` everywhere."""
        return bool(self.roles_nationaux.intersection(roles_avec(permission)))

    def regions_pour(self, permission: str) -> QuerySet[Any, str]:
        """Region codes where a State role held today grants ``permission``, as a subquery."""
        tenues = self.affectations.filter(en_cours(aujourdhui()), role__in=roles_avec(permission))
        codes: QuerySet[Any, str] = tenues.order_by().values_list("service_id", flat=True)
        return codes
