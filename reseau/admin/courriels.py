"""What was sent, to whom and when: read by the functional administrator, changed by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from reseau.models import Courriel
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from django.http import HttpRequest


@admin.register(Courriel)
class CourrielAdmin(AdminPortee):
    """Mails of the portal, those that wait first seen by their state."""

    list_display = ("objet", "destinataire", "etat", "cree_le", "envoye_le", "nb_essais", "erreur")
    list_filter = ("etat",)
    list_select_related = ("destinataire",)
    search_fields = ("destinataire__courriel", "objet")
    ordering = ("-cree_le", "id")
    fields = (
        "destinataire", "objet", "corps", "etat", "cree_le", "envoye_le", "nb_essais", "reprendre_le",
        "erreur",
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A mail that left is what was read."""
        return self.fields
