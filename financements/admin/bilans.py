"""Reports in the admin: the school writes one page, the service reads it beside what it retains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse

from financements.admin.lignes_bilans import Postes, lignes_de
from financements.admin.puis import vers_l_etape
from financements.admin.refus import AdminRefus
from financements.bilans_montres import depose_le, page_du_bilan
from financements.etats import MACHINE, Etat
from financements.models import Bilan, Demande, LigneRealisee, PosteCompteRendu
from financements.natures import PhaseBilan
from financements.saisies import Plume, plume_du_bilan, voit_l_interne
from reseau.admin.recherche import RechercheRepliee
from reseau.admin.versions import FormulaireVersion, differences
from reseau.nombres import montrer_date, montrer_montant
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet
    from django.http import HttpRequest, HttpResponse


class FormulaireBilan(FormulaireVersion):
    """What one side writes about the whole; the lines are below."""

    def clean(self) -> dict[str, Any]:
        """Lock the file before its report, as the whole trade does."""
        Demande.objects.select_for_update(of=("self",)).order_by().get(allocation__bilan=self.instance)
        return super().clean()


@admin.register(Bilan)
class AdminBilan(RechercheRepliee, AdminRefus):
    """The report of a decision: it is born, and moves, by the transitions of its file."""

    form = FormulaireBilan
    modeles_lies = (LigneRealisee, PosteCompteRendu)
    change_form_template = "admin/financements/bilan/change_form.html"
    list_display = ("dossier", "etape", "phase_dite", "depose", "final")
    list_filter = ("phase",)
    list_select_related = ("allocation__demande__ecole",)
    search_fields = ("allocation__demande__recherche",)
    search_help_text = "Nom de l'école ou numéro du dossier"

    class Media:
        css = {"all": ("css/financements.css", "css/bilans.css")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bilan]:
        """The page says whose report it is."""
        bilans: QuerySet[Bilan] = super().get_queryset(request)
        return bilans.select_related("allocation__demande__ecole", "allocation__demande__campagne")

    def plume(self, request: HttpRequest, bilan: Bilan | None) -> Plume:
        """Who writes what now; asked once a page that is only read."""
        if bilan is None:
            return Plume.PERSONNE
        lues: dict[Any, Plume] = request.__dict__.setdefault("_plumes", {})
        if bilan.pk not in lues or request.method != "GET":
            utilisateur: Any = request.user
            lues[bilan.pk] = plume_du_bilan(bilan.allocation.demande, bilan, utilisateur)
        return lues[bilan.pk]

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A report is prepared from its file."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """It is never deleted."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Each side writes in its own time."""
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or self.plume(request, obj) is not Plume.PERSONNE

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The words of this side."""
        plume = self.plume(request, obj)
        if plume is Plume.ECOLE:
            corriges = ("a_corriger", "reponse") if obj.a_corriger else ()
            return [("Ce qui a été fait", {"fields": ("version_lue", "commentaire", *corriges)})]
        if plume is Plume.SERVICE:
            demande = () if obj.phase == PhaseBilan.CONTRADICTOIRE else ("a_corriger",)
            return [("Ce qui a été fait", {"fields": ("version_lue", "commentaire", "reponse", *demande)})]
        return [("Ce qui a été fait", {"fields": ("commentaire", "reponse")})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What the other side wrote."""
        if self.plume(request, obj) is Plume.SERVICE:
            return ("commentaire", "reponse")
        if obj is not None and obj.allocation.demande.etat == Etat.BILAN_A_CORRIGER and not obj.a_corriger:
            return ("a_corriger", "commentaire")  # the service asks nothing about the whole
        return ("a_corriger",)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A school answers in its own name."""
        classe = super().get_form(request, obj, change, **kwargs)
        if self.plume(request, obj) is Plume.ECOLE and "reponse" in classe.base_fields:
            classe.base_fields["reponse"].label = "Votre réponse"
        return classe

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """The lines as this side writes them, then the accounts."""
        return [] if obj is None else [lignes_de(self.plume(request, obj)), Postes]

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """Rows know what is open: only what was named, when a correction was asked."""
        options: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        etat = obj.allocation.demande.etat
        options["form_kwargs"] = {"a_corriger": etat == Etat.BILAN_A_CORRIGER}
        return options

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """One button to save: the page stays, with its totals and what is still missing."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        bilan: Bilan | None = context.get("original")
        if bilan is not None:
            context |= self._contexte(request, bilan)
        formulaire = context["adminform"].form
        if isinstance(formulaire, FormulaireVersion):
            context["differences"] = differences(formulaire, context["inline_admin_formsets"])
        return super().render_change_form(request, context, *args, **kwargs)

    def _contexte(self, request: HttpRequest, bilan: Bilan) -> dict[str, Any]:
        demande, plume = bilan.allocation.demande, self.plume(request, bilan)
        utilisateur: Any = request.user
        interne = voit_l_interne(demande, utilisateur)
        nom = "redeposer_bilan" if demande.etat == Etat.BILAN_A_CORRIGER else "deposer_bilan"
        manques = (
            MACHINE.refus(demande, nom, Contexte(utilisateur, {"certifie": "?"}))
            if plume is Plume.ECOLE
            else []
        )
        return {
            "title": f"Bilan {demande.numero} : {demande.ecole.nom}",
            "subtitle": None,
            "etat": demande.get_etat_display() if interne else demande.etat_pour_l_ecole,
            "comptes": page_du_bilan(bilan, tuple(manques), calculs=plume is not Plume.ECOLE),
            "de_l_ecole": plume is Plume.ECOLE,
            "interne": interne,
            "retour": reverse("admin:financements_demande_change", args=[demande.pk]),
            "periode": f"du {montrer_date(bilan.du)} au {montrer_date(bilan.au)}",
            "etape": MACHINE.transitions[nom].libelle,
            "deposer": nom if plume is Plume.ECOLE else "",
        }

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Stay: the totals and what is missing are there; or go to the step that the button named."""
        messages.success(request, "Le bilan est enregistré.")
        page = HttpResponseRedirect(reverse("admin:financements_bilan_change", args=[obj.pk]))
        return vers_l_etape(request, obj.allocation.demande) or page

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Sentences have room."""
        if db_field.name in {"a_corriger", "reponse"}:
            kwargs["widget"] = forms.Textarea(attrs={"rows": 3})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="dossier", ordering="allocation__demande__numero")
    def dossier(self, bilan: Bilan) -> str:
        """The school and its file."""
        demande = bilan.allocation.demande
        return f"{demande.ecole.nom} ({demande.numero})"

    @admin.display(description="étape", ordering="allocation__demande__etat")
    def etape(self, bilan: Bilan) -> str:
        """Where the file stands."""
        return bilan.allocation.demande.get_etat_display()

    @admin.display(description="phase", ordering="phase")
    def phase_dite(self, bilan: Bilan) -> str:
        """How far the exchange went."""
        return bilan.get_phase_display() if bilan.phase else "—"

    @admin.display(description="déposé le", ordering="depose_le")
    def depose(self, bilan: Bilan) -> str:
        """When it was handed in."""
        return depose_le(bilan)

    @admin.display(description="montant final", ordering="allocation__demande__montant_final")
    def final(self, bilan: Bilan) -> str:
        """The certified amount."""
        montant = bilan.allocation.demande.montant_final
        return "—" if montant is None else montrer_montant(montant)
