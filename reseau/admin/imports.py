"""The door of imports in the admin: deposit a file, see what it would do, answer, accept as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from reseau.admin.apercu import onglets, rangees, totaux
from reseau.socle.lots import ImportRefuse, abandonner, accepter, corriger, deposer, lire_ou_confier
from reseau.socle.portee import AdminPortee
from reseau.socle.ressources import Ressource, lire_le_lot, ressource_de

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.urls import URLPattern

    from reseau.models import LotImport, Utilisateur

LIGNES_PAR_PAGE = 25
_CHANGE = "Depuis cet aperçu, des fiches ont changé : le voici mis à jour, vérifiez-le avant d'accepter."


class FormulaireImport(forms.Form):
    """A file; a trade adds what is true of all its lines."""

    fichier = forms.FileField(
        label="Fichier XLSX, ODS ou CSV",
        help_text="20 Mo et 100 000 lignes au plus. Rien n'est enregistré avant votre accord.",
    )


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
    change_list_template = "admin/imports/liste.html"

    def options_import(self, donnees: Mapping[str, Any]) -> dict[str, Any]:
        """What the batch keeps of the form, besides the file."""
        return {}

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
        regions = territoire_d_import(utilisateur, self.ressource.permission)
        formulaire = self.formulaire_pour(request)
        if request.method == "POST" and formulaire.is_valid():
            lot = self._deposer(formulaire, utilisateur, regions)
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
            "liste": opts.verbose_name_plural,
        }
        return TemplateResponse(request, "admin/imports/importer.html", contexte)

    def _deposer(
        self, formulaire: FormulaireImport, utilisateur: Any, regions: list[str] | None
    ) -> LotImport | None:
        donnees = formulaire.cleaned_data
        options = self.options_import(donnees)
        try:
            lot = deposer(
                self.ressource.nature, donnees["fichier"], options, par=utilisateur, regions=regions
            )
        except ImportRefuse as refus:
            formulaire.add_error("fichier", str(refus))
            return None
        lire_ou_confier(lot)
        return lot


class LotImportAdmin(AdminPortee):
    """Batches of the territory; the page of one is its preview."""

    list_display = ("nom_fichier", "etat", "resultat", "depose_par", "depose_le")
    list_filter = ("etat",)
    list_select_related = ("depose_par",)
    ordering = ("-depose_le",)

    @admin.display(description="résultat")
    def resultat(self, lot: LotImport) -> str:
        """Totals."""
        return lot.refus or totaux(lot)

    def get_urls(self) -> list[URLPattern]:
        """Add what may be asked of a batch; each is a POST."""
        gestes = {
            "corriger": self._corriger, "accepter": self._accepter, "abandonner": self._abandonner,
            "reprendre": self._reprendre,
        }  # fmt: skip
        adresses = [
            path(
                f"<path:object_id>/{nom}/",
                self.admin_site.admin_view(_geste(self, geste)),
                name=f"reseau_lotimport_{nom}",
            )
            for nom, geste in gestes.items()
        ]
        return [*adresses, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The preview."""
        lot = self.lot(request, object_id)
        return TemplateResponse(request, "admin/imports/apercu.html", self._contexte(request, lot))

    def lot(self, request: HttpRequest, cle: str) -> LotImport:
        """The batch, when this person may see it; else 403 without the right, 404 outside the territory."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        lot: LotImport | None = self.get_object(request, cle)
        if lot is None:
            raise Http404("Cette page n'existe pas.")
        return lot

    def _contexte(self, request: HttpRequest, lot: LotImport) -> dict[str, Any]:
        choix = onglets(lot, request.GET.get("voir", ""))
        actif = next((o for o in choix if o["actif"]), None)
        lignes = lot.lignes.filter(verdict__in=actif["verdicts"] if actif else ()).order_by("numero")
        page = Paginator(lignes, LIGNES_PAR_PAGE).get_page(request.GET.get("page"))
        ecrites = lot.bilan.get("creer", 0) + lot.bilan.get("modifier", 0)
        return {
            **self.admin_site.each_context(request),
            "title": f"Import de « {lot.nom_fichier} »",
            "opts": self.model._meta,
            "lot": lot,
            "totaux": totaux(lot),
            "onglets": choix,
            "actif": actif["code"] if actif else "",
            "page": page,
            "rangees": rangees(lot, page.object_list),
            "ecrites": ecrites,
            "questions": lot.bilan.get("a_confirmer", 0) + lot.bilan.get("a_corriger", 0),
            "peut": request.user.has_perm(ressource_de(lot).permission),
        }

    def _corriger(self, request: HttpRequest, lot: LotImport) -> None:
        numero, champ = request.POST.get("ligne", ""), request.POST.get("champ", "")
        valeur = (
            None if "annuler" in request.POST else request.POST.get("valeur", request.POST.get("saisie", ""))
        )
        corriger(lot, int(numero) if numero.isascii() and numero.isdigit() else 0, champ, valeur)
        messages.success(request, f"Ligne {numero} : c'est noté, les lignes sont de nouveau vérifiées.")

    def _accepter(self, request: HttpRequest, lot: LotImport) -> None:
        if accepter(lot, request.user):  # type: ignore[arg-type]
            messages.success(request, f"C'est enregistré : {totaux(lot)}.")
        else:
            messages.warning(request, _CHANGE)

    def _abandonner(self, request: HttpRequest, lot: LotImport) -> None:
        abandonner(lot)
        messages.success(request, "L'import est abandonné : rien n'a été enregistré.")

    def _reprendre(self, request: HttpRequest, lot: LotImport) -> None:
        lire_le_lot(lot)


def _geste(page: LotImportAdmin, geste: Any) -> Any:
    """A view that does one thing to a batch, then shows its preview again."""

    def vue(request: HttpRequest, object_id: str) -> HttpResponse:
        lot = page.lot(request, object_id)
        if not request.user.has_perm(ressource_de(lot).permission):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        try:
            geste(request, lot)
        except ImportRefuse as refus:
            messages.error(request, str(refus))
        suite = {"voir": request.POST.get("voir", ""), "page": request.POST.get("page", "")}
        adresse = reverse(
            "admin:reseau_lotimport_change", args=[lot.pk], query={c: v for c, v in suite.items() if v}
        )
        return HttpResponseRedirect(adresse)

    return vue
