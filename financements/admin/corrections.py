"""Inputs of the two pages of a correction: what the officer names, what the school answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

from financements.corrections import RAISON, REPONSE, TEXTE, cibles, ouvertes
from financements.natures import NaturePiece, RaisonCorrection
from financements.recevabilite import verdicts

if TYPE_CHECKING:
    from financements.models import Demande

_CHOIX = [("", "Rien à corriger"), *RaisonCorrection.choices]
_LONGUEUR_DU_MOTIF = 500


def champs_de_la_demande(demande: Demande) -> dict[str, forms.Field]:
    """One reason and one text a target; what is missing is chosen already, to reread and send."""
    manquantes = set(demande.campagne.pieces_obligatoires)
    manquantes -= set(demande.pieces.exclude(fichier__analyse="refuse").values_list("nature", flat=True))
    champs: dict[str, forms.Field] = {}
    for cible, mot in cibles(demande).items():
        manque = cible.removeprefix("piece_") in manquantes
        champs[RAISON + cible] = forms.ChoiceField(
            label=mot,
            choices=_CHOIX,
            required=False,
            initial=RaisonCorrection.INCOMPLET if manque else "",
        )
        champs[TEXTE + cible] = forms.CharField(
            label=f"{mot} : précision",
            max_length=300,
            required=False,
            initial="Cette pièce manque." if manque else "",
            widget=forms.TextInput(attrs={"size": 60}),
        )
    champs["motif"] = forms.CharField(
        label="Message à l'école",
        help_text="Relisez-le : l'école le reçoit par courriel, avec la liste des éléments à corriger.",
        max_length=_LONGUEUR_DU_MOTIF,
        required=False,
        initial=ce_qui_manque(demande),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    return champs


def ce_qui_manque(demande: Demande) -> str:
    """Return one list in plain French of what the blocking rules say and of the pieces that are not there."""
    phrases = [phrase for v in verdicts(demande) if v.bloque for phrase in v.constats]
    presentes = set(demande.pieces.values_list("nature", flat=True))
    phrases += [
        f"Il manque : « {NaturePiece(nature).label} »."
        for nature in demande.campagne.pieces_obligatoires
        if nature not in presentes
    ]
    return "\n".join(phrases)[:_LONGUEUR_DU_MOTIF]


def champs_de_la_reponse(demande: Demande) -> dict[str, forms.Field]:
    """One answer an open item: needed only when it was not changed."""
    return {
        REPONSE + correction.cible: forms.CharField(
            label=f"{correction.libelle} : votre réponse",
            help_text="Inutile si vous avez changé cet élément.",
            max_length=500,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
        for correction in ouvertes(demande)
    }
