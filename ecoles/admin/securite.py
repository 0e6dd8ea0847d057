"""Safety of minors, on the school's side: what was declared to the labour inspectorate, who supervises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch
from django.urls import reverse

from ecoles.admin.base import AdminDeLEcole
from ecoles.admin.histoire import AvecHistoireDeLEcole
from ecoles.models import DeclarationDerogation, Encadrement, MembreEquipe, TravailReglemente
from ecoles.models.securite import FONCTIONS_QUI_ENCADRENT
from ecoles.regles import Declaration
from reseau.nombres import aujourdhui
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class AvecTravaux(AdminPortee):
    """Works are boxes to tick: they need no script, every work is read, the ones chosen are listed."""

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Boxes, for the works that a derogation may open."""
        kwargs["widget"] = forms.CheckboxSelectMultiple()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the works, in one more query."""
        travaux = TravailReglemente.objects.order_by("article", "code")
        lignes: QuerySet[Any] = super().get_queryset(request).prefetch_related(Prefetch("travaux", travaux))
        return lignes

    @admin.display(description="machines et travaux")
    def couvre(self, ligne: Any) -> str:
        """The works, in one line."""
        return ", ".join(travail.libelle for travail in ligne.travaux.all()) or "aucun"


@admin.register(DeclarationDerogation)
class DeclarationDerogationAdmin(AvecHistoireDeLEcole, AvecTravaux, AdminDeLEcole):
    """Declarations of the school, three years each."""

    list_display = ("lieu", "couvre", "envoyee_le", "vaut")
    ordering = ("-envoyee_le", "id")
    fields = ("ecole", "lieu", "envoyee_le", "retiree_le", "travaux")
    change_list_template = "admin/ecoles/declarations.html"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """What was declared is what the inspector asks for: her file is one click away."""
        peut = request.user.has_perm("dossierinspection.ajouter")
        lien = reverse("admin:ecoles_dossierinspection_add") if peut else ""
        return super().changelist_view(request, {"lien_inspection": lien, **(extra_context or {})})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new declaration is not withdrawn yet."""
        cache = {"retiree_le"} if obj is None else set()
        return [
            (titre, {**options, "fields": [c for c in options["fields"] if c not in cache]})
            for titre, options in super().get_fieldsets(request, obj)
        ]

    @admin.display(description="vaut", ordering="envoyee_le")
    def vaut(self, declaration: DeclarationDerogation) -> str:
        """Until when, or since when no more."""
        jour = aujourdhui()
        fin = Declaration(declaration.envoyee_le, declaration.retiree_le).fin
        if declaration.retiree_le and declaration.retiree_le <= jour:
            return f"retirée le {declaration.retiree_le:%d/%m/%Y}"
        return f"jusqu'au {fin:%d/%m/%Y} exclu" if jour < fin else f"finie le {fin:%d/%m/%Y}"


@admin.register(Encadrement)
class EncadrementAdmin(AvecHistoireDeLEcole, AvecTravaux):
    """Who may supervise which dangerous work, from when to when."""

    list_display = ("membre", "couvre", "du", "au")
    list_select_related = ("membre__utilisateur",)
    ordering = ("membre", "du", "id")
    fields = ("membre", "travaux", "competence", "du", "au")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Teachers and heads of the school; each is named with her function."""
        champ = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if champ is not None and db_field.name == "membre":
            champ.queryset = (
                champ.queryset.filter(fonction__in=FONCTIONS_QUI_ENCADRENT)
                .select_related("utilisateur")
                .order_by("utilisateur__nom", "du")
            )
        return champ

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Another person is another row."""
        return ("membre",) if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Encadrement]:
        """With the person."""
        membres = MembreEquipe.objects.select_related("utilisateur", "ecole")
        lignes: QuerySet[Encadrement] = super().get_queryset(request)
        return lignes.prefetch_related(Prefetch("membre", membres))
