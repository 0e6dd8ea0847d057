"""Optimistic lock: the second person to save reads what differs, and loses nothing of what she typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFLIT = (
    "Une autre personne a enregistré cette page pendant que vous l'écriviez. Rien n'est perdu : vos saisies "
    "sont ci-dessous, et ce qui diffère est listé. Relisez, puis enregistrez de nouveau."
)


class FormulaireVersion(forms.ModelForm[Any]):
    """A form that remembers which version of the row it was filled from."""

    version_lue = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflit = False
        if "version_lue" in self.fields and self.instance.pk:
            self.initial["version_lue"] = self.instance.version

    def clean(self) -> dict[str, Any]:
        """Lock the row, then compare; the admin's transaction keeps the lock until the save is done."""
        donnees = super().clean() or {}
        if not self.instance._state.adding and "version_lue" in self.fields:
            modele = type(self.instance)
            verrou = modele._default_manager.select_for_update(of=("self",)).order_by()
            actuelle = verrou.values_list("version", flat=True).get(pk=self.instance.pk)
            if donnees.get("version_lue") != actuelle:
                self._signaler(actuelle)
        return donnees

    def _signaler(self, actuelle: int) -> None:
        """Refuse this save; the next one, made from the page that shows the difference, may pass."""
        self.conflit = True
        saisie = self.data.copy()  # type: ignore[attr-defined]
        saisie[self.add_prefix("version_lue")] = str(actuelle)
        self.data = saisie
        self.add_error(None, CONFLIT)


def differences(formulaire: FormulaireVersion, lots: list[Any]) -> list[tuple[str, str, str]]:
    """Return (what, recorded by the other, typed here) for each value that differs from the row of now."""
    if not formulaire.conflit:
        return []
    trouvees = [*_ecarts(formulaire, "")]
    for lot in lots:
        for ligne in lot.formset.initial_forms:
            trouvees += _ecarts(ligne, f"{ligne.instance}, ")
    return trouvees


def _ecarts(formulaire: Any, prefixe: str) -> Iterator[tuple[str, str, str]]:
    for nom in formulaire.changed_data:
        if nom == "version_lue":
            continue
        champ = formulaire[nom]
        yield (
            f"{prefixe}{str(champ.label).lower()}",
            _dire(champ, champ.initial),
            _dire(champ, champ.value()),
        )


def _dire(champ: Any, valeur: Any) -> str:
    """Print a value as its field shows it: a choice by its label."""
    choix = {str(cle): str(libelle) for cle, libelle in getattr(champ.field, "choices", None) or ()}
    texte = "" if valeur is None else str(valeur)
    return choix.get(texte, texte) or "(vide)"
