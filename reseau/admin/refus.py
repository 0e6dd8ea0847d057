"""What the database refuses becomes a sentence, whatever form it came through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import IntegrityError, OperationalError
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from psycopg.errors import CheckViolation, Error, LockNotAvailable, RaiseException

from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

PHRASE_PAR_DEFAUT = "Une autre personne vient de modifier ces données : relisez la page, puis recommencez."


def phrase(erreur: IntegrityError, *modeles: type[Model]) -> str:
    """Return the sentence of a refusal: the constraint's own, or the trigger's."""
    cause = erreur.__cause__
    if not isinstance(cause, Error):
        return PHRASE_PAR_DEFAUT
    for modele in modeles:
        for contrainte in modele._meta.constraints:
            if contrainte.name == cause.diag.constraint_name:
                return str(contrainte.get_violation_error_message())
    # A trigger of ours raises without naming a constraint, and speaks French.
    return str(cause.diag.message_primary) if _vient_de_nous(cause) else PHRASE_PAR_DEFAUT


def _vient_de_nous(cause: Error) -> bool:
    return isinstance(cause, CheckViolation | RaiseException) or (
        cause.sqlstate == "23000" and not cause.diag.constraint_name
    )


class AdminRefus(AdminPortee):
    """A page on which a late refusal of the database is a message, and a lock that does not come a 409."""

    modeles_lies: tuple[type[Model], ...] = ()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Let the form do its work; catch what only the database could see."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError as erreur:
            messages.error(request, phrase(erreur, self.model, *self.modeles_lies))
            return HttpResponseRedirect(request.get_full_path())
        except OperationalError as erreur:
            if not isinstance(erreur.__cause__, LockNotAvailable):
                raise
            return TemplateResponse(request, "409.html", {"retour": request.get_full_path()}, status=409)
