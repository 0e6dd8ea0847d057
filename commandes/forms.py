"""What a teacher taps at the workshop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms

from commandes.models import Commande, LigneCommande
from commandes.saisie import Saisie
from commandes.tableau import Coches
from ecoles.models import Apprenant, BlocCompetences
from reseau.models import Utilisateur
from reseau.nombres import SaisieInvalide, aujourdhui, lire_entier

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import QueryDict

    from commandes.tableau import Tableau

DUREES = (30, 60, 90, 120, 180, 210)
MINUTES_MAXIMUM = 480
RECHARGER = dict.fromkeys(("required", "invalid"), "Rechargez la page.")


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
    """An entry. Every choice is bounded by the school: another school's key is refused.

    Lines and blocs are sent order by order (``ligne-<order>``, ``bloc-<order>-<title>``), for the page holds
    every order; only those of the chosen one are read.
    """

    lot = forms.UUIDField(error_messages=RECHARGER)
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
        error_messages={"invalid_choice": "Cette ligne n'est plus dans la commande."},
    )  # fmt: skip
    bloc = forms.ModelMultipleChoiceField(
        BlocCompetences.objects.none(), required=False,
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_pk_value"), "Ce bloc n'est pas d'un diplôme de l'école."
        ),
    )  # fmt: skip
    apprenants = forms.ModelMultipleChoiceField(
        Apprenant.objects.none(),
        error_messages={
            "required": "Cochez au moins un jeune.",
            "invalid_choice": "Un des jeunes n'est pas de l'école.",
            "invalid_pk_value": "Un des jeunes n'est pas de l'école.",
        },
    )
    encadrant = forms.ModelChoiceField(
        Utilisateur.objects.none(), required=False,
        error_messages={"invalid_choice": "Choisissez dans la liste la personne qui encadre."},
    )  # fmt: skip
    duree = forms.TypedChoiceField(
        choices=[(d, str(d)) for d in DUREES], coerce=int, required=False, empty_value=None,
        error_messages={"invalid_choice": "Choisissez une des durées."},
    )  # fmt: skip
    minutes = ChampMinutes(required=False, max_length=10)

    def __init__(self, data: QueryDict, tableau: Tableau, encadrants: list[Utilisateur]) -> None:
        super().__init__(_de_la_commande(data))
        ensembles: dict[str, QuerySet[Any]] = {
            "commande": tableau.de_l_ecole,
            "ligne": LigneCommande.objects.filter(commande__ecole=tableau.ecole).select_related("travail"),
            "bloc": tableau.blocs,
            "apprenants": tableau.jeunes,
            "encadrant": Utilisateur.objects.filter(pk__in=[personne.pk for personne in encadrants]),
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
        """One duration: the free one wins; a line is one of the order."""
        donnees = self.cleaned_data
        if "minutes" not in self.errors and not donnees.get("minutes"):
            donnees["minutes"] = donnees.get("duree")
            if not donnees["minutes"] and "duree" not in self.errors:
                self.add_error("duree", "Choisissez une durée.")
        ligne, commande = donnees.get("ligne"), donnees.get("commande")
        if ligne is not None and commande is not None and ligne.commande_id != commande.pk:
            self.add_error("ligne", "Cette ligne n'est plus dans la commande.")
        return donnees

    def coches(self) -> Coches:
        """What was ticked, to show it again."""
        donnees = cast("QueryDict", self.data)
        return Coches(
            donnees.get("commande", ""),
            donnees.get("ligne"),
            frozenset(donnees.getlist("bloc")),
            frozenset(donnees.getlist("apprenants")),
        )

    def saisie(self, moi: Utilisateur) -> Saisie:
        """Return what was tapped, once valid; who records supervises unless somebody else is named."""
        donnees = self.cleaned_data
        return Saisie(
            lot=donnees["lot"],
            commande=donnees["commande"],
            ligne=donnees["ligne"],
            jour=donnees["jour"],
            minutes=donnees["minutes"],
            apprenants=list(donnees["apprenants"]),
            encadrant=donnees["encadrant"] or moi,
            blocs={bloc.titre_id: bloc for bloc in donnees["bloc"]},
        )


def _de_la_commande(data: QueryDict) -> QueryDict:
    """Keep the line and the blocs of the chosen order."""
    donnees = data.copy()
    commande = donnees.get("commande", "")
    donnees.setlist("ligne", data.getlist(f"ligne-{commande}") or data.getlist("ligne"))
    for nom in data:
        if nom.startswith(f"bloc-{commande}-"):
            donnees.setlist("bloc", [*donnees.getlist("bloc"), *filter(None, data.getlist(nom))])
    return donnees
