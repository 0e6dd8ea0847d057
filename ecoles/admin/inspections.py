"""The file for the labour inspectorate: made by a POST, then read as it was; nobody outside the school."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.html import format_html

from ecoles.admin.base import AdminDeLEcole
from ecoles.inspection import produire_dossier
from ecoles.models import DossierInspection, Titre
from ecoles.requetes import ecoles_pour
from reseau.models import DocumentFige, TraceExport
from reseau.socle.documents import servir

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.urls import URLPattern


@admin.register(DossierInspection)
class DossierInspectionAdmin(AdminDeLEcole):
    """Files made by the head of the school; the PDF is opened from the page of its file."""

    list_display = ("jour", "pour", "nb_jeunes", "nb_incomplets", "demande_le", "par", "pdf")
    list_select_related = ("titre", "produit_par", "ecole")
    ordering = ("-demande_le", "id")
    fields = ("ecole", "jour", "titre", "annee")
    add_form_template = "admin/ecoles/inspection.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A file asked for says the day and for whom; one that was made says the rest."""
        if obj is None:
            return self.fields
        return ("jour", "pour", "nb_jeunes", "nb_incomplets", "demande_le", "par", "pdf")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Nothing of a file that was made is typed again."""
        return self.get_fields(request, obj) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A picture is not touched up: another one is taken."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[DossierInspection]:
        """Without the bytes of the documents."""
        lignes: QuerySet[DossierInspection] = super().get_queryset(request)
        return lignes.select_related("document").defer("document__contenu", "document__contexte")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Titles that the schools of this person offer."""
        champ = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if champ is not None and db_field.name == "titre":
            utilisateur: Any = request.user
            siennes = ecoles_pour(utilisateur, "dossierinspection.ajouter")
            offerts = Titre.objects.proposes_par(siennes).values("pk")
            champ.queryset = champ.queryset.filter(pk__in=offerts).order_by("niveau", "intitule", "code_cfd")
            champ.empty_label = "Tous les jeunes de moins de 18 ans"
        return champ

    @admin.display(description="pour")
    def pour(self, dossier: DossierInspection) -> str:
        """Whom the file is about."""
        return dossier.pour or "tous les jeunes de moins de 18 ans"

    @admin.display(description="produit par")
    def par(self, dossier: DossierInspection) -> str:
        """Who asked for it; her account is somebody else's page."""
        return str(dossier.produit_par)

    @admin.display(description="document")
    def pdf(self, dossier: DossierInspection) -> str:
        """Where it is opened, or what became of it."""
        if dossier.document is None:
            return f"effacé le {dossier.efface_le:%d/%m/%Y}, avec les noms"
        adresse = reverse("admin:ecoles_dossierinspection_pdf", args=[dossier.pk])
        pret = dossier.document.etat == DocumentFige.Etat.PRODUIT
        return format_html('<a href="{}">{}</a>', adresse, "Ouvrir le PDF" if pret else "PDF en préparation")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Take the picture; the document is rendered outside the request, after the commit."""
        utilisateur: Any = request.user
        jeunes = produire_dossier(obj, utilisateur)
        super().save_model(request, obj, form, change)
        obj.jeunes.set(jeunes)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """What is asked for is a file, not a row."""
        titre = {"title": "Dossier pour l'inspection du travail", **(extra_context or {})}
        return super().add_view(request, form_url, titre)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> Any:
        """Show the file, where its PDF is opened."""
        messages.success(request, "Le dossier est enregistré. Son PDF est prêt en quelques secondes.")
        return HttpResponseRedirect(reverse("admin:ecoles_dossierinspection_change", args=[obj.pk]))

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the document."""
        vue = self.admin_site.admin_view(self.vue_pdf)
        return [
            path("<uuid:object_id>/pdf/", vue, name="ecoles_dossierinspection_pdf"),
            *super().get_urls(),
        ]

    def vue_pdf(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """The frozen PDF, to who sees its file; who opened it and when is kept."""
        dossier: DossierInspection | None = self.get_object(request, str(object_id))
        if dossier is None:
            raise Http404("Cette page n'existe pas.")
        if dossier.document is None:
            return render(request, "admin/ecoles/inspection_effacee.html", {"dossier": dossier}, status=410)
        utilisateur: Any = request.user
        TraceExport.objects.create(
            nature="inspection", format="pdf", nb_lignes=dossier.nb_jeunes, personnel=True, par=utilisateur
        )
        return servir(DocumentFige.objects.get(pk=dossier.document.pk), request)
