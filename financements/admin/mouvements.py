"""A movement of an envelope: written once, never changed, so that it is read before and after first."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse

from financements.admin.lignes import SansIcones
from financements.admin.refus import AdminRefus
from financements.models import Enveloppe, MouvementEnveloppe
from reseau.nombres import aujourdhui, montrer_date, montrer_date_courte, montrer_ecart, montrer_montant

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

_NEGATIFS = {
    MouvementEnveloppe.Nature.GEL,
    MouvementEnveloppe.Nature.RETRAIT,
    MouvementEnveloppe.Nature.RETOUR,
}


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


def avant_apres(enveloppe: Enveloppe, ae: Decimal, cp: Decimal) -> list[tuple[str, str, str, str]]:
    """Return what a movement changes, printed: what, the change, before, after."""
    mere = enveloppe.parent
    lignes = [
        ("AE ouvertes", ae, enveloppe.ae_ouvertes),
        ("AE disponibles", ae, enveloppe.ae_disponibles),
        ("CP ouverts", cp, enveloppe.cp_ouverts),
        ("CP disponibles", cp, enveloppe.cp_disponibles),
    ]
    if mere is not None:
        lignes += [
            ("AE disponibles de l'enveloppe d'origine", -ae, mere.ae_disponibles),
            ("CP disponibles de l'enveloppe d'origine", -cp, mere.cp_disponibles),
        ]
    return [
        (quoi, montrer_ecart(ecart), montrer_montant(avant), montrer_montant(avant + ecart))
        for quoi, ecart, avant in lignes
    ]


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

    class Media:
        css = {"all": ("css/financements.css",)}

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

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """What is valid is shown before and after; only what was confirmed there is written."""
        if request.method == "POST" and "_confirmer" not in request.POST:
            if not self.has_add_permission(request):
                raise PermissionDenied
            formulaire = self.get_form(request)(request.POST)
            if formulaire.is_valid():
                return self._confirmer(request, formulaire.cleaned_data)
        return super().add_view(request, form_url, extra_context)

    def _confirmer(self, request: HttpRequest, donnees: dict[str, Any]) -> HttpResponse:
        enveloppe: Enveloppe = donnees["enveloppe"]
        nature = MouvementEnveloppe.Nature(donnees["nature"]).label
        saisie = [(nom, request.POST.get(nom, "")) for nom in donnees]
        corriger = QueryDict(mutable=True)
        corriger.update(dict(saisie))
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"{nature} : {enveloppe}",
            "opts": self.model._meta,
            "enveloppe": enveloppe,
            "resume": f"{nature}, acte {donnees['reference']} du {montrer_date(donnees['date_acte'])}.",
            "lignes": avant_apres(enveloppe, donnees["ae"], donnees["cp"]),
            "saisie": saisie,
            "corriger": f"{request.path}?{corriger.urlencode()}",
            "retour": reverse("admin:financements_enveloppe_change", args=[enveloppe.pk]),
        }
        return TemplateResponse(request, "admin/financements/enveloppe/mouvement.html", contexte)

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
