"""Inputs of the last transitions of a file."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django import forms

from financements.admin.champs_lettres import MOTIFS_DES_LETTRES
from financements.admin.champs_versements import ChampJour
from financements.bilans import reste_a_rendre, solde
from financements.gardes_versements import prochaine_tranche
from financements.regles import ajouter_mois
from reseau.champs import ChampDecimalFrancais
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from collections.abc import Mapping

    from financements.models import Demande


def _somme_rendue(reste: Decimal | None = None) -> forms.Field:
    return ChampDecimalFrancais(
        label="Somme rendue (€)",
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        initial=None if reste is None else str(reste).replace(".", ","),
    )


CHAMPS_DES_BILANS: dict[str, forms.Field] = {
    "montant_rendu": _somme_rendue(),
    "rendu_le": ChampJour(label="Rendue le", initial=aujourdhui),
    "conserver_jusqu_au": forms.DateField(
        label="Dossier conservé jusqu'au",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    ),
}


def champs_de_fin(demande: Demande, nom: str, champs: Mapping[str, forms.Field]) -> Mapping[str, forms.Field]:
    """Return the inputs that this file asks for: nothing about a payment when no balance is left."""
    if nom == "payer" and (tranche := prochaine_tranche(demande)) is not None:
        montree = forms.UUIDField(widget=forms.HiddenInput, initial=tranche.pk)
        return {**champs, "tranche": montree}
    if nom in MOTIFS_DES_LETTRES:
        return {**champs, "motif": MOTIFS_DES_LETTRES[nom]}
    if nom == "recouvrer_resiliation":
        return {**champs, "montant_rendu": _somme_rendue(reste_a_rendre(demande))}
    if nom == "solder" and solde(demande) <= 0:
        return {}
    if nom == "clore":
        jour = ajouter_mois(aujourdhui(), 12 * demande.campagne.annees_conservation)
        propose = forms.DateField(
            label="Dossier conservé jusqu'au",
            initial=jour,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        )
        return {**champs, "conserver_jusqu_au": propose}
    return champs
