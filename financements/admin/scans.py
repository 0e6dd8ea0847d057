"""Signed acts that come back: one PDF is deposited, each page says what it is, a person says the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from financements.models import Acte, DepotScans, PageScan, ScanSigne
from financements.natures import MotifPage
from financements.scans import (
    actes_qui_attendent,
    deposer_scans,
    designer,
    ecarter,
    lire_depot,
    lire_ou_confier,
)
from financements.scans_demo import exemple_de_scans
from financements.scans_montres import etat_du_depot
from reseau.models import Region
from reseau.nombres import montrer_instant
from reseau.socle.fichiers import FichierRefuse
from reseau.socle.pages_numerisees import LecturePagesRefusee, image_de_page
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.urls import URLPattern


class FormulaireDepotScans(forms.Form):
    """The PDF, and the region when this person has several."""

    region = forms.ModelChoiceField(Region.objects.none(), label="Région", empty_label=None)
    televerse = forms.FileField(
        label="PDF des actes signés",
        help_text="Un seul PDF, 40 Mo et 300 pages au plus, dans n'importe quel ordre.",
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )

    def __init__(self, regions: QuerySet[Region], *args: Any) -> None:
        super().__init__(*args)
        champ: Any = self.fields["region"]
        champ.queryset = regions
        if regions.count() == 1:
            champ.initial, champ.required, champ.widget = regions.first(), False, forms.HiddenInput()


class ChoixDActe(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An act by its name, its file and its school."""

    def label_from_instance(self, obj: Any) -> str:
        """Return "Convention à signer 2026-84-0001, Atelier des Deux Rives"."""
        return nom_de_l_acte(obj)


class FormulairePage(forms.Form):
    """Which act, which page of it."""

    acte = ChoixDActe(Acte.objects.none(), label="Acte", empty_label="Choisissez l'acte")
    page = forms.IntegerField(label="Page de l'acte", min_value=1, max_value=100)

    def __init__(self, region: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        champ: Any = self.fields["acte"]
        champ.queryset = actes_qui_attendent((region,))


def nom_de_l_acte(acte: Acte) -> str:
    """Return what names an act on screen."""
    rang = f" n° {acte.rang}" if acte.nature == "avenant" or acte.rang > 1 else ""
    return f"{acte.get_nature_display()}{rang}, {acte.demande.numero}, {acte.demande.ecole.nom}"


@admin.register(DepotScans)
class AdminDepotScans(AdminPortee):
    """Deposits of the region; the page of one shows what each of its pages is."""

    list_display = ("fichier_depose", "etat", "depose_par", "quand")
    list_filter = ("etat",)
    list_select_related = ("fichier", "depose_par", "region")

    class Media:
        css = {"all": ("css/financements.css",)}

    @admin.display(description="fichier", ordering="fichier__nom_origine")
    def fichier_depose(self, depot: DepotScans) -> str:
        """What the office called it."""
        return depot.fichier.nom_origine

    @admin.display(description="déposé le", ordering="depose_le")
    def quand(self, depot: DepotScans) -> str:
        """When it came."""
        return montrer_instant(depot.depose_le)

    def get_urls(self) -> list[URLPattern]:
        """Add the pages, and what may be done of each: a POST."""
        vue = self.admin_site.admin_view
        debut = "financements_depotscans"
        return [
            path("exemple/", vue(self.vue_exemple), name=f"{debut}_exemple"),
            path("<uuid:object_id>/relire/", vue(require_POST(self.vue_relire)), name=f"{debut}_relire"),
            path("<uuid:object_id>/page/<int:rang>/", vue(self.vue_page), name=f"{debut}_page"),
            path("<uuid:object_id>/page/<int:rang>/image/", vue(self.vue_image), name=f"{debut}_image"),
            path(
                "<uuid:object_id>/page/<int:rang>/ecarter/",
                vue(require_POST(self.vue_ecarter)),
                name=f"{debut}_ecarter",
            ),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """GET: the form. POST: keep the file, read it, show what each page is."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        regions = self._regions(request)
        recu = (request.POST, request.FILES) if request.method == "POST" else ()
        formulaire = FormulaireDepotScans(regions, *recu)
        if request.method == "POST" and formulaire.is_valid():
            depot = self._deposer(request, formulaire, regions)
            if depot is not None:
                return HttpResponseRedirect(self._lien(depot))
        attendus = actes_qui_attendent(regions.values("pk")) if len(regions) else Acte.objects.none()
        contexte = {
            "title": "Déposer des actes signés",
            "formulaire": formulaire,
            "retour": reverse("admin:financements_depotscans_changelist"),
            "exemple": settings.DEMONSTRATION and reverse("admin:financements_depotscans_exemple"),
            "attendus": [nom_de_l_acte(acte) for acte in attendus.defer("document__contenu")[:50]],
        }
        return self._rendre(request, "deposer.html", contexte)

    @staticmethod
    def _regions(request: HttpRequest) -> QuerySet[Region]:
        """Where this person may deposit."""
        utilisateur: Any = request.user
        regions = Region.objects.order_by("nom")
        if utilisateur.is_superuser or utilisateur.detient_au_national("depotscans.ajouter"):
            return regions
        return regions.filter(pk__in=utilisateur.regions_pour("depotscans.ajouter"))

    def vue_exemple(self, request: HttpRequest) -> HttpResponse:
        """In the demonstration only: a file to try, made of the acts that wait here."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        contenu = (
            exemple_de_scans(self._regions(request).values_list("pk", flat=True))
            if settings.DEMONSTRATION
            else b""
        )
        if not contenu:
            raise Http404("Cette page n'existe pas.")
        jointe = {"Content-Disposition": 'attachment; filename="exemple-actes-signes.pdf"'}
        return HttpResponse(contenu, content_type="application/pdf", headers=jointe)

    def _deposer(self, request: HttpRequest, formulaire: Any, regions: Any) -> DepotScans | None:
        region = formulaire.cleaned_data["region"] or regions.first()
        utilisateur: Any = request.user
        try:
            depot, nouveau = deposer_scans(formulaire.cleaned_data["televerse"], region, utilisateur)
        except FichierRefuse as refus:
            formulaire.add_error("televerse", ValidationError(refus.refus))
            return None
        if nouveau:
            lire_ou_confier(depot)
        else:
            le = montrer_instant(depot.depose_le)
            messages.info(request, f"Ce fichier est déjà là, depuis le {le} : rien n'est rattaché deux fois.")
        return depot

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """What each page is: attached, waiting for others, or left to a person."""
        depot = self._depot_ou_404(request, object_id)
        contexte = {
            "title": f"Actes signés : {depot}",
            "depot": depot,
            "depose_le": montrer_instant(depot.depose_le),
            "etat": etat_du_depot(depot, nom_de_l_acte),
            "retour": reverse("admin:financements_depotscans_changelist"),
        }
        return self._rendre(request, "depot.html", contexte)

    def vue_relire(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """Look again, once the file was analysed or when nobody looked yet."""
        depot = self._a_tenir(request, object_id)
        lire_depot(depot.pk)
        return HttpResponseRedirect(self._lien(depot))

    def vue_page(self, request: HttpRequest, object_id: Any, rang: int) -> HttpResponse:
        """The picture of a page beside the question: which act, and which page of it."""
        page = self._page_ou_404(request, object_id, rang)
        formulaire = FormulairePage(page.depot.region_id, request.POST or None)
        if request.method == "POST":
            self._a_tenir(request, object_id)
            if formulaire.is_valid() and self._designer(request, page, formulaire):
                return HttpResponseRedirect(self._lien(page.depot))
        lien = "admin:financements_depotscans_"
        contexte = {
            "title": f"Page {page.rang} de {page.depot}",
            "page": page,
            "motif": page.get_motif_display(),
            "formulaire": formulaire,
            "ouverte": page.scan_id is None and page.ecartee_par_id is None and page.acte_id is None,
            "image": reverse(f"{lien}image", args=[page.depot_id, page.rang]),
            "ecarter": reverse(f"{lien}ecarter", args=[page.depot_id, page.rang]),
            "retour": self._lien(page.depot),
        }
        return self._rendre(request, "page.html", contexte)

    def _designer(self, request: HttpRequest, page: PageScan, formulaire: Any) -> bool:
        utilisateur: Any = request.user
        acte, numero = formulaire.cleaned_data["acte"], formulaire.cleaned_data["page"]
        if motif := designer(page, acte, numero, utilisateur):
            champ = "acte" if motif in {MotifPage.DEJA, MotifPage.ANCIENNE} else "page"
            phrase = "L'acte n'a pas cette page." if motif == MotifPage.HORS else MotifPage(motif).label
            formulaire.add_error(champ, phrase)
            return False
        complet = ScanSigne.objects.filter(acte=acte).exists()
        suite = (
            "l'acte est complet, son scan est rattaché." if complet else "il manque encore d'autres pages."
        )
        messages.success(request, f"Page {page.rang} : {nom_de_l_acte(acte)}, page {numero} ; {suite}")
        return True

    def vue_ecarter(self, request: HttpRequest, object_id: Any, rang: int) -> HttpResponse:
        """Say that a page is nothing: a cover, a note."""
        self._a_tenir(request, object_id)
        page = self._page_ou_404(request, object_id, rang)
        utilisateur: Any = request.user
        ecarter(page, utilisateur)
        messages.success(request, f"Page {page.rang} mise de côté.")
        return HttpResponseRedirect(self._lien(page.depot))

    def vue_image(self, request: HttpRequest, object_id: Any, rang: int) -> HttpResponse:
        """Dots only, drawn apart from us; never the file itself."""
        page = self._page_ou_404(request, object_id, rang)
        fichier = page.depot.fichier
        if fichier.analyse != fichier.Analyse.SAIN:
            raise Http404("Cette page n'existe pas.")
        from pathlib import Path

        try:
            contenu = image_de_page(Path(fichier.fichier.path), page.rang)
        except LecturePagesRefusee as refus:
            raise Http404(str(refus)) from refus
        return HttpResponse(contenu, content_type="image/png", headers={"Cache-Control": "private, no-store"})

    def _depot_ou_404(self, request: HttpRequest, cle: Any) -> DepotScans:
        if not self.has_view_permission(request):
            raise PermissionDenied
        depot: DepotScans | None = self.get_object(request, str(cle))
        if depot is None:
            raise Http404("Cette page n'existe pas.")
        return depot

    def _a_tenir(self, request: HttpRequest, cle: Any) -> DepotScans:
        """The deposit, for who may deposit in its region."""
        depot = self._depot_ou_404(request, cle)
        utilisateur: Any = request.user
        if not DepotScans.objects.visibles_par(utilisateur, "ajouter").filter(pk=depot.pk).exists():
            raise PermissionDenied
        return depot

    def _page_ou_404(self, request: HttpRequest, cle: Any, rang: int) -> PageScan:
        depot = self._depot_ou_404(request, cle)
        page = depot.pages.filter(rang=rang).select_related("depot__fichier").first()
        if page is None:
            raise Http404("Cette page n'existe pas.")
        return page

    @staticmethod
    def _lien(depot: DepotScans) -> str:
        return reverse("admin:financements_depotscans_change", args=[depot.pk])

    def _rendre(self, request: HttpRequest, gabarit: str, valeurs: dict[str, Any]) -> HttpResponse:
        contexte = {**self.admin_site.each_context(request), "opts": self.model._meta, **valeurs}
        return TemplateResponse(request, f"admin/financements/scans/{gabarit}", contexte)
