"""What a teacher taps at the workshop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms

from commandes.models import Commande, LigneCommande
from ecoles.models import Apprenant, BlocCompetences, TravailReglemente
from reseau.nombres import SaisieInvalide, aujourdhui, lire_entier

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from commandes.tableau import Tableau

DUREES = (30, 60, 90, 120, 180, 210)
MINUTES_MAXIMUM = 480


class ChampMinutes(forms.CharField):
    """Whole minutes, five by five, from 5 to 480."""

    def clean(self, value: Any) -> int | None:
        """Read them, or say what is wrong."""
        texte = super().clean(value)
        if not texte:
            return None
        try:
            minutes = lire_entier(texte)
        except SaisieInvalide as refus:
            raise forms.ValidationError(str(refus)) from refus
        if not 5 <= minutes <= MINUTES_MAXIMUM or minutes % 5:
            raise forms.ValidationError("Une durée va de 5 minutes à 8 heures, de 5 en 5 minutes.")
        return minutes


class FormulaireAtelier(forms.Form):
    """An entry. Every choice is bounded by what the page offered: another school's key is refused."""

    lot = forms.UUIDField()
    jour = forms.DateField(
        error_messages={"invalid": "Cette date n'existe pas.", "required": "Choisissez le jour."}
    )
    commande = forms.ModelChoiceField(
        Commande.objects.none(),
        error_messages={
            "required": "Choisissez la commande.",
            "invalid_choice": "Cette commande n'est pas à l'atelier ce jour-là.",
        },
    )
    ligne = forms.ModelChoiceField(
        LigneCommande.objects.none(), required=False,
        error_messages={"invalid_choice": "Cette ligne n'est pas de cette commande."},
    )  # fmt: skip
    travail = forms.ModelChoiceField(TravailReglemente.objects.none(), required=False)
    bloc = forms.ModelChoiceField(
        BlocCompetences.objects.none(), required=False,
        error_messages={"invalid_choice": "Ce bloc n'est pas de cette commande."},
    )  # fmt: skip
    apprenants = forms.ModelMultipleChoiceField(
        Apprenant.objects.none(),
        error_messages={
            "required": "Cochez au moins un jeune.",
            "invalid_choice": "Un des jeunes n'est pas inscrit dans l'école ce jour-là.",
            "invalid_pk_value": "Un des jeunes n'est pas inscrit dans l'école ce jour-là.",
        },
    )
    duree = forms.TypedChoiceField(
        choices=[(d, str(d)) for d in DUREES], coerce=int, required=False, empty_value=None,
        error_messages={"invalid_choice": "Choisissez une des durées."},
    )  # fmt: skip
    minutes = ChampMinutes(required=False, max_length=10)

    def __init__(self, tableau: Tableau, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ensembles: dict[str, QuerySet[Any]] = {
            "commande": tableau.de_l_ecole,
            "ligne": tableau.lignes,
            "bloc": tableau.blocs,
            "travail": TravailReglemente.objects.all(),
            "apprenants": tableau.presents,
        }
        for nom, ensemble in ensembles.items():
            cast("forms.ModelChoiceField[Any]", self.fields[nom]).queryset = ensemble

    def clean_jour(self) -> Any:
        """A day is chosen, and it is not in the future."""
        jour = self.cleaned_data["jour"]
        if jour > aujourdhui():
            raise forms.ValidationError("Ce jour est dans le futur.")
        return jour

    def clean(self) -> dict[str, Any]:
        """One duration: the free one wins; a dangerous line brings its own work."""
        donnees = self.cleaned_data
        if "minutes" not in self.errors and not donnees.get("minutes"):
            donnees["minutes"] = donnees.get("duree")
            if not donnees["minutes"] and "duree" not in self.errors:
                self.add_error("duree", "Choisissez une durée.")
        ligne = donnees.get("ligne")
        if ligne is not None and ligne.travail_id:
            donnees["travail"] = ligne.travail
        return donnees
