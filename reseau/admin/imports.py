"""The door of imports in the admin: a list has a button, and a page on which to deposit a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from reseau.socle.lots import ImportRefuse, deposer, lire_ou_confier
from reseau.socle.portee import AdminPortee, laisser_entier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from django.urls import URLPattern

    from reseau.models import LotImport, Utilisateur
    from reseau.socle.ressources import Ressource


class FormulaireImport(forms.Form):
    """A file; a trade adds what is true of all its lines."""

    fichier = forms.FileField(
        label="Fichier XLSX, ODS ou CSV",
        help_text="20 Mo et 100 000 lignes au plus. Rien n'est enregistré avant votre accord.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for champ in self.fields.values():
            laisser_entier(champ)


def territoire_d_import(utilisateur: Utilisateur, permission: str) -> list[str] | None:
    """Regions this person may import into; ``None`` for the country. Raises when there is none."""
    if utilisateur.is_superuser or utilisateur.detient_au_national(permission):
        return None
    regions = sorted(set(utilisateur.regions_pour(permission)))
    if not regions:
        raise PermissionDenied
    return regions


class AvecImport(AdminPortee):
    """A list with a button « Importer » for who may; the rest happens on the batch's own page."""

    ressource: ClassVar[type[Ressource]]
    formulaire_import: ClassVar[type[FormulaireImport]] = FormulaireImport
    # Where the spreadsheet to fill in is, from the page of deposit; nothing when there is none.
    modele_a_remplir: ClassVar[str] = ""
    change_list_template = "admin/imports/liste.html"

    def options_import(self, donnees: Mapping[str, Any]) -> dict[str, Any]:
        """What the batch keeps of the form, besides the file."""
        return {}

    def territoire_pour(
        self, request: HttpRequest, donnees: Mapping[str, Any]
    ) -> Sequence[str] | UUID | None:
        """Where the batch may write. Raises ``PermissionDenied`` when nowhere."""
        return territoire_d_import(request.user, self.ressource.permission)  # type: ignore[arg-type]

    def formulaire_pour(self, request: HttpRequest) -> FormulaireImport:
        """The form, for this person."""
        recu = request.method == "POST"
        return self.formulaire_import(request.POST if recu else None, request.FILES if recu else None)

    def get_urls(self) -> list[URLPattern]:
        """Add the page of deposit."""
        opts = self.model._meta
        vue = self.admin_site.admin_view(self.vue_importer)
        return [
            path("importer/", vue, name=f"{opts.app_label}_{opts.model_name}_importer"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Give the list its button."""
        lien = ""
        if request.user.has_perm(self.ressource.permission):
            opts = self.model._meta
            lien = reverse(f"admin:{opts.app_label}_{opts.model_name}_importer")
        page: HttpResponse = super().changelist_view(request, {"lien_import": lien, **(extra_context or {})})
        return page

    def vue_importer(self, request: HttpRequest) -> HttpResponse:
        """GET: the form. POST: keep the file, read it, show what it would do."""
        utilisateur: Any = request.user
        if not utilisateur.has_perm(self.ressource.permission):
            raise PermissionDenied
        formulaire = self.formulaire_pour(request)
        self.territoire_pour(request, {})
        if request.method == "POST" and formulaire.is_valid():
            lot = self._deposer(request, formulaire)
            if lot is not None:
                return HttpResponseRedirect(reverse("admin:reseau_lotimport_change", args=[lot.pk]))
        opts = self.model._meta
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"Importer des {self.ressource.libelle}",
            "opts": opts,
            "formulaire": formulaire,
            "colonnes": self.ressource.colonnes,
            "retour": reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"),
            "modele": self.modele_a_remplir,
            "liste": opts.verbose_name_plural,
        }
        return TemplateResponse(request, "admin/imports/importer.html", contexte)

    def _deposer(self, request: HttpRequest, formulaire: FormulaireImport) -> LotImport | None:
        donnees = formulaire.cleaned_data
        try:
            lot = deposer(
                self.ressource.nature,
                donnees["fichier"],
                self.options_import(donnees),
                par=request.user,  # type: ignore[arg-type]
                territoire=self.territoire_pour(request, donnees),
            )
        except ImportRefuse as refus:
            formulaire.add_error("fichier", str(refus))
            return None
        lire_ou_confier(lot)
        return lot
