"""Results that the head of a school declares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin

from ecoles.admin.base import AdminDeLEcole
from ecoles.admin.histoire import AvecHistoireDeLEcole
from ecoles.models import Resultat, Titre
from ecoles.models.resultats import SUITES
from ecoles.resultats import DEFINITIONS, en_mots
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from django.http import HttpRequest

_AIDE = (
    "« Réussite à l'examen » : {examen} « Et après l'école » : {devenir} Moins de 5 jeunes : jamais montré."
)


class FormulaireResultat(forms.ModelForm[Resultat]):
    """What belongs to one indicator is asked, and nothing of the other."""

    def clean_annee(self) -> int:
        """A cohort has existed."""
        annee = int(self.cleaned_data["annee"])
        if annee > aujourdhui().year:
            raise forms.ValidationError("Cette année n'est pas encore venue.")
        return annee

    def clean_declare_le(self) -> Any:
        """Nobody declared tomorrow."""
        jour = self.cleaned_data["declare_le"]
        if jour > aujourdhui():
            raise forms.ValidationError("Cette date est dans le futur.")
        return jour

    def clean(self) -> dict[str, Any]:
        """Say which figure is missing, at its field."""
        donnees = super().clean() or self.cleaned_data
        examen = donnees.get("indicateur") == Resultat.Indicateur.EXAMEN
        voulus, autres = (("recus",), SUITES) if examen else (SUITES, ("recus",))
        for nom in voulus:
            if donnees.get(nom) is None and nom not in self.errors:
                self.add_error(nom, "Indiquez un nombre, 0 s'il n'y a personne.")
        for nom in autres:
            if donnees.get(nom) is not None:
                self.add_error(nom, "Ce chiffre n'est pas de cet indicateur : laissez vide.")
        return donnees


@admin.register(Resultat)
class ResultatAdmin(AvecHistoireDeLEcole, AdminDeLEcole):
    """Cohorts of the school, by year."""

    form = FormulaireResultat
    list_display = ("annee", "indicateur", "titre", "en_clair", "source", "declare_le")
    list_filter = ("indicateur", "annee")
    list_select_related = ("titre",)
    ordering = ("-annee", "indicateur", "id")
    fieldsets = (
        (
            None,
            {
                "fields": ("ecole", "indicateur", "annee", "titre", "effectif"),
                "description": _AIDE.format(**DEFINITIONS),
            },
        ),
        ("Réussite à l'examen", {"fields": ("recus",)}),
        ("Et après l'école", {"fields": SUITES}),
        ("D'où vient ce chiffre", {"fields": ("source", "declare_le")}),
    )

    @admin.display(description="ce qui est écrit")
    def en_clair(self, resultat: Resultat) -> str:
        """The sentence, as families would read it."""
        return en_mots(resultat)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Diplomas that the school teaches, or has declared something of."""
        champ = super().formfield_for_foreignkey(db_field, request, **kwargs)
        cle = self.seule_ecole(request)
        if champ is not None and db_field.name == "titre":
            champ.empty_label = "Tous les diplômes de l'école"
            if cle is not None:
                de_l_ecole = Titre.objects.filter(etapes__parcours__offres__ecole=cle) | Titre.objects.filter(
                    resultats__ecole=cle
                )
                champ.queryset = de_l_ecole.distinct().order_by("niveau", "intitule", "code_cfd")
        return champ
