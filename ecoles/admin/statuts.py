"""Dated statuses of a school and agréments of its staff: acts, which end and are never erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from ecoles.admin.base import AdminDeLEcole
from ecoles.admin.histoire import AvecHistoireDeLEcole
from ecoles.models import Agrement, Ecole, InscriptionListe, Label, MembreEquipe, Reconnaissance
from reseau.models import Utilisateur

if TYPE_CHECKING:
    from django.http import HttpRequest


class AdminStatut(AvecHistoireDeLEcole, AdminDeLEcole):
    """A status: the school, what the act says, from when to when."""

    search_fields = ("ecole__nom",)
    ordering = ("ecole", "-du", "id")


@admin.register(Label)
class LabelAdmin(AdminStatut):
    """The network's label."""

    list_display = ("ecole", "du", "au", "evaluee_le", "nb_criteres")
    list_select_related = ("ecole",)
    fields = ("ecole", "evaluee_le", "nb_criteres", "du", "au")


@admin.register(Reconnaissance)
class ReconnaissanceAdmin(AdminStatut):
    """The State's recognition."""

    list_display = ("ecole", "acte", "signee_le", "du", "au")
    list_select_related = ("ecole",)
    fields = ("ecole", "acte", "signee_le", "du", "au")


@admin.register(InscriptionListe)
class InscriptionListeAdmin(AdminStatut):
    """Years on the list of recognised schools."""

    list_display = ("ecole", "annee", "nor", "du", "au")
    list_select_related = ("ecole",)
    list_filter = ("annee",)
    fields = ("ecole", "annee", "nor", "du", "au")


@admin.register(Agrement)
class AgrementAdmin(AvecHistoireDeLEcole, AdminDeLEcole):
    """Who may head a school or teach in it, by which act."""

    list_display = ("utilisateur", "fonction", "filiere", "ecole", "numero", "du", "au")
    list_select_related = ("utilisateur", "filiere", "ecole")
    list_filter = ("fonction",)
    search_fields = ("utilisateur__nom", "ecole__nom", "numero")
    ordering = ("ecole", "-du", "id")
    fields = ("ecole", "utilisateur", "fonction", "filiere", "numero", "du", "au")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """People who work, or worked, in the schools of the territory."""
        if db_field.name != "utilisateur":
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        utilisateur: Any = request.user
        ecoles = Ecole.objects.visibles_par(utilisateur)
        gens = MembreEquipe.objects.filter(ecole__in=ecoles.order_by().values("pk")).order_by()
        personnes = Utilisateur.objects.filter(pk__in=gens.values("utilisateur"))
        kwargs["queryset"] = personnes.order_by("nom", "prenom")
        return db_field.formfield(**kwargs)
