"""The envelope's page: its bar, its ledger, and the door to a new movement."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from financements.admin.fonctions import AdminFonctions
from financements.admin.lignes import SansIcones
from financements.admin.pilotage import AdminPilotage
from financements.admin.point import AdminPoint
from financements.admin.refus import AdminRefus
from financements.barre import barre, comptes
from financements.models import Enveloppe, MouvementEnveloppe
from reseau.nombres import PARIS, aujourdhui, montrer_date_courte, montrer_ecart, montrer_montant

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

_NEGATIFS = {
    MouvementEnveloppe.Nature.GEL,
    MouvementEnveloppe.Nature.RETRAIT,
    MouvementEnveloppe.Nature.RETOUR,
}


@admin.register(Enveloppe)
class AdminEnveloppe(SansIcones, AdminRefus, AdminPilotage, AdminFonctions, AdminPoint):
    """Credits of a service for a year. Nothing is typed here: counters follow the ledgers."""

    list_display = ("__str__", "ouvertes", "engagees", "disponibles", "payes")
    list_select_related = ("service",)
    list_filter = ("exercice",)
    change_form_template = "admin/financements/enveloppe/change_form.html"

    def _borner(self, champ: Any, db_field: Any, request: HttpRequest) -> Any:
        """An envelope is opened in a service where this person holds that duty."""
        utilisateur: Any = request.user
        if db_field.name == "parent":
            champ = super()._borner(champ, db_field, request)
            champ.queryset = champ.queryset.filter(parent=None).select_related("service")
        elif not utilisateur.is_superuser:
            champ.queryset = champ.queryset.filter(pk__in=utilisateur.regions_pour("enveloppe.ajouter"))
        return champ

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Asked once, when it is opened; the title of the page says it afterwards."""
        champs = () if obj else ("service", "exercice", "programme", "action", "parent")
        return [(None, {"fields": champs})]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Start with the present year."""
        return {"exercice": aujourdhui().year, **super().get_changeform_initial_data(request)}

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Give the page its bar, its ledger, and the link to a new movement when it is open."""
        enveloppe = context.get("original")
        context |= {"title": str(enveloppe or "Nouvelle enveloppe"), "subtitle": None}
        if enveloppe is not None:
            context["barre"] = barre(enveloppe)
            context["comptes"] = comptes(enveloppe)
            context["points"] = self.liens_du_point(enveloppe)
            context["mouvements"] = _registre(enveloppe)
            context["engagements"] = _engagements(enveloppe)
            if request.user.has_perm("simulation.voir"):
                lien = "admin:financements_simulation_comparer"
                context["simulations"] = reverse(lien, args=[enveloppe.pk])
            if _peut_mouvoir(request, enveloppe):
                context["ajouter_mouvement"] = (
                    reverse("admin:financements_mouvementenveloppe_add") + f"?enveloppe={enveloppe.pk}"
                )
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="AE ouvertes", ordering="ae_ouvertes")
    def ouvertes(self, enveloppe: Enveloppe) -> str:
        """Opened."""
        return montrer_montant(enveloppe.ae_ouvertes)

    @admin.display(description="engagées", ordering="ae_engagees")
    def engagees(self, enveloppe: Enveloppe) -> str:
        """Committed."""
        return montrer_montant(enveloppe.ae_engagees)

    @admin.display(description="disponibles")
    def disponibles(self, enveloppe: Enveloppe) -> str:
        """Free to commit."""
        return montrer_montant(enveloppe.ae_disponibles)

    @admin.display(description="CP payés", ordering="cp_payes")
    def payes(self, enveloppe: Enveloppe) -> str:
        """Paid."""
        return montrer_montant(enveloppe.cp_payes)


def _peut_mouvoir(request: HttpRequest, enveloppe: Enveloppe) -> bool:
    utilisateur: Any = request.user
    return bool(
        utilisateur.has_perm("mouvementenveloppe.ajouter")
        and utilisateur.regions_pour("mouvementenveloppe.ajouter")
        .filter(service_id=enveloppe.service_id)
        .exists()
    )


def _registre(enveloppe: Enveloppe) -> list[dict[str, str]]:
    """The ledger, oldest first, with the running total of opened AE."""
    lignes, cumul = [], Decimal(0)
    for mouvement in enveloppe.mouvements.select_related("saisi_par").order_by("saisi_le", "id"):
        cumul += mouvement.ae
        lignes.append(
            {
                "date": montrer_date_courte(mouvement.date_acte),
                "nature": mouvement.get_nature_display(),
                "reference": mouvement.reference,
                "ae": montrer_ecart(mouvement.ae),
                "cp": montrer_ecart(mouvement.cp),
                "cumul": montrer_montant(cumul),
                "par": str(mouvement.saisi_par),
            }
        )
    return lignes


def _engagements(enveloppe: Enveloppe) -> list[dict[str, str]]:
    """The last commitments, newest first, each with the link to its file."""
    lignes = enveloppe.engagements.select_related("allocation__demande__ecole").order_by("-saisi_le", "-id")[
        :50
    ]
    return [
        {
            "date": montrer_date_courte(ligne.saisi_le.astimezone(PARIS).date()),
            "dossier": ligne.allocation.demande.numero,
            "lien": reverse("admin:financements_demande_change", args=[ligne.allocation.demande_id]),
            "ecole": ligne.allocation.demande.ecole.nom,
            "nature": ligne.get_nature_display(),
            "montant": montrer_ecart(ligne.montant),
        }
        for ligne in lignes
    ]


class FormulaireMouvement(forms.ModelForm[MouvementEnveloppe]):
    """Each refusal is at its field; the ledger's constraints say the same behind."""

    def clean_date_acte(self) -> Any:
        """An act is signed before it is entered."""
        jour = self.cleaned_data["date_acte"]
        if jour > aujourdhui():
            raise forms.ValidationError("Cette date est dans le futur.")
        return jour

    def clean(self) -> dict[str, Any]:
        """Signs follow the nature; a movement never takes what is committed, nor thaws what is not frozen."""
        donnees = super().clean() or {}
        for champ in ("ae", "cp"):
            if (phrase := _refus_du_signe(donnees.get("nature"), donnees.get(champ))) is not None:
                self.add_error(champ, phrase)
        if not self.errors and not donnees["ae"] and not donnees["cp"]:
            self.add_error("ae", "Un mouvement change les AE ou les CP.")
        if not self.errors:
            for champ, phrase in _refus_de_l_enveloppe(donnees):
                self.add_error(champ, phrase)
        return donnees


def _refus_du_signe(nature: str | None, montant: Decimal | None) -> str | None:
    if not nature or montant is None:
        return None
    mot = MouvementEnveloppe.Nature(nature).label.lower()
    if nature in _NEGATIFS and montant > 0:
        return f"Un {mot} s'écrit avec un montant négatif : {montrer_ecart(-montant)}."
    if nature not in _NEGATIFS and nature != MouvementEnveloppe.Nature.REDEPLOIEMENT and montant < 0:
        return (
            f"Pour « {mot} », le montant est positif. Pour reprendre des crédits, choisissez gel ou retrait."
        )
    return None


def _refus_de_l_enveloppe(donnees: dict[str, Any]) -> list[tuple[str, str]]:
    enveloppe: Enveloppe = donnees["enveloppe"]
    refus = _refus_de_la_delegation(enveloppe, donnees)
    if enveloppe.ae_disponibles + donnees["ae"] < 0:
        refus.append(
            ("ae", f"L'enveloppe ne dispose que de {montrer_montant(enveloppe.ae_disponibles)} d'AE.")
        )
    if enveloppe.cp_disponibles + donnees["cp"] < 0:
        reste = montrer_montant(enveloppe.cp_disponibles)
        refus.append(("cp", f"L'enveloppe ne dispose que de {reste} de CP."))
    if donnees["nature"] == MouvementEnveloppe.Nature.DEGEL:
        gele = -sum((m.ae for m in enveloppe.mouvements.filter(nature__in=("gel", "degel"))), Decimal(0))
        if donnees["ae"] > gele:
            refus.append(("ae", f"Il n'y a que {montrer_montant(gele)} d'AE gelées."))
    return refus


def _refus_de_la_delegation(enveloppe: Enveloppe, donnees: dict[str, Any]) -> list[tuple[str, str]]:
    """A sub-envelope receives from its envelope only, what that one still has."""
    mere = enveloppe.parent
    delegue = donnees["nature"] in {MouvementEnveloppe.Nature.DELEGATION, MouvementEnveloppe.Nature.RETOUR}
    if mere is None:
        phrase = "Une délégation s'écrit sur la sous-enveloppe qui la reçoit."
        return [("nature", phrase)] if delegue else []
    if not delegue:
        return [("nature", "Une sous-enveloppe ne reçoit que des délégations de son enveloppe.")]
    restes = {"ae": mere.ae_disponibles, "cp": mere.cp_disponibles}
    return [
        (champ, f"L'enveloppe d'origine ne dispose que de {montrer_montant(reste)} de {champ.upper()}.")
        for champ, reste in restes.items()
        if donnees[champ] > reste
    ]


@admin.register(MouvementEnveloppe)
class AdminMouvement(SansIcones, AdminRefus):
    """Lines of the ledger: added, never changed nor deleted."""

    form = FormulaireMouvement
    fields = ("enveloppe", "nature", ("ae", "cp"), "reference", "date_acte")
    list_display = ("enveloppe", "nature", "montant_ae", "montant_cp", "reference", "date")
    list_display_links = ("nature",)
    list_select_related = ("enveloppe__service",)
    list_filter = ("nature",)
    modeles_lies = (Enveloppe,)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A ledger line stays as it was written."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """A mistake is corrected by the opposite line."""
        return False

    def _borner(self, champ: Any, db_field: Any, request: HttpRequest) -> Any:
        """Only envelopes of a service where this person holds that duty."""
        champ = super()._borner(champ, db_field, request)
        utilisateur: Any = request.user
        if not utilisateur.is_superuser:
            champ.queryset = champ.queryset.filter(
                service__in=utilisateur.regions_pour("mouvementenveloppe.ajouter")
            )
        champ.queryset = champ.queryset.select_related("service")
        return champ

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Today."""
        return {"date_acte": aujourdhui(), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: MouvementEnveloppe, form: Any, change: bool) -> None:
        """Say who typed it."""
        obj.saisi_par = request.user  # type: ignore[assignment]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Back to the envelope, where the new line and the new total are."""
        messages.success(
            request,
            f"{obj.get_nature_display()} : {montrer_ecart(obj.ae)} d'AE, {montrer_ecart(obj.cp)} de CP.",
        )
        return HttpResponseRedirect(reverse("admin:financements_enveloppe_change", args=[obj.enveloppe_id]))

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """One button: a second movement is a second act."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False, "subtitle": None}
        context["title"] = "Mouvement" if context.get("original") else "Nouveau mouvement"
        return super().render_change_form(request, context, *args, **kwargs)

    @admin.display(description="AE", ordering="ae")
    def montant_ae(self, mouvement: MouvementEnveloppe) -> str:
        """Signed."""
        return montrer_ecart(mouvement.ae)

    @admin.display(description="CP", ordering="cp")
    def montant_cp(self, mouvement: MouvementEnveloppe) -> str:
        """Signed."""
        return montrer_ecart(mouvement.cp)

    @admin.display(description="date de l'acte", ordering="date_acte")
    def date(self, mouvement: MouvementEnveloppe) -> str:
        """When the act was signed."""
        return montrer_date_courte(mouvement.date_acte)
