"""The page of an order: what to make, for whom, what learners learn, and the next step."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Sum

from commandes.admin.lignes import LigneInline
from commandes.admin.periode import Periode
from commandes.etats import MACHINE, MODIFIABLES
from commandes.models import Commande, LigneCommande
from commandes.naissance import naitre
from commandes.regles import totaux
from commandes.ressources import EXPORT_COMMANDES, RessourceCommandes
from ecoles.admin.base import AdminDeLEcole
from ecoles.admin.imports import AvecImportDEcole
from ecoles.models import Filiere
from ecoles.requetes import ecoles_pour
from reseau.admin.exports import AvecExport
from reseau.admin.recherche import RechercheRepliee
from reseau.admin.transitions import AdminTransitions
from reseau.admin.versions import FormulaireVersion, differences
from reseau.nombres import aujourdhui, montrer_duree, montrer_montant, montrer_nombre
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

_CHAMPS = ("ecole", "client", "intitule", "filiere", "blocs", "bloc_a_preciser", "recue_le", "a_livrer_le")


class FormulaireCommande(FormulaireVersion):
    """What a school types about an order."""

    def clean_recue_le(self) -> Any:
        """An order cannot arrive tomorrow."""
        jour = self.cleaned_data["recue_le"]
        if jour > aujourdhui():
            raise forms.ValidationError("Cette date est dans le futur.")
        return jour

    def clean(self) -> dict[str, Any]:
        """The client is one of this school's; the trade leaves its blocs open or names some."""
        donnees = super().clean()
        client = donnees.get("client")
        if client is not None and self.instance.ecole_id and client.ecole_id != self.instance.ecole_id:
            self.add_error("client", "Ce client est celui d'une autre école.")
        if donnees.get("bloc_a_preciser") and donnees.get("blocs"):
            self.add_error("bloc_a_preciser", "Des blocs sont déjà cochés : décochez « bloc à préciser ».")
        return donnees


@admin.register(Commande)
class CommandeAdmin(RechercheRepliee, AvecExport, AvecImportDEcole, AdminDeLEcole, AdminTransitions):
    """Orders of the school."""

    machine = MACHINE
    ressource = RessourceCommandes
    export = EXPORT_COMMANDES
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

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A delivered order is read."""
        ouverte = obj is None or obj._state.adding or obj.etat in MODIFIABLES
        return ouverte and super().has_change_permission(request, obj)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Blocs to tick, of the titles that the school teaches."""
        kwargs["widget"] = forms.CheckboxSelectMultiple()
        champ = super().formfield_for_manytomany(db_field, request, **kwargs)
        utilisateur: Any = request.user
        if champ is not None and db_field.name == "blocs" and not utilisateur.is_superuser:
            ecoles = ecoles_pour(utilisateur, "commande.voir")
            proposes = {"titre__etapes__parcours__offres__ecole__in": ecoles}
            champ.queryset = champ.queryset.filter(**proposes).distinct()
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
            naitre(obj, contexte)
            return
        obj.version += 1
        super().save_model(request, obj, form, change)
        MACHINE.consigner(obj, contexte, "modifier", obj.etat, obj.etat, {"champs": form.changed_data})

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
