"""Campaigns and scales: parameters that the functional administrator sets, and that all may read."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Max

from financements.actes import montrer_taux
from financements.admin.refus import AdminRefus
from financements.models import Bareme, Campagne, ColonneChorus, EcheancePrevue
from financements.natures import NaturePiece
from reseau.nombres import montrer_date_courte, montrer_montant, montrer_nombre
from reseau.socle.portee import InlinePortee, JeuDeLignes

if TYPE_CHECKING:
    from django.http import HttpRequest


CENT = Decimal(100)


class FormulaireCampagne(forms.ModelForm[Campagne]):
    """Pieces are boxes to tick."""

    pieces_obligatoires = forms.MultipleChoiceField(
        label="Pièces obligatoires",
        choices=[(n.value, n.label) for n in NaturePiece if n not in {NaturePiece.SCAN, NaturePiece.AUTRE}],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="L'école ne peut pas déposer sa demande sans elles.",
    )

    def clean(self) -> dict[str, Any]:
        """Say at its field what the constraint would say above the form."""
        donnees = super().clean() or {}
        debut, fin = donnees.get("ouverte_du"), donnees.get("ouverte_au")
        if debut and fin and fin < debut:
            self.add_error("ouverte_au", "La fin ne peut pas précéder le début.")
        return donnees


class JeuDEcheances(JeuDeLignes):
    """Parts make a hundred, or there is none."""

    def clean(self) -> None:
        """Say it above the rows; what was typed stays."""
        super().clean()
        if any(self.errors):
            return
        gardees = [f for f in self.forms if f.cleaned_data and f not in self.deleted_forms]
        total = sum((ligne.cleaned_data["part"] for ligne in gardees), Decimal(0))
        if gardees and total != CENT:
            raise forms.ValidationError(f"Les parts font {montrer_nombre(total)} % : il faut 100 %.")


def _du_service(requete: HttpRequest) -> bool:
    """Whether this person reads the State's words: an officer, or who writes the campaign."""
    return any(requete.user.has_perm(droit) for droit in ("enveloppe.voir", "campagne.modifier"))


class EcheanceInline(InlinePortee):
    """When what is committed is paid; nothing: all at once, from the notification on."""

    model = EcheancePrevue
    formset = JeuDEcheances
    fields = ("rang", "nature", "part", "prevue_le", "service_fait")
    verbose_name_plural = "Échéancier des versements"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A school reads when it is paid, in its own words: see the schedule of its file."""
        if _du_service(request):
            return self.fields
        return ("rang", "nature", "part", "prevue_le")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Room for three parts, without JavaScript."""
        return 0 if obj is not None and obj.echeances.exists() else 3


class ColonneChorusInline(InlinePortee):
    """Columns of the sheet for Chorus; nothing: the usual ones, without fixed values."""

    model = ColonneChorus
    fields = ("rang", "titre", "contenu", "valeur")
    verbose_name_plural = "Colonnes de la fiche pour Chorus"
    max_num = 30

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """Room to write without JavaScript."""
        return 2


@admin.register(Campagne)
class AdminCampagne(AdminRefus):
    """A year of requests."""

    form = FormulaireCampagne
    list_display = ("__str__", "ouverture", "mois", "delai_complement")
    fieldsets = (
        (None, {"fields": ("exercice", ("ouverte_du", "ouverte_au"), "mois")}),
        (
            "Dossiers",
            {
                "fields": (
                    "pieces_obligatoires",
                    "delai_complement",
                    "seuil_convention",
                    "delai_convention",
                    "seuil_comptes",
                )
            },
        ),
        (
            "Bilan",
            {
                "fields": (
                    ("periode_du", "periode_au"),
                    "bilan_avant_le",
                    ("delai_amiable", "delai_contradictoire"),
                    "seuil_reversement",
                    ("delai_reversement", "beneficiaire_reversement"),
                    "annees_conservation",
                )
            },
        ),
    )
    inlines = (EcheanceInline, ColonneChorusInline)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who only reads it reads sentences: a year is not a number of two thousand units."""
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ("annee", "ouverture", "mois", "pieces", "delai_complement", "seuil")})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The words of :meth:`get_fieldsets`."""
        return ("annee", "ouverture", "pieces", "seuil")

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """The sheet for Chorus is the State's own."""
        return self.inlines if _du_service(request) else (EcheanceInline,)

    @admin.display(description="convention obligatoire au-dessus de, par an")
    def seuil(self, campagne: Campagne) -> str:
        """The threshold, per managing body."""
        return montrer_montant(campagne.seuil_convention)

    @admin.display(description="exercice")
    def annee(self, campagne: Campagne) -> str:
        """The year, printed as one."""
        return str(campagne.exercice)

    @admin.display(description="pièces obligatoires")
    def pieces(self, campagne: Campagne) -> str:
        """The pieces, by their names."""
        return ", ".join(NaturePiece(n).label for n in campagne.pieces_obligatoires) or "aucune"

    @admin.display(description="ouverte", ordering="ouverte_du")
    def ouverture(self, campagne: Campagne) -> str:
        """From when to when, both days included."""
        return f"du {montrer_date_courte(campagne.ouverte_du)} au {montrer_date_courte(campagne.ouverte_au)}"


@admin.register(Bareme)
class AdminBareme(AdminRefus):
    """Rates: a new version is added, none is changed."""

    list_display = ("campagne", "diplome", "version", "par_jeune", "pour_l_annee", "supplement")
    list_display_links = ("diplome",)
    list_select_related = ("campagne", "titre")
    list_filter = ("campagne",)
    fields = ("campagne", "titre", "version", "unitaire", "majoration", "plafond")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Offer the last campaign, and a version that is free."""
        campagne = Campagne.objects.order_by("-exercice").first()
        if campagne is None:
            return {}
        derniere = campagne.baremes.aggregate(derniere=Max("version"))["derniere"] or 0
        return {
            "campagne": campagne.pk,
            "version": derniere + 1,
            **super().get_changeform_initial_data(request),
        }

    @admin.display(description="diplôme", ordering="titre")
    def diplome(self, bareme: Bareme) -> str:
        """The title, or all of them."""
        return str(bareme.titre or "Taux commun")

    @admin.display(description="par jeune et par mois", ordering="unitaire")
    def par_jeune(self, bareme: Bareme) -> str:
        """The rate, with its four decimals only when they count."""
        return montrer_taux(bareme.unitaire)

    @admin.display(description="par jeune, pour l'année")
    def pour_l_annee(self, bareme: Bareme) -> str:
        """What a learner who stays all the months of the campaign stands for."""
        return montrer_montant(bareme.unitaire * bareme.campagne.mois)

    @admin.display(description="supplément par mois", ordering="majoration")
    def supplement(self, bareme: Bareme) -> str:
        """The supplement."""
        return montrer_taux(bareme.majoration)
