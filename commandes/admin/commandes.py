"""The page of an order: what to make, for whom, what learners learn, and the next step."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.urls import reverse

from commandes.admin.formulaires import ChampBlocs, FormulaireCommande
from commandes.admin.lignes import LigneInline
from commandes.admin.periode import Periode
from commandes.etats import A_L_ATELIER, MACHINE, MODIFIABLES
from commandes.models import Commande, LigneCommande
from commandes.naissance import naitre
from commandes.regles import totaux
from commandes.ressources import EXPORT_COMMANDES, RessourceCommandes
from ecoles.admin.base import AdminDeLEcole
from ecoles.admin.imports import AvecImportDEcole
from ecoles.models import Filiere, Titre
from ecoles.requetes import ecoles_pour
from reseau.admin.exports import AvecExport
from reseau.admin.recherche import RechercheRepliee
from reseau.admin.transitions import AdminTransitions
from reseau.admin.versions import FormulaireVersion, differences
from reseau.nombres import montrer_duree, montrer_montant, montrer_nombre
from reseau.socle.etats import Contexte
from reseau.socle.portee import visibles

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

_DATES = ("recue_le", "a_livrer_le")
_TRAVAIL = ("filiere", "blocs", "bloc_a_preciser")
_NOUVEAU_CLIENT = (
    ("nouveau_nom", "nouveau_nature"),
    "nouveau_siret",
    ("nouveau_adresse", "nouveau_code_postal", "nouveau_ville"),
    ("nouveau_telephone", "nouveau_courriel"),
)
_CHAMPS = ("client", "intitule", *_TRAVAIL, *_DATES)


@admin.register(Commande)
class CommandeAdmin(RechercheRepliee, AvecExport, AvecImportDEcole, AdminDeLEcole, AdminTransitions):
    """Orders of the school."""

    machine = MACHINE
    ressource = RessourceCommandes
    export = EXPORT_COMMANDES
    refus_montres = True
    form = FormulaireCommande
    list_display = ("numero", "intitule", "client", "etat", "recue_le", "a_livrer_le", "total")
    list_filter = (Periode, "etat", "filiere")
    list_select_related = ("client",)
    ordering = ("-recue_le", "-id")
    inlines = (LigneInline,)
    change_form_template = "admin/commandes/commande.html"
    change_list_template = "admin/commandes/liste.html"
    champs_transition = {
        "recu_par": forms.CharField(label="Reçue par", max_length=100, required=False),
        "livree_le": forms.DateField(label="Livrée le (vide : aujourd'hui)", required=False),
        "motif": forms.CharField(label="Raison", max_length=300, required=False),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commande]:
        """Totals come with the rows, from the same query."""
        commandes: QuerySet[Commande] = super().get_queryset(request).avec_total()
        return commandes

    @admin.display(description="total HT")
    def total(self, commande: Any) -> str:
        """Sum of the nets."""
        return montrer_montant(commande.total_ht)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The version is remembered where there is something to save."""
        version = ("version_lue",) if obj is not None and self.has_change_permission(request, obj) else ()
        return (*version, *_CHAMPS)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new order may bring its client; an old one only changes it for another of the school."""
        if obj is not None:
            return super().get_fieldsets(request, obj)
        ecole = () if "ecole" in self.get_exclude(request, obj) else ("ecole",)
        return (
            ("Le client", {"fields": (*ecole, "client")}),
            ("Ou un nouveau client", {"fields": _NOUVEAU_CLIENT, "classes": ("collapse",)}),
            ("La commande", {"fields": ("intitule", *_DATES)}),
            ("Le travail", {"fields": _TRAVAIL}),
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A delivered order is read."""
        ouverte = obj is None or obj._state.adding or obj.etat in MODIFIABLES
        return ouverte and super().has_change_permission(request, obj)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Blocs to tick, of the titles that the school teaches."""
        kwargs |= {"widget": forms.CheckboxSelectMultiple(), "form_class": ChampBlocs}
        champ = super().formfield_for_manytomany(db_field, request, **kwargs)
        utilisateur: Any = request.user
        if champ is not None and db_field.name == "blocs" and not utilisateur.is_superuser:
            proposes = Titre.objects.proposes_par(ecoles_pour(utilisateur, "commande.voir"))
            champ.queryset = champ.queryset.filter(titre__in=proposes)
        if champ is not None and db_field.name == "blocs":
            champ.help_text = ""
            champ.queryset = champ.queryset.select_related("titre").order_by(
                "titre__niveau", "titre__intitule", "titre_id", "code"
            )
        return champ

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Trades of the school first; one trade is chosen already."""
        champ = super().formfield_for_foreignkey(db_field, request, **kwargs)
        seule = self.seule_ecole(request)
        if champ is not None and db_field.name == "filiere" and seule:
            champ.queryset = Filiere.objects.filter(ecoles=seule).order_by("rang")
        return champ

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new order is born with its number; a changed one is journalled."""
        utilisateur: Any = request.user
        contexte = Contexte(utilisateur)
        if not change:
            if form.nouveau_client is not None:
                form.nouveau_client.save(force_insert=True)
                obj.client = form.nouveau_client
            naitre(obj, contexte)
            if not visibles(Commande, request, "ajouter").filter(pk=obj.pk).exists():
                raise PermissionDenied
            return
        obj.version += 1
        super().save_model(request, obj, form, change)
        MACHINE.consigner(obj, contexte, "modifier", obj.etat, obj.etat, {"champs": form.changed_data})

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """New lines come after the others, in the order in which they were typed."""
        rangs = [ligne.rang for ligne in formset.get_queryset()] if change else []
        for rang, nouvelle in enumerate(formset.extra_forms, max(rangs, default=0) + 1):
            nouvelle.instance.rang = rang
        formset.save()

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Add the totals, the hours, and what differs when somebody saved first."""
        commande = context.get("original")
        formulaire = context["adminform"].form
        if isinstance(formulaire, FormulaireVersion):
            context["differences"] = differences(formulaire, context["inline_admin_formsets"])
        if commande is not None:
            context |= {"totaux": _totaux(commande), "heures": _heures(commande)}
            if commande.etat in A_L_ATELIER:
                choix = {"ecole": commande.ecole_id, "commande": commande.pk}
                context["lien_atelier"] = f"{reverse('commandes:atelier')}?{urlencode(choix)}"
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Say what the whole list is worth, not only its first page."""
        reponse = super().changelist_view(request, extra_context)
        liste = getattr(reponse, "context_data", {}).get("cl")
        if liste is not None:
            cles = liste.queryset.order_by().values("pk")
            somme = LigneCommande.objects.filter(commande__in=cles).aggregate(s=Sum("net"))["s"]
            reponse.context_data["total_ht"] = montrer_montant(somme or Decimal(0))
        return reponse


def _totaux(commande: Commande) -> dict[str, Any]:
    """Totals by VAT rate, in words."""
    calcul = totaux(commande.lignes.order_by("rang", "id").values_list("net", "taux_tva"))
    return {
        "par_taux": [
            (f"{montrer_nombre(t.taux)} %", montrer_montant(t.base), montrer_montant(t.tva))
            for t in calcul.par_taux
        ],
        "ht": montrer_montant(calcul.ht),
        "tva": montrer_montant(calcul.tva),
        "ttc": montrer_montant(calcul.ttc),
    }


def _heures(commande: Commande) -> str:
    """Validated hours of the learners on this order."""
    minutes = commande.pointages.filter(etat="valide").aggregate(s=Sum("minutes"))["s"]
    return montrer_duree(minutes or 0)
