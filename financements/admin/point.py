"""The "Point pour la direction" on the page of an envelope: one A4 sheet to print, one workbook."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse

from financements.point import en_tableur, en_texte, point
from reseau.nombres import aujourdhui
from reseau.socle.documents import RenduImpossible, rendre_pdf
from reseau.socle.export_classeurs import ecrire_classeur
from reseau.socle.exports import FORMATS
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from django.urls import URLPattern

    from financements.models import Enveloppe


class AdminPoint(AdminPortee):
    """Two addresses under an envelope: a person reads there what she may read of the envelope."""

    def get_urls(self) -> list[URLPattern]:
        """Add them."""
        vue = self.admin_site.admin_view(self.vue_point)
        nom = "financements_enveloppe_point"
        return [path("<uuid:object_id>/point.<str:genre>", vue, name=nom), *super().get_urls()]

    def liens_du_point(self, enveloppe: Enveloppe) -> list[tuple[str, str]]:
        """Words and addresses, for the page of the envelope."""
        return [
            (mot, reverse("admin:financements_enveloppe_point", args=[enveloppe.pk, genre]))
            for genre, mot in (("pdf", "PDF, une page à imprimer"), ("xlsx", "XLSX, tableur"))
        ]

    def vue_point(self, request: HttpRequest, object_id: Any, genre: str) -> HttpResponse:
        """The sheet of today."""
        enveloppe = self.get_object(request, str(object_id))
        if enveloppe is None or genre not in {"pdf", "xlsx"}:
            raise Http404("Cette page n'existe pas.")
        if not self.has_view_permission(request, enveloppe):
            raise Http404("Cette page n'existe pas.")
        nom = f"point-{enveloppe.service_id}-{enveloppe.exercice}-{aujourdhui():%Y-%m-%d}.{genre}"
        if genre == "xlsx":
            return _piece_jointe(_classeur(enveloppe), nom, FORMATS["xlsx"])
        try:
            contexte = en_texte(point(enveloppe)) | {"demonstration": settings.DEMONSTRATION}
            return _piece_jointe(rendre_pdf("financements/point.html", contexte), nom, "application/pdf")
        except RenduImpossible as refus:
            retour = reverse("admin:financements_enveloppe_change", args=[enveloppe.pk])
            return render(request, "503.html", {"phrase": str(refus), "retour": retour}, status=503)


def _classeur(enveloppe: Enveloppe) -> bytes:
    sortie = io.BytesIO()
    ecrire_classeur(en_tableur(point(enveloppe)), sortie)
    return sortie.getvalue()


def _piece_jointe(contenu: bytes, nom: str, genre: str) -> HttpResponse:
    reponse = HttpResponse(contenu, content_type=genre)
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    return reponse
