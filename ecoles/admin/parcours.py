"""What a school teaches: parcours of the reference, offers of a school, its groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError

from ecoles.admin.base import AdminDeLEcole
from ecoles.admin.histoire import AvecHistoireDeLEcole
from ecoles.models import EtapeParcours, Groupe, MembreEquipe, Offre, Parcours
from ecoles.places import nb_inscrits, places_de, verrouiller_les_places
from ecoles.regles_parcours import (
    Etape,
    alertes_de_groupe,
    alertes_de_parcours,
    refus_de_parcours,
    refus_de_places,
)
from reseau.nombres import MOIS, aujourdhui
from reseau.socle.portee import AdminPortee, InlinePortee, JeuDeLignes, visibles

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest


class JeuDEtapes(JeuDeLignes):
    """Steps that make the parcours of the page."""

    def clean(self) -> None:
        """Refuse them together, in the words of the database."""
        super().clean()
        remplies = [ligne.cleaned_data for ligne in self.forms if ligne.cleaned_data]
        lignes = [donnees for donnees in remplies if not donnees.get("DELETE")]
        completes = [d for d in lignes if d.get("titre") and d.get("rang") and d.get("mois")]
        if any(self.errors) or len(completes) != len(lignes):
            return
        etapes = [Etape(d["rang"], d["titre"].niveau, d["mois"]) for d in completes]
        refus = refus_de_parcours(self.instance.niveau_vise, self.instance.duree_mois or 0, etapes)
        if refus:
            raise ValidationError(refus)


class EtapeInline(InlinePortee):
    """Steps, in order."""

    model = EtapeParcours
    formset = JeuDEtapes
    fields = ("rang", "titre", "mois")
    min_num = 1


@admin.register(Parcours)
class ParcoursAdmin(AdminPortee):
    """Parcours of the reference: a title alone has one already, under its code."""

    list_display = ("nom", "niveau_vise", "duree_mois", "code")
    list_filter = ("niveau_vise",)
    search_fields = ("nom", "code")
    ordering = ("niveau_vise", "nom", "code")
    fields = ("nom", "code", "niveau_vise", "duree_mois")
    prepopulated_fields = {"code": ("nom",)}
    inlines = (EtapeInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: Parcours | None = None) -> tuple[str, ...]:
        """A code names the parcours for good."""
        return () if obj is None else ("code",)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Parcours | None = None) -> Any:
        """The code follows the name while it is new."""
        return super().get_prepopulated_fields(request, obj) if obj is None else {}

    def save_model(self, request: HttpRequest, obj: Parcours, form: Any, change: bool) -> None:
        """Say what is unusual."""
        super().save_model(request, obj, form, change)
        for alerte in alertes_de_parcours(obj.duree_mois):
            self.message_user(request, alerte, messages.WARNING)


class FormulaireOffre(forms.ModelForm[Offre]):
    """Places and months of entry of a parcours in a school."""

    mois_entree = forms.TypedMultipleChoiceField(
        label="Mois d'entrée",
        choices=[(rang, mois) for rang, mois in enumerate(MOIS, 1)],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_places_le(self) -> Any:
        """Nobody counts tomorrow."""
        jour = self.cleaned_data["places_le"]
        if jour and jour > aujourdhui():
            raise ValidationError("Cette date est dans le futur.")
        return jour

    def clean(self) -> dict[str, Any]:
        """Places are what enrolments leave of the capacity."""
        donnees = super().clean() or self.cleaned_data
        ecole, parcours = donnees.get("ecole"), donnees.get("parcours")
        cle = ecole.pk if ecole else self.instance.ecole_id
        code = parcours.pk if parcours else self.instance.parcours_id
        if cle and code and not {"places", "capacite"} & self.errors.keys():
            self._compter(cle, code, donnees.get("capacite"), donnees.get("places"))
        return donnees

    def _compter(self, ecole: UUID, parcours: str, capacite: int | None, places: int | None) -> None:
        """Say at its field that those who are there, or will be, need more places."""
        verrouiller_les_places(ecole)
        if trop := places_de(ecole, {parcours: capacite}).trop(parcours):
            self.add_error("capacite", trop)
            return
        for refus in refus_de_places(capacite, nb_inscrits(ecole, parcours, aujourdhui()), places):
            self.add_error("places", refus)


@admin.register(Offre)
class OffreAdmin(AvecHistoireDeLEcole, AdminDeLEcole):
    """Parcours that the school offers."""

    form = FormulaireOffre
    list_display = ("parcours", "ecole", "capacite", "places", "places_le")
    list_select_related = ("parcours", "ecole")
    search_fields = ("parcours__nom", "ecole__nom")
    ordering = ("ecole", "parcours", "id")
    fields = (
        "ecole", "parcours", "capacite", "places", "places_le", "entree_en_cours_d_annee", "mois_entree",
    )  # fmt: skip


class FormulaireGroupe(forms.ModelForm[Groupe]):
    """A group of a parcours, its step and its masters."""

    def clean(self) -> dict[str, Any]:
        """The step is of the parcours, the masters of the school."""
        donnees = super().clean() or self.cleaned_data
        offre, etape = donnees.get("offre"), donnees.get("etape")
        if offre and etape and etape.parcours_id != offre.parcours_id:
            self.add_error("etape", "Cette étape n'est pas du parcours de ce groupe.")
        if offre and any(maitre.ecole_id != offre.ecole_id for maitre in donnees.get("maitres") or ()):
            self.add_error("maitres", "Cette personne n'est pas de l'équipe de l'école.")
        return donnees


@admin.register(Groupe)
class GroupeAdmin(AdminPortee):
    """Groups of the year and of those before."""

    form = FormulaireGroupe
    list_display = ("nom", "annee", "offre", "etape", "nb_jeunes")
    list_filter = ("annee",)
    list_select_related = ("offre__parcours", "offre__ecole", "etape__titre")
    search_fields = ("nom", "offre__ecole__nom")
    ordering = ("-annee", "nom", "id")
    fieldsets = (
        (None, {"fields": ("offre", "etape", "annee", "nom", "maitres")}),
        ("Combien", {"fields": ("nb_jeunes", "nb_debutants", "motif_exception")}),
        ("La semaine", {"fields": ("heures_atelier", "heures_cours")}),
    )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offers of the territory, and the steps of their parcours."""
        champ = super().formfield_for_foreignkey(db_field, request, **kwargs)
        offres = visibles(Offre, request)
        if champ is not None and db_field.name == "offre":
            lues = offres.select_related("parcours", "ecole")
            champ.queryset = lues.order_by("ecole__nom", "parcours__nom")
        if champ is not None and db_field.name == "etape":
            proposes = champ.queryset.filter(parcours__in=offres.order_by().values("parcours"))
            champ.queryset = proposes.select_related("titre", "parcours").order_by("parcours__nom", "rang")
        return champ

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Boxes to tick: they need no script."""
        kwargs["widget"] = forms.CheckboxSelectMultiple()
        champ = super().formfield_for_manytomany(db_field, request, **kwargs)
        if champ is not None:
            champ.queryset = champ.queryset.filter(fonction=MembreEquipe.Fonction.MAITRE).select_related(
                "utilisateur"
            )
        return champ

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Say what is unusual, once the masters are known."""
        super().save_related(request, form, formsets, change)
        groupe: Groupe = form.instance
        for alerte in alertes_de_groupe(
            groupe.nb_jeunes,
            groupe.nb_debutants,
            groupe.maitres.count(),
            groupe.heures_atelier,
            groupe.heures_cours,
        ):
            self.message_user(request, alerte, messages.WARNING)
