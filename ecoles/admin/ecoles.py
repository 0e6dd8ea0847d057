"""The page of a school: each role changes what it answers for, and reads the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from ecoles.admin.effectifs import AvecEffectifs
from ecoles.admin.histoire import AvecHistoireDeLEcole
from ecoles.admin.imports import AvecImportEcoles
from ecoles.adresses import enregistrer
from ecoles.dossier import dossier_de
from ecoles.exports import EXPORT_ECOLES
from ecoles.models import Ecole, Gestionnaire
from reseau.admin.exports import AvecExport
from reseau.admin.histoire import AvecHistoire
from reseau.admin.recherche import RechercheRepliee
from reseau.admin.refus import AdminRefus
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

# How to reach the school: the officer completes what the school has not given.
JOINDRE = ("telephone", "courriel")
# What families read: the head of the school answers for it.
PRESENTER = ("adresse", "site_web", "internat", "cout", "taille_groupe")
# What makes the record: the functional administrator.
TENIR = (
    "nom", "commune", "gestionnaire", "uai", "siret", "filieres", "annee_ouverture", "effectif",
    "effectif_annee", "publication", "motif_suspension", "fermee_le", "verification", "source", "verifiee_le",
)  # fmt: skip


@admin.register(Ecole)
class EcoleAdmin(
    AvecEffectifs, AvecHistoireDeLEcole, RechercheRepliee, AvecExport, AvecImportEcoles, AdminRefus
):
    """Schools of the territory."""

    export = EXPORT_ECOLES
    list_display = ("nom", "commune", "publication", "verification", "telephone", "courriel")
    list_filter = ("publication", "verification", "filieres")
    list_select_related = ("commune",)
    ordering = ("nom", "id")
    raw_id_fields = ("commune",)
    change_form_template = "admin/ecoles/ecole.html"
    lus_aussi = frozenset({"slug"})
    fieldsets = (
        (None, {"fields": ("nom", "commune", "filieres", "verification")}),
        ("Publication", {"fields": ("publication", "motif_suspension", "fermee_le")}),
        ("Joindre l'école", {"fields": ("telephone", "courriel", "adresse", "site_web")}),
        ("Ce que lit une famille", {"fields": ("internat", "cout", "taille_groupe")}),
        (
            "Identité",
            {"classes": ("collapse",), "fields": ("gestionnaire", "uai", "siret", "annee_ouverture")},
        ),
        (
            "Ce que l'on sait",
            {"classes": ("collapse",), "fields": ("effectif", "effectif_annee", "source", "verifiee_le")},
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Fields that this person reads without changing them."""
        utilisateur: Any = request.user
        figes: tuple[str, ...] = ()
        if not utilisateur.has_perm("ecole.presenter"):
            figes += PRESENTER
        if not utilisateur.has_perm("ecole.tenir"):
            figes += TENIR
        return figes

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The record of the school is read above the form that changes it."""
        ecole: Ecole | None = context.get("original")
        if ecole is not None:
            modifiables = set(context["adminform"].form.fields)
            site: Any = self.admin_site
            context["attentes"] = site.attentes_a_l_ecole(request.user, ecole)
            context["dossier"] = dossier_de(ecole, request.user, modifiables, aujourdhui())  # type: ignore[arg-type]
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new school gets a free address; a renamed one keeps the old address alive."""
        enregistrer(obj)
        super().save_model(request, obj, form, change)


@admin.register(Gestionnaire)
class GestionnaireAdmin(AvecHistoire):
    """Managing bodies."""

    list_display = ("nom", "siren", "rna", "but_non_lucratif")
    search_fields = ("nom", "siren")
