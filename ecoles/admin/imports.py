"""The import of schools in the admin: what is true of a whole file, and the list of imports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError

from ecoles.models import Ecole
from ecoles.ressources import RessourceEcoles, ecoles_d_import
from reseau.admin.imports import AvecImport, FormulaireImport
from reseau.admin.lots import LotImportAdmin
from reseau.models import LotImport
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpRequest


class FormulaireImportEcoles(FormulaireImport):
    """A register has a source and a date, that families will read."""

    source = forms.CharField(
        label="D'où viennent ces informations",
        max_length=300,
        required=False,
        help_text="Pour les lignes dont la source n'est pas dans le fichier.",
    )
    releve_le = forms.DateField(label="Relevé du", initial=aujourdhui, help_text="Par exemple 15/11/2026.")
    publier = forms.BooleanField(label="Publier tout de suite les écoles créées", required=False)

    def clean_releve_le(self) -> date:
        """A record cannot be of tomorrow."""
        jour: date = self.cleaned_data["releve_le"]
        if jour > aujourdhui():
            raise ValidationError("Cette date est dans le futur : indiquez le jour du relevé.")
        return jour


class AvecImportEcoles(AvecImport):
    """The list of schools with its import."""

    ressource = RessourceEcoles
    formulaire_import = FormulaireImportEcoles

    def formulaire_pour(self, request: HttpRequest) -> FormulaireImport:
        """Publishing is asked only of who keeps the records; for the others, a new school is a draft."""
        formulaire = super().formulaire_pour(request)
        if not request.user.has_perm("ecole.tenir"):
            del formulaire.fields["publier"]
        return formulaire

    def options_import(self, donnees: Mapping[str, Any]) -> dict[str, Any]:
        """Source, day and publication of the batch."""
        publication = Ecole.Publication.PUBLIEE if donnees.get("publier") else Ecole.Publication.BROUILLON
        return {
            "publication": publication.value,
            "source": donnees["source"],
            "releve_le": donnees["releve_le"].isoformat(),
        }


class FormulaireImportDEcole(FormulaireImport):
    """A file of one school."""

    ecole = forms.ModelChoiceField(Ecole.objects.none(), label="École")


class AvecImportDEcole(AvecImport):
    """A list whose rows belong to a school: a file is for one school, and only that school sees its lines."""

    formulaire_import = FormulaireImportDEcole

    def _ecoles(self, request: HttpRequest) -> QuerySet[Ecole]:
        permises = ecoles_d_import(request.user, self.ressource.permission)  # type: ignore[arg-type]
        return Ecole.objects.filter(pk__in=permises).order_by("nom", "id")

    def formulaire_pour(self, request: HttpRequest) -> FormulaireImport:
        """Ask for the school only of who has several."""
        formulaire = super().formulaire_pour(request)
        champ: Any = formulaire.fields["ecole"]
        champ.queryset = self._ecoles(request)
        if len(champ.queryset[:2]) == 1:
            del formulaire.fields["ecole"]
        return formulaire

    def territoire_pour(self, request: HttpRequest, donnees: Mapping[str, Any]) -> UUID:
        """The school chosen, else the only one. Raises ``PermissionDenied`` when there is none."""
        ecole: Ecole | None = donnees.get("ecole") or self._ecoles(request).first()
        if ecole is None:
            raise PermissionDenied
        return ecole.pk


admin.site.register(LotImport, LotImportAdmin)
