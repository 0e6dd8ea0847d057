"""The page of a school: each role changes what it answers for, and reads the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from ecoles.admin.imports import AvecImportEcoles
from ecoles.adresses import enregistrer
from ecoles.exports import EXPORT_ECOLES
from ecoles.models import Ecole, Gestionnaire, Offre
from reseau.admin.exports import AvecExport
from reseau.admin.recherche import RechercheRepliee
from reseau.socle.portee import AdminPortee, InlinePortee

if TYPE_CHECKING:
    from django.http import HttpRequest

# How to reach the school: the officer completes what the school has not given.
JOINDRE = ("telephone", "courriel")
# What families read: the head of the school answers for it.
PRESENTER = ("adresse", "site_web", "internat", "cout", "taille_groupe")
# What makes the record: the functional administrator.
TENIR = (
    "nom", "commune", "gestionnaire", "uai", "siret", "filieres", "annee_ouverture", "effectif",
    "effectif_annee", "publication", "verification", "source", "verifiee_le",
)  # fmt: skip


class OffreInline(InlinePortee):
    """What the school teaches."""

    model = Offre
    fields = ("parcours", "capacite", "places", "places_le", "entree_en_cours_d_annee")


@admin.register(Ecole)
class EcoleAdmin(RechercheRepliee, AvecExport, AvecImportEcoles):
    """Schools of the territory."""

    export = EXPORT_ECOLES
    list_display = ("nom", "commune", "publication", "verification", "telephone", "courriel")
    list_filter = ("publication", "verification", "filieres")
    list_select_related = ("commune",)
    ordering = ("nom", "id")
    raw_id_fields = ("commune",)
    inlines = (OffreInline,)
    fieldsets = (
        (None, {"fields": ("nom", "commune", "filieres", "publication", "verification")}),
        ("Joindre l'école", {"fields": ("telephone", "courriel", "adresse", "site_web")}),
        ("Ce que lit une famille", {"fields": ("internat", "cout", "taille_groupe")}),
        ("Identité", {"fields": ("gestionnaire", "uai", "siret", "annee_ouverture")}),
        ("Ce que l'on sait", {"fields": ("effectif", "effectif_annee", "source", "verifiee_le")}),
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

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new school gets a free address; a renamed one keeps the old address alive."""
        enregistrer(obj)
        super().save_model(request, obj, form, change)


@admin.register(Gestionnaire)
class GestionnaireAdmin(AdminPortee):
    """Managing bodies."""

    list_display = ("nom", "siren", "but_non_lucratif")
    search_fields = ("nom", "siren")
