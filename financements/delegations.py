"""In whose name an officer acts on a file: her own, or by a delegation of signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F

from reseau.models import AffectationDreets, en_cours
from reseau.nombres import aujourdhui
from reseau.roles import roles_avec

if TYPE_CHECKING:
    from reseau.socle.etats import Contexte, Delegation


def delegation_de(demande: Any, contexte: Contexte, permission: str) -> Delegation:
    """Return who delegated this permission in the region of the file, and the act; nobody when it is hers."""
    tenues = AffectationDreets.objects.filter(
        en_cours(aujourdhui()),
        utilisateur=contexte.utilisateur,
        service=demande.region_id,
        role__in=roles_avec(f"demande.{permission}"),
    ).select_related("delegue_par")
    # A duty of her own comes first.
    tenue = tenues.order_by(F("delegue_par").asc(nulls_first=True), "du").first()
    if tenue is None or tenue.delegue_par is None:
        return None, ""
    return tenue.delegue_par, tenue.acte
