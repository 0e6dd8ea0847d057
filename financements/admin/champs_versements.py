"""Inputs of the transitions by which money goes out, or does not."""

from __future__ import annotations

from uuid import uuid4

from django import forms

from financements.models.demandes import DP_ILLISIBLE, MOTIF_DP, MOTIF_EJ
from financements.natures import MotifRefus
from reseau.champs import ChampDecimalFrancais
from reseau.nombres import aujourdhui


class ChampJour(forms.DateField):
    """A day that has come."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: object) -> object:
        """Refuse tomorrow."""
        jour = super().clean(value)
        if jour and jour > aujourdhui():
            raise forms.ValidationError("Cette date est dans le futur.")
        return jour


CHAMPS_DES_REFUS: dict[str, forms.Field] = {
    "raison": forms.ChoiceField(label="Motif", choices=[("", "Choisissez"), *MotifRefus.choices]),
    "entendue_le": ChampJour(
        label="Observations de l'école présentées le", help_text="L'école est entendue avant la décision."
    ),
    "montant_acquis": ChampDecimalFrancais(
        label="Montant que l'école garde (€)",
        required=False,
        max_digits=14,
        decimal_places=2,
        help_text="Laissez vide si l'école garde tout ce qui lui a été versé. Le reste lui sera réclamé.",
    ),
}
CHAMPS_DES_VERSEMENTS: dict[str, forms.Field] = {
    "signataire_ecole": forms.CharField(label="Signé, pour l'école, par", max_length=120),
    "signee_ecole_le": ChampJour(label="Signé par l'école le"),
    "signataire_etat": forms.CharField(label="Signé, pour l'État, par", max_length=120),
    "signee_etat_le": ChampJour(label="Signé par l'État le"),
    "scan": forms.FileField(label="Convention signée, numérisée", help_text="PDF, PNG ou JPEG."),
    "numero_ej": forms.RegexField(
        label="Numéro d'engagement juridique",
        regex=MOTIF_EJ,
        strip=True,
        help_text="Les dix chiffres donnés par Chorus.",
        error_messages={"invalid": "Un numéro d'engagement juridique a dix chiffres."},
    ),
    "paye_le": ChampJour(label="Payé le", initial=aujourdhui),
    "numero_dp": forms.RegexField(
        label="Numéro de demande de paiement",
        regex=MOTIF_DP,
        strip=True,
        max_length=20,
        required=False,
        help_text="S'il est connu, tel que Chorus le donne.",
        error_messages={"invalid": DP_ILLISIBLE},
    ),
    # The part that the page shows: it is that one which is confirmed.
    "tranche": forms.UUIDField(widget=forms.HiddenInput),
    # The same page sent twice is one payment: the key is given with the page.
    "cle": forms.UUIDField(widget=forms.HiddenInput, initial=uuid4),
}
