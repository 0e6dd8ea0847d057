"""The page "Historique" of what has a history: what the database saw, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from reseau.socle.histoire import Suivi
from reseau.socle.lecture_histoire import evenements, raconter
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from django.db import models
    from django.http import HttpRequest, HttpResponse


class AvecHistoire(AdminPortee):
    """Shows the true history, where Django's own only knows what was typed in the admin."""

    object_history_template = "admin/histoire.html"
    # Fields that the form does not show and that whoever reads the page may read.
    lus_aussi: ClassVar[frozenset[str]] = frozenset()

    def suivis(self, request: HttpRequest, objet: models.Model) -> list[Suivi]:
        """Return what this person may read of the history of this object: the fields of its page."""
        return [self._borne(Suivi(self.model), request, objet)]

    def _borne(self, suivi: Suivi, request: HttpRequest, objet: models.Model) -> Suivi:
        """Of the object itself, keep the fields that its page shows to this person."""
        if suivi.modele is not self.model:
            return suivi
        montres = flatten_fieldsets(self.get_fieldsets(request, objet))
        return replace(suivi, champs=frozenset(map(str, montres)) | self.lus_aussi)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Find the object in the territory, then its history; 404 elsewhere."""
        objet = self.get_object(request, unquote(object_id))
        if objet is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, objet):
            raise PermissionDenied
        page = _page(request.GET.get("page", ""))
        lus, encore = evenements(self.suivis(request, objet), objet, page)
        request.current_app = self.admin_site.name
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"Historique : {objet}",
            "moments": raconter(lus),
            "plus_recent": page - 1,
            "plus_ancien": page + 1 if encore else 0,
            "module_name": str(capfirst(self.opts.verbose_name_plural)),
            "object": objet,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, contexte)


def _page(texte: str) -> int:
    """Return the number of the page; anything else than a number is the first."""
    lisible = texte.isascii() and texte.isdigit() and len(texte) < 6
    return max(int(texte), 1) if lisible else 1
