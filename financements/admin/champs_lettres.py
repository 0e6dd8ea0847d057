"""Text that a letter or a mail prints: no ``maxlength``, beyond which a browser cuts what is pasted."""

from __future__ import annotations

from django import forms
from django.core.validators import MaxLengthValidator

from financements.natures import LONGUEUR_DE_LA_REMISE, LONGUEUR_DU_MOTIF

_DANS_LA_LETTRE = "Elle est dans la lettre"


def texte_de_lettre(  # noqa: PLR0913 - a form field has these parts
    libelle: str, longueur: int, *, aide: str = "", mot: str = "Ce texte", rangs: int = 3, propose: str = ""
) -> forms.CharField:
    """Return an input for a text that is sent whole, or refused with the number of its characters.

    ``rangs``: how many lines are shown; none for what is written on one line.
    """
    trop_long = (
        f"{mot} compte %(show_value)d caractères, pour {longueur} au plus : raccourcissez-le."
        " Rien n'est envoyé."
    )
    return forms.CharField(
        label=libelle,
        help_text=aide,
        required=False,
        initial=propose,
        validators=[MaxLengthValidator(longueur, trop_long)],
        widget=forms.Textarea(attrs={"rows": rangs}) if rangs else forms.TextInput(attrs={"size": 60}),
    )


# Beside a reason of the list: what the letter says of it.
_EXPLICATION = texte_de_lettre("Explication", LONGUEUR_DU_MOTIF, aide=f"{_DANS_LA_LETTRE}, sous le motif.")
_REMISE = texte_de_lettre("Raison", LONGUEUR_DE_LA_REMISE, aide=f"{_DANS_LA_LETTRE}.")
MOTIFS_DES_LETTRES: dict[str, forms.Field] = {
    "refuser": _EXPLICATION,
    "classer": _EXPLICATION,
    "resilier": texte_de_lettre("Raison", LONGUEUR_DU_MOTIF, aide=f"{_DANS_LA_LETTRE}."),
    "renoncer": _REMISE,
    "renoncer_resiliation": _REMISE,
}
