"""The button of a learner's page that gives her data to her, or to her family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import path, reverse

from ecoles.acces import remettre
from reseau.models import TraceExport
from reseau.nombres import aujourdhui
from reseau.socle.documents import RenduImpossible
from reseau.socle.portee import AdminPortee, visibles

if TYPE_CHECKING:
    from django.urls import URLPattern


class AvecAcces(AdminPortee):
    """Adds the address of the file; it answers a POST, to who may give it, and keeps no copy."""

    def get_urls(self) -> list[URLPattern]:
        """Add it."""
        vue = self.admin_site.admin_view(self.vue_remettre)
        nom = "ecoles_apprenant_remettre"
        return [path("<uuid:object_id>/remettre/", vue, name=nom), *super().get_urls()]

    def vue_remettre(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """The zip; who asked for it and when is kept, not about whom."""
        jeune = self.get_object(request, str(object_id))
        if jeune is None:
            raise Http404("Cette page n'existe pas.")
        if not visibles(self.model, request, "remettre").filter(pk=jeune.pk).exists():
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        site: Any = self.admin_site
        utilisateur: Any = request.user
        try:
            contenu, nombre = remettre(jeune, site.parts_d_acces(), utilisateur)
        except RenduImpossible as refus:
            messages.error(request, str(refus))
            return HttpResponseRedirect(reverse("admin:ecoles_apprenant_change", args=[jeune.pk]))
        TraceExport.objects.create(
            nature="acces",
            format="zip",
            nb_lignes=nombre,
            personnel=True,
            par=request.user,  # type: ignore[misc]
        )
        nom = f"donnees-{aujourdhui():%Y-%m-%d}.zip"
        entetes = {
            "Content-Disposition": f'attachment; filename="{nom}"', "Cache-Control": "private, no-store"
        }  # fmt: skip
        return HttpResponse(contenu, content_type="application/zip", headers=entetes)
