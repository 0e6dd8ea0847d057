"""Scenarios in the admin: written like a request under review, compared, applied on one confirmation page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from financements.admin.lignes import SansIcones
from financements.admin.refus import AdminRefus
from financements.admin.simulations_pages import PagesDeSimulation
from financements.models import Enveloppe, LigneSimulee, Simulation
from financements.natures import DepartSimulation
from financements.simulations import A_SIMULER, chiffrer_ligne, taux_du_jour
from financements.simulations_ecrites import remplir
from reseau.admin.versions import FormulaireVersion, differences
from reseau.nombres import montrer_date_courte, montrer_montant
from reseau.socle.portee import InlinePortee

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class FormulaireSimulation(FormulaireVersion):
    """A name, a starting point, a reason for what differs from the requests."""

    def clean(self) -> dict[str, Any]:
        """At the right field, what the constraint would say above the form."""
        donnees = super().clean() or {}
        if donnees.get("depart") == DepartSimulation.PART and not donnees.get("part"):
            if "part" not in self.errors:
                self.add_error("part", "Indiquez la part retenue, de 1 à 100.")
        elif "depart" in donnees and donnees["depart"] != DepartSimulation.PART:
            donnees["part"] = None
        return donnees


class FormulaireLigneSimulee(forms.ModelForm[LigneSimulee]):
    """Learners that the scenario would retain."""

    def clean(self) -> dict[str, Any]:
        """Supplements are learners too; nobody retains more than asked without a reason."""
        donnees = super().clean() or {}
        effectif, supplements = donnees.get("effectif"), donnees.get("nb_majorations")
        if effectif is not None and supplements is not None and supplements > effectif:
            self.add_error("nb_majorations", "Il y a plus de suppléments que de jeunes.")
        plus = effectif is not None and effectif > self.instance.ligne.effectif_demande
        if plus and not donnees.get("motif"):
            self.add_error("motif", "Plus que la demande : écrivez la raison.")
        return donnees


class LignesSimulees(SansIcones, InlinePortee):
    """Rows that still count, school by school, with their computation."""

    model = LigneSimulee
    form = FormulaireLigneSimulee
    fields = ("dossier", "diplome", "initial", "effectif", "nb_majorations", "motif", "calcul")
    readonly_fields = ("dossier", "diplome", "initial", "calcul")
    can_delete = False
    max_num = 0
    verbose_name_plural = "Effectifs envisagés"
    classes = ("fin-lignes",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """What was proposed meanwhile is no longer imagined; an applied scenario shows what it did."""
        lignes = super().get_queryset(request).select_related("ligne__demande__ecole", "ligne__titre")
        ouvertes = Q(simulation__appliquee_le__isnull=False) | Q(ligne__demande__etat__in=A_SIMULER)
        return lignes.filter(ouvertes).order_by(
            "ligne__demande__ecole__nom", "ligne__demande__numero", "ligne__titre", "ligne__annee"
        )

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Rates are read once a page."""
        if obj is not None:
            self.taux = taux_du_jour(obj.enveloppe.exercice)
        return super().get_formset(request, obj, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows are those of the requests."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was applied does not change."""
        return super().has_change_permission(request, obj) and (obj is None or obj.appliquee_le is None)

    @admin.display(description="dossier")
    def dossier(self, simulee: LigneSimulee) -> str:
        """The school, and the way to its file."""
        demande = simulee.ligne.demande
        lien = reverse("admin:financements_demande_change", args=[demande.pk])
        return format_html(
            '<a href="{}">{}</a> <span class="fin-second">{}</span>', lien, demande.ecole.nom, demande.numero
        )

    @admin.display(description="diplôme")
    def diplome(self, simulee: LigneSimulee) -> str:
        """The title and the year."""
        return str(simulee.ligne)

    @admin.display(description="demandé")
    def initial(self, simulee: LigneSimulee) -> str:
        """Asked."""
        effectif, majorees = simulee.ligne.effectif_demande, simulee.ligne.majorations_demandees
        return f"{effectif}, dont {majorees} avec supplément" if majorees else str(effectif)

    @admin.display(description="montant")
    def calcul(self, simulee: LigneSimulee) -> str:
        """What it comes to, as recorded."""
        return montrer_montant(chiffrer_ligne(simulee, self.taux))


@admin.register(Simulation)
class AdminSimulation(SansIcones, AdminRefus, PagesDeSimulation):
    """A scenario on an envelope."""

    form = FormulaireSimulation
    modeles_lies = (LigneSimulee,)
    list_display = ("nom", "enveloppe", "creee", "suite")
    list_filter = ("enveloppe__exercice",)
    rien = "Aucune simulation"
    change_form_template = "admin/financements/simulation/change_form.html"

    class Media:
        css = {"all": ("css/financements.css",)}

    def get_queryset(self, request: HttpRequest) -> Any:
        """The envelope and who made it are on every page of a scenario."""
        return super().get_queryset(request).select_related("enveloppe__service", "creee_par")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was applied does not change."""
        return super().has_change_permission(request, obj) and (obj is None or obj.appliquee_le is None)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What was applied stays."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.appliquee_le is None)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Its rows go with it: they are nothing by themselves."""
        noms, _nombres, _droits, proteges = super().get_deleted_objects(objs, request)
        return noms[:1], {"simulation": len(objs)}, set(), proteges

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The envelope and the starting point are chosen once."""
        if obj is None:
            return [(None, {"fields": ("enveloppe", "nom", "depart", "part", "motif")})]
        ecrits = ("version_lue",) if self.has_change_permission(request, obj) else ()
        return [(None, {"fields": (*ecrits, "nom", "motif")})]

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rows come with the first save."""
        return [LignesSimulees] if obj else []

    def _borner(self, champ: Any, db_field: Any, request: HttpRequest) -> Any:
        """Envelopes of a service where this person may imagine."""
        champ = super()._borner(champ, db_field, request)
        if db_field.name == "enveloppe":
            utilisateur: Any = request.user
            champ.queryset = champ.queryset.select_related("service")
            if not utilisateur.is_superuser:
                champ.queryset = champ.queryset.filter(
                    service__in=utilisateur.regions_pour("simulation.ajouter")
                )
        return champ

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The only envelope of who has one."""
        siennes = list(Enveloppe.objects.visibles_par(request.user)[:2])  # type: ignore[arg-type]
        seule = {"enveloppe": siennes[0]} if len(siennes) == 1 else {}
        return {**seule, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Simulation, form: Any, change: bool) -> None:
        """Say who made it; write its rows once."""
        if not change:
            obj.creee_par = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)
        if not change:
            remplir(obj)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """The page opens on what the scenario comes to."""
        simulation: Simulation | None = context.get("original")
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False, "subtitle": None}
        context["title"] = f"Simulation : {simulation}" if simulation else "Nouvelle simulation"
        if simulation is not None:
            context |= self.constat(request, simulation)
            context["differences"] = differences(context["adminform"].form, context["inline_admin_formsets"])
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """To the rows."""
        nombre = obj.lignes.count()
        if nombre:
            messages.success(request, f"« {obj} » est prête. Changez les effectifs, puis enregistrez.")
        else:
            messages.warning(request, "Aucune demande n'est à instruire sur cette enveloppe pour l'instant.")
        return HttpResponseRedirect(self.page(obj))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Stay on the scenario, where its total is; or go and apply what was just typed and saved."""
        messages.success(request, f"« {obj} » est enregistrée et recalculée.")
        return HttpResponseRedirect(self.page(obj, "appliquer" if "_appliquer" in request.POST else "change"))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        """Back to the list; nothing but the scenario is gone."""
        messages.success(request, "La simulation est supprimée. Aucun dossier n'a changé.")
        return HttpResponseRedirect(reverse("admin:financements_simulation_changelist"))

    @admin.display(description="créée", ordering="creee_le")
    def creee(self, simulation: Simulation) -> str:
        """When, by whom."""
        return f"{montrer_date_courte(simulation.creee_le.date())}, {simulation.creee_par}"

    @admin.display(description="suite", ordering="appliquee_le")
    def suite(self, simulation: Simulation) -> str:
        """Whether it was applied."""
        jour = simulation.appliquee_le
        return f"appliquée le {montrer_date_courte(jour.date())}" if jour else "à l'étude"
