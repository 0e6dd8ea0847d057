"""Learners: pages of their school's staff only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import OuterRef, Subquery

from ecoles.admin.base import AdminDeLEcole
from ecoles.admin.imports import AvecImportDEcole
from ecoles.exports import EXPORT_APPRENANTS
from ecoles.models import Apprenant, AvisAptitude, FormationSecurite, Inscription
from ecoles.ressources import RessourceApprenants
from reseau.admin.exports import AvecExport
from reseau.models import en_cours
from reseau.nombres import aujourdhui
from reseau.socle.portee import InlinePortee

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class InscriptionInline(InlinePortee):
    """Enrolments."""

    model = Inscription
    fields = ("titre", "du", "au", "motif_sortie")


class AvisInline(InlinePortee):
    """Medical opinions: fit or not, dates only."""

    model = AvisAptitude
    fields = ("apte", "du", "au")


class FormationInline(InlinePortee):
    """Safety trainings."""

    model = FormationSecurite
    fields = ("travail", "donnee_le", "evaluee_le")


@admin.register(Apprenant)
class ApprenantAdmin(AvecExport, AvecImportDEcole, AdminDeLEcole):
    """Learners of the school, with what proves that they may do a dangerous work."""

    ressource = RessourceApprenants
    export = EXPORT_APPRENANTS
    list_display = ("nom", "prenom", "age", "diplome", "avis_jusqu_au")
    search_fields = ("nom", "prenom")
    ordering = ("nom", "prenom", "id")
    inlines = (InscriptionInline, AvisInline, FormationInline)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Apprenant]:
        """Add the present diploma and the end of the last opinion, in the same query."""
        jour = aujourdhui()
        inscription = Inscription.objects.filter(en_cours(jour), apprenant=OuterRef("pk"))
        avis = AvisAptitude.objects.filter(apprenant=OuterRef("pk"), apte=True).order_by("-au")
        apprenants: QuerySet[Apprenant] = super().get_queryset(request)
        return apprenants.annotate(
            diplome_actuel=Subquery(inscription.order_by("-du").values("titre__intitule")[:1]),
            fin_avis=Subquery(avis.values("au")[:1]),
        )

    @admin.display(description="âge")
    def age(self, apprenant: Any) -> str:
        """Age in full years today."""
        return f"{apprenant.age_le(aujourdhui())} ans"

    @admin.display(description="diplôme préparé")
    def diplome(self, apprenant: Any) -> str:
        """Diploma of the present enrolment."""
        return apprenant.diplome_actuel or "n'est plus inscrit"

    @admin.display(description="apte jusqu'au", ordering="fin_avis")
    def avis_jusqu_au(self, apprenant: Any) -> str:
        """Last day of the last opinion, and whether it is over."""
        if apprenant.fin_avis is None:
            return "pas d'avis"
        passe = " (terminé)" if apprenant.fin_avis < aujourdhui() else ""
        return f"{apprenant.fin_avis:%d/%m/%Y}{passe}"
