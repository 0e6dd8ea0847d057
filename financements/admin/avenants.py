"""Amendments in the admin: what changes is written here; the steps are taken on the page of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Max
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from ecoles.titres_a_choisir import distinguer
from financements.actes_avenants import ligne_imprimee
from financements.admin.lignes import LIGNES_MAXIMUM, SansIcones
from financements.admin.refus import AdminRefus
from financements.avenants import OUVERTES
from financements.etats import MACHINE, Etat
from financements.gardes_avenants import preparateurs
from financements.models import Allocation, Avenant, LigneAvenant
from financements.natures import EtapeAvenant
from reseau.nombres import montrer_ecart, montrer_instant
from reseau.socle.etats import Contexte
from reseau.socle.portee import InlinePortee

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse


class FormulaireLigneAvenant(forms.ModelForm[LigneAvenant]):
    """A row adds learner-months, or takes some away."""

    def clean(self) -> dict[str, Any]:
        """At the right field, what the constraints would say above the form."""
        donnees = super().clean() or {}
        mois, majores = donnees.get("mois"), donnees.get("mois_majores")
        if mois == 0 and not majores:
            self.add_error("mois", "Une ligne d'avenant ajoute ou retire des mois.")
        return donnees


class LignesAvenant(SansIcones, InlinePortee):
    """The rows of an amendment, with their computation once saved."""

    model = LigneAvenant
    form = FormulaireLigneAvenant
    fields = ("titre", "annee", "mois", "mois_majores", "calcul")
    readonly_fields = ("calcul",)
    max_num = LIGNES_MAXIMUM
    verbose_name_plural = "Ce qui change"
    classes = ("fin-lignes",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the diploma, which each row prints."""
        return super().get_queryset(request).select_related("titre").order_by("titre", "annee")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Two diplomas of one name are told apart."""
        champ = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "titre":
            distinguer(champ)
        return champ

    def get_extra(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> int:
        """Room to write without JavaScript."""
        return 1 if obj else 3

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was proposed does not change."""
        return super().has_change_permission(request, obj) and _en_preparation(obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same for one row more."""
        return super().has_add_permission(request, obj) and _en_preparation(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row of what is still prepared may go."""
        return self.has_change_permission(request, obj)

    @admin.display(description="calcul")
    def calcul(self, ligne: LigneAvenant) -> str:
        """The formula and its amount, at the rates of the decision."""
        if ligne._state.adding:
            return "Calculé à l'enregistrement"
        imprimee = ligne_imprimee(ligne)
        return f"{imprimee['formule']} = {imprimee['montant']}"


def _en_preparation(avenant: Avenant | None) -> bool:
    return avenant is None or avenant._state.adding or avenant.etape == EtapeAvenant.PREPARE


@admin.register(Avenant)
class AdminAvenant(AdminRefus):
    """An amendment of a decision in execution."""

    modeles_lies = (LigneAvenant,)
    inlines = (LignesAvenant,)
    list_display = ("dossier", "numero", "etape", "variation", "prepare")
    list_filter = ("etape",)
    list_select_related = ("allocation__demande__ecole",)
    search_fields = ("allocation__demande__recherche",)
    search_help_text = "Nom de l'école ou numéro du dossier"

    class Media:
        css = {"all": ("css/financements.css",)}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was proposed does not change: it is sent back first."""
        return super().has_change_permission(request, obj) and _en_preparation(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """An amendment is given up, never deleted."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The decision is chosen once."""
        if obj is None:
            return [(None, {"fields": ("allocation", "motif")})]
        lus = ("vers_le_dossier", "etape", *(("renvoi",) if obj.renvoi else ()), "variation")
        return [(None, {"fields": (*lus, "motif")})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What the page prints."""
        return ("vers_le_dossier", "etape", "renvoi", "variation")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A reason is a sentence or two."""
        if db_field.name == "motif":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """One button to save: it leads back to the file."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Decisions in execution without an amendment in progress, by the name of their school."""
        champ = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if champ is not None and db_field.name == "allocation":
            prises = Avenant.objects.filter(etape__in=OUVERTES).values("allocation")
            champ.queryset = (
                Allocation.objects.visibles_par(request.user)  # type: ignore[arg-type]
                .filter(demande__etat=Etat.EN_EXECUTION)
                .exclude(pk__in=prises)
                .select_related("demande__ecole")
                .order_by("demande__ecole__nom", "demande__numero")
            )
            champ.label_from_instance = lambda a: f"{a.demande.ecole.nom} ({a.demande.numero})"
        return champ

    def save_model(self, request: HttpRequest, obj: Avenant, form: Any, change: bool) -> None:
        """A new one takes the next number of its decision, and its line in the journal of the file."""
        if not change:
            dernier = obj.allocation.avenants.aggregate(dernier=Max("rang"))["dernier"] or 0
            obj.rang = dernier + 1
        super().save_model(request, obj, form, change)
        if not change:
            self._signer(request, obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Whoever writes in another's amendment is in the journal too: she will not visa it."""
        super().save_related(request, form, formsets, change)
        touche = form.changed_data or any(ligne.has_changed() for lot in formsets for ligne in lot.forms)
        deja = preparateurs(form.instance).filter(acteur=request.user.pk)
        if change and touche and not deja.exists():
            self._signer(request, form.instance)

    def _signer(self, request: HttpRequest, avenant: Avenant) -> None:
        demande, utilisateur = avenant.allocation.demande, request.user
        contexte, donnees = Contexte(utilisateur), {"avenant": str(avenant.pk)}  # type: ignore[arg-type]
        MACHINE.consigner(demande, contexte, "preparer_avenant", demande.etat, demande.etat, donnees)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Back to the file: its steps are there."""
        return self._au_dossier(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """The same."""
        return self._au_dossier(request, obj)

    def _au_dossier(self, request: HttpRequest, avenant: Avenant) -> HttpResponse:
        avenant.refresh_from_db(fields=["montant"])
        variation = montrer_ecart(avenant.montant)
        messages.success(request, f"L'avenant n° {avenant.rang} est enregistré : {variation}.")
        lien = reverse("admin:financements_demande_change", args=[avenant.allocation.demande_id])
        return HttpResponseRedirect(lien)

    @admin.display(description="dossier", ordering="allocation__demande__numero")
    def dossier(self, avenant: Avenant) -> str:
        """The school and its file."""
        demande = avenant.allocation.demande
        return f"{demande.ecole.nom} ({demande.numero})"

    @admin.display(description="dossier")
    def vers_le_dossier(self, avenant: Avenant) -> str:
        """The way back, where the next step is."""
        lien = reverse("admin:financements_demande_change", args=[avenant.allocation.demande_id])
        return format_html('<a href="{}">{}</a>', lien, self.dossier(avenant))

    @admin.display(description="numéro", ordering="rang")
    def numero(self, avenant: Avenant) -> str:
        """Its rank in the file."""
        return f"n° {avenant.rang}"

    @admin.display(description="variation", ordering="montant")
    def variation(self, avenant: Avenant) -> str:
        """More, or less."""
        return montrer_ecart(avenant.montant)

    @admin.display(description="préparé le", ordering="cree_le")
    def prepare(self, avenant: Avenant) -> str:
        """When it began."""
        return montrer_instant(avenant.cree_le)
