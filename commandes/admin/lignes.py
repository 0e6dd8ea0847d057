"""Lines of an order, with the VAT rates that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from commandes.etats import MODIFIABLES
from commandes.models import LigneCommande
from commandes.regles import TAUX_TVA
from reseau.champs import ChampDecimalFrancais
from reseau.nombres import montrer_montant, montrer_nombre
from reseau.socle.portee import InlinePortee

if TYPE_CHECKING:
    from django.http import HttpRequest


class FormulaireLigne(forms.ModelForm[LigneCommande]):
    """A line typed in French: "12,5", "9,9750"."""

    quantite = ChampDecimalFrancais(label="quantité", max_digits=12, decimal_places=3)
    remise = ChampDecimalFrancais(
        label="remise (%)", max_digits=5, decimal_places=2, required=False, initial=0
    )
    taux_tva = forms.TypedChoiceField(
        label="TVA",
        coerce=lambda texte: ChampDecimalFrancais().to_python(texte),
        choices=[(str(taux), f"{montrer_nombre(taux)} %") for taux in TAUX_TVA],
        initial=str(TAUX_TVA[0]),
    )

    class Meta:
        model = LigneCommande
        fields = ("designation", "quantite", "prix_unitaire", "remise", "taux_tva", "travail")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.initial["taux_tva"] = str(self.instance.taux_tva.normalize())

    def clean_remise(self) -> Any:
        """No discount typed is no discount."""
        return self.cleaned_data["remise"] or 0


class LigneInline(InlinePortee):
    """Lines; they change no more once the order is delivered."""

    model = LigneCommande
    form = FormulaireLigne
    fields = (
        "designation",
        "quantite",
        "prix_unitaire",
        "remise",
        "taux_tva",
        "travail",
        "net_montre",
    )
    readonly_fields = ("net_montre",)
    ordering = ("rang", "id")
    verbose_name_plural = "ce qu'il faut faire"

    def net_montre(self, ligne: Any) -> str:
        """Net of the line, computed by the database."""
        return "—" if ligne._state.adding else montrer_montant(ligne.net)

    net_montre.short_description = "net HT"  # type: ignore[attr-defined]

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Three empty lines on a new order, one on another: no script is needed to add a line."""
        return 3 if obj is None else 1

    def _ouvert(self, commande: Any) -> bool:
        return commande is None or commande._state.adding or commande.etat in MODIFIABLES

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Open while the order may change."""
        return super().has_add_permission(request, obj) and self._ouvert(obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Open while the order may change."""
        return super().has_change_permission(request, obj) and self._ouvert(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A line may be taken off as it was put on."""
        return super().has_change_permission(request, obj) and self._ouvert(obj)
