"""A step named by a button of a form: what was typed is saved first, then the step is confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponseRedirect
from django.urls import reverse

from financements.saisies import transitions_ouvertes

if TYPE_CHECKING:
    from django.http import HttpRequest

    from financements.models import Demande

PUIS = "_puis"


def vers_l_etape(request: HttpRequest, demande: Demande) -> HttpResponseRedirect | None:
    """Return the way to the confirmation that the button named, if that step is open to this person."""
    utilisateur: Any = request.user
    nom = request.POST.get(PUIS, "")
    if not nom or nom not in {etape.nom for etape in transitions_ouvertes(demande, utilisateur)}:
        return None
    return HttpResponseRedirect(reverse("admin:financements_demande_transition", args=[demande.pk, nom]))
