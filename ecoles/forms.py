"""The one form a family fills in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms

from ecoles.evenements import en_une_ligne, ouvertes
from ecoles.models import DemandeContact

if TYPE_CHECKING:
    from ecoles.models import Ecole

_INVISIBLES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class FormulaireContact(forms.ModelForm[DemandeContact]):
    """Who, how to answer, why. No address, no birth date, no file."""

    # A trap for robots: people do not see it, screen readers are told to leave it empty.
    societe = forms.CharField(
        label="Ne remplissez pas ce champ",
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    class Meta:
        model = DemandeContact
        fields = ("qui", "motif", "evenement", "prenom", "telephone", "courriel", "message")
        labels = {
            "qui": "Vous êtes",
            "prenom": "Votre prénom",
            "telephone": "Votre téléphone",
            "courriel": "Votre adresse électronique",
            "motif": "Vous voulez",
            "evenement": "Une date pour venir",
            "message": "Votre question",
        }
        help_texts = {
            "telephone": "Un téléphone ou une adresse électronique : un seul des deux suffit.",
            "courriel": "Par exemple prenom@exemple.fr.",
            "message": "N’écrivez rien sur la santé ni sur la situation de famille.",
        }
        widgets = {
            "qui": forms.RadioSelect,
            "motif": forms.RadioSelect,
            "prenom": forms.TextInput(attrs={"autocomplete": "given-name"}),
            "telephone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            "courriel": forms.EmailInput(attrs={"autocomplete": "email"}),
            "message": forms.Textarea(attrs={"rows": 5}),
        }
        error_messages = {
            "qui": {"required": "Dites qui vous êtes."},
            "prenom": {
                "required": "Écrivez votre prénom.",
                "max_length": "Ce prénom est trop long : 60 lettres au plus.",
            },
            "motif": {"required": "Dites ce que vous voulez."},
            "evenement": {
                "invalid_choice": "Cette date n’est plus proposée : choisissez-en une autre, ou aucune."
            },
            "courriel": {"invalid": "Cette adresse est incomplète : il faut un nom, @, puis un domaine."},
            "message": {"max_length": "Votre question est trop longue : 1 500 caractères au plus."},
        }

    def __init__(self, *args: Any, ecole: Ecole, date: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trop = False
        self._proposer_les_dates(ecole, date)
        for nom in ("qui", "motif"):
            champ: Any = self.fields[nom]
            champ.choices = [choix for choix in champ.choices if choix[0]]

    def _proposer_les_dates(self, ecole: Ecole, date: str) -> None:
        """Dates of this school that may still be chosen; the field goes when there is none."""
        champ: Any = self.fields["evenement"]
        champ.queryset = ouvertes(ecole).order_by("debut", "id")
        champ.label_from_instance = en_une_ligne
        champ.empty_label = "Aucune, je demande autre chose"
        if not champ.queryset.exists() and not self.is_bound:
            del self.fields["evenement"]
        elif date:
            self.initial = {**self.initial, "evenement": date, "motif": DemandeContact.Motif.VISITER}

    def clean_prenom(self) -> str:
        """Refuse a first name without any letter."""
        prenom = str(self.cleaned_data["prenom"]).strip()
        if not any(c.isalpha() for c in prenom):
            raise forms.ValidationError("Écrivez votre prénom avec des lettres.")
        return prenom

    def clean_societe(self) -> str:
        """Refuse what only a robot fills in."""
        if self.cleaned_data["societe"]:
            raise forms.ValidationError("Laissez ce champ vide, puis envoyez de nouveau.")
        return ""

    def clean_message(self) -> str:
        """Strip what cannot be read."""
        return _INVISIBLES.sub("", str(self.cleaned_data["message"])).strip()

    def clean(self) -> dict[str, Any]:
        """One way to answer is enough, but one is needed."""
        donnees = super().clean() or self.cleaned_data
        joignable = donnees.get("telephone") or donnees.get("courriel")
        if not joignable and not (self.has_error("telephone") or self.has_error("courriel")):
            self.add_error("telephone", "Laissez un téléphone ou une adresse électronique.")
        return donnees
