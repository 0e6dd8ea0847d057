"""Take a list out of the admin: a button for the list as it is filtered, an action for chosen rows."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.options import Action, IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from reseau.models import TraceExport
from reseau.nombres import aujourdhui
from reseau.socle.export_classeurs import ecrire_ods, ecrire_xlsx
from reseau.socle.export_csv import ecrire_csv
from reseau.socle.exports import FORMATS, rangees
from reseau.socle.portee import AdminPortee, visibles

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.urls import URLPattern

    from reseau.socle.exports import Export

NB_CHOISIES_MAXIMAL = 1_000
# Beyond this a file goes to the disk while it is written.
_EN_MEMOIRE = 1024 * 1024


class FormulaireExport(forms.Form):
    """In which form the list leaves."""

    format = forms.ChoiceField(
        label="Format",
        choices=(
            ("xlsx", "XLSX (Excel, LibreOffice)"),
            ("ods", "ODS (LibreOffice)"),
            ("csv", "CSV (séparé par des points-virgules)"),
        ),
        initial="xlsx",
        widget=forms.RadioSelect,
    )


class AvecExport(AdminPortee):
    """A list that may be taken out, row by row of what this person may export and of nothing else."""

    export: ClassVar[Export]
    change_list_template = "admin/imports/liste.html"

    def get_urls(self) -> list[URLPattern]:
        """Add the page of export."""
        opts = self.model._meta
        vue = self.admin_site.admin_view(self.vue_exporter)
        nom = f"{opts.app_label}_{opts.model_name}_exporter"
        return [path("exporter/", vue, name=nom), *super().get_urls()]

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> Any:
        """Offer the action to who may."""
        actions = super().get_actions(request, action_location)
        if action_location is ActionLocation.CHANGE_LIST and request.user.has_perm(self.export.permission):
            actions["exporter"] = Action(
                func=_exporter_la_selection,  # type: ignore[arg-type]
                name="exporter",
                description="Exporter la sélection",
                plural_description="Exporter la sélection",
                locations=[ActionLocation.CHANGE_LIST],
            )
        return actions

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Give the list its button, with the filters of the moment."""
        lien = self._adresse(request) if request.user.has_perm(self.export.permission) else ""
        return super().changelist_view(request, {"lien_export": lien, **(extra_context or {})})

    def _adresse(self, request: HttpRequest) -> str:
        opts = self.model._meta
        adresse = reverse(f"admin:{opts.app_label}_{opts.model_name}_exporter")
        return f"{adresse}?{request.GET.urlencode()}" if request.GET else adresse

    def choisir_le_format(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Ask for the format, then give the rows chosen."""
        cles = [
            str(cle) for cle in queryset.order_by().values_list("pk", flat=True)[: NB_CHOISIES_MAXIMAL + 1]
        ]
        if len(cles) > NB_CHOISIES_MAXIMAL:
            messages.error(request, "Au-delà de 1 000 lignes, filtrez la liste puis exportez-la entière.")
            return None
        return self._page_d_export(request, FormulaireExport(), self._exportables(request, cles), cles)

    def vue_exporter(self, request: HttpRequest) -> HttpResponse:
        """GET: which rows, which format. POST: the file, and its trace."""
        if not request.user.has_perm(self.export.permission):
            raise PermissionDenied
        recu = request.method == "POST"
        cles = request.POST.getlist("cle")
        try:
            ensemble = self._exportables(request, cles)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(reverse("admin:index"))
        formulaire = FormulaireExport(request.POST if recu else None)
        if recu and formulaire.is_valid():
            return self._donner(request, ensemble, formulaire.cleaned_data["format"])
        return self._page_d_export(request, formulaire, ensemble, cles)

    def _exportables(self, request: HttpRequest, cles: list[str]) -> QuerySet[Any]:
        """The rows chosen, or those of the filtered list; among those this person may export."""
        permises: QuerySet[Any] = visibles(self.model, request, self.export.permission.partition(".")[2])
        if cles:
            try:
                return permises.filter(pk__in=cles).order_by(*self.get_ordering(request))
            except (ValidationError, ValueError):
                return permises.none()
        liste: QuerySet[Any] = self.get_changelist_instance(request).queryset
        return liste.filter(pk__in=permises.order_by().values("pk"))

    def _page_d_export(
        self, request: HttpRequest, formulaire: FormulaireExport, ensemble: QuerySet[Any], cles: list[str]
    ) -> HttpResponse:
        opts = self.model._meta
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"Exporter des {self.export.libelle}",
            "opts": opts,
            "formulaire": formulaire,
            "nombre": ensemble.order_by().count(),
            "cles": cles,
            "colonnes": self.export.titres,
            "personnel": self.export.personnel,
            "envoi": self._adresse(request),
            "retour": reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"),
            "liste": opts.verbose_name_plural,
        }
        return TemplateResponse(request, "admin/exports/exporter.html", contexte)

    def _donner(self, request: HttpRequest, ensemble: QuerySet[Any], genre: str) -> HttpResponse:
        """Write the whole file first: it is sent entire or not at all."""
        fichier: BinaryIO = tempfile.SpooledTemporaryFile(max_size=_EN_MEMOIRE)  # type: ignore[assignment]  # noqa: SIM115
        try:
            nombre = _ecrire(self.export, ensemble, genre, fichier)
        except BaseException:
            fichier.close()
            raise
        TraceExport.objects.create(
            nature=self.export.nature,
            format=genre,
            nb_lignes=nombre,
            personnel=self.export.personnel,
            par=request.user,  # type: ignore[misc]
        )
        fichier.seek(0)
        nom = f"{self.export.nature}-{aujourdhui():%Y-%m-%d}.{genre}"
        return FileResponse(fichier, as_attachment=True, filename=nom, content_type=FORMATS[genre])  # type: ignore[return-value]


def _exporter_la_selection(
    page: AvecExport, request: HttpRequest, queryset: QuerySet[Any]
) -> HttpResponse | None:
    return page.choisir_le_format(request, queryset)


def _ecrire(export: Export, ensemble: QuerySet[Any], genre: str, sortie: BinaryIO) -> int:
    if genre == "csv":
        return ecrire_csv(export, ensemble, sortie)
    ecrire = ecrire_xlsx if genre == "xlsx" else ecrire_ods
    return ecrire(export, rangees(export, ensemble), sortie)
