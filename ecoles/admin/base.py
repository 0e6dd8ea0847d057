"""What the pages of a school's own rows share: its staff never has to say which school."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecoles.requetes import ecoles_pour
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from uuid import UUID

    from django import forms
    from django.db import models
    from django.http import HttpRequest


class AdminDeLEcole(AdminPortee):
    """Rows with a key ``ecole``: filled in for who has one school, asked from who has several."""

    def get_exclude(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """Hide the school from who has only one, and from an existing row: a row never changes school."""
        exclus = tuple(super().get_exclude(request, obj) or ())
        return (*exclus, "ecole") if obj is not None or self.seule_ecole(request) else exclus

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The same fields, without a school that need not be asked."""
        exclus = set(self.get_exclude(request, obj))
        return [
            (titre, {**options, "fields": [champ for champ in options["fields"] if champ not in exclus]})
            for titre, options in super().get_fieldsets(request, obj)
        ]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        """Give a new row its school before it is checked: unicity counts within the school."""
        formulaire = super().get_form(request, obj, change=change, **kwargs)
        cle = None if obj is not None else self.seule_ecole(request)
        if cle is None:
            return formulaire

        class FormulaireDeLEcole(formulaire):  # type: ignore[misc, valid-type]
            """The same form, for a row of the only school."""

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **kwargs)
                self.instance.ecole_id = cle

        return FormulaireDeLEcole

    def seule_ecole(self, request: HttpRequest) -> UUID | None:
        """Return the only school where this person may add such a row; nothing if none or several."""
        utilisateur: Any = request.user
        droit = f"{self.model._meta.model_name}.ajouter"
        cache = f"_seule_ecole_{droit}"
        if not hasattr(request, cache):
            cles = list(ecoles_pour(utilisateur, droit).distinct()[:2])
            setattr(request, cache, cles[0] if len(cles) == 1 else None)
        cle: UUID | None = getattr(request, cache)
        return cle
