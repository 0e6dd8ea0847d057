"""The list of requests: what awaits, ordered by deadline, with the envelope's remainder after each grant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html

from financements import tableau
from financements.etats import ACCORDEES, EN_COURS, Etat
from financements.exports import EXPORT_DEMANDES
from financements.liste_lue import lire_les_dossiers
from financements.models import Campagne
from reseau.admin.exports import AvecExport
from reseau.admin.filtres import AvecFiltresGardes
from reseau.admin.recherche import RechercheRepliee
from reseau.models import Region
from reseau.nombres import montrer_montant
from reseau.socle.pretes import Prete

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from financements.models import Demande


_ENSUITE = (
    Etat.ACCORDEE,
    Etat.CONVENTIONNEE,
    Etat.NOTIFIEE,
    Etat.EN_EXECUTION,
    Etat.BILAN_DEPOSE,
    Etat.BILAN_A_CORRIGER,
    Etat.SERVICE_FAIT,
    Etat.REVERSEMENT,
    Etat.SOLDEE,
    Etat.CLOSE,
    Etat.REFUSEE,
    Etat.SANS_SUITE,
    Etat.RESILIEE,
    Etat.RETIREE,
)


class FiltreEtape(admin.SimpleListFilter):
    """By default what is under way, and everything once a name is searched; "moi" is what my duties move."""

    title = "étape"
    parameter_name = "etape"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Groups first, then each state that this trade knows how to reach."""
        groupes = [("moi", "À traiter par moi"), ("finies", "Décidées ou retirées"), ("toutes", "Toutes")]
        return [*groupes, *((e.value, e.label) for e in (*EN_COURS, *_ENSUITE))]

    def choices(self, changelist: Any) -> Any:
        """The default has a name, where Django would say "Tout"; the rest of the address is written once."""
        defaut, choisie = "Toutes, pour cette recherche" if changelist.query else "En cours", self.value()
        autres = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": choisie is None, "query_string": autres, "display": defaut}
        devant = autres if autres == "?" else f"{autres}&"
        for code, libelle in self.lookup_choices:
            lien = f"{devant}{self.parameter_name}={code}"
            yield {"selected": choisie == code, "query_string": lien, "display": libelle}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Demande]) -> QuerySet[Demande]:
        """Narrow to the chosen step."""
        choix = self.value()
        if choix == "toutes":
            return queryset
        if choix == "moi":
            return queryset.filter(tableau.qui_attendent_de(request.user))
        if choix == "finies":
            return queryset.exclude(etat__in=EN_COURS)
        if choix:
            return queryset.filter(etat=choix)
        return queryset if request.GET.get(SEARCH_VAR) else queryset.filter(etat__in=EN_COURS)


ANNEES_OFFERTES = 10
_ANNEES = Prete(lambda: Campagne.objects.order_by("-exercice").values_list("exercice")[:ANNEES_OFFERTES])


class FiltreExercice(admin.SimpleListFilter):
    """The latest years that have a campaign; an older one is still found by its number, or in the address."""

    title = "exercice"
    parameter_name = "exercice"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """One choice a year; with a single year Django shows no filter."""
        return [(str(annee), str(annee)) for (annee,) in _ANNEES.lire()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Demande]) -> QuerySet[Demande]:
        """Narrow to a year; what is not a year of the list keeps everything."""
        choix = self.value()
        return queryset.filter(campagne__exercice=choix) if choix and choix.isdecimal() else queryset


class FiltreRegion(admin.SimpleListFilter):
    """For national readers only: an officer has her region."""

    title = "région"
    parameter_name = "region"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every region, to whoever sees them all."""
        utilisateur: Any = request.user
        if not utilisateur.detient_au_national("demande.voir"):
            return []
        return list(Region.objects.order_by("nom").values_list("code", "nom"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Demande]) -> QuerySet[Demande]:
        """Narrow to a region; the territory was already applied."""
        return queryset.filter(region=self.value()) if self.value() else queryset


_ETAPES = {etat.value: format_html('<span class="edp-etat">{}</span>', etat.label) for etat in Etat}


class PageDeDemandes(ChangeList):
    """The stock list, with the columns of its rows computed in SQL; ``tout``: what "show all" asks for."""

    tout = "etape=toutes"

    def get_results(self, request: HttpRequest) -> None:
        """The rows of the page are only shown: actions and exports take the files themselves."""
        dossiers = self.queryset
        self.queryset = dossiers.values_list("pk", flat=True)
        super().get_results(request)
        self.queryset, cles = dossiers, self.result_list
        self.result_list = SimpleLazyObject(lambda: lire_les_dossiers(list(cles)))


class ListeDemandes(RechercheRepliee, AvecFiltresGardes, AvecExport):
    """Columns, filters and search of the list; eight queries at any size."""

    export = EXPORT_DEMANDES
    change_list_template = "admin/financements/demande/change_list.html"
    search_help_text = "Numéro du dossier ou nom de l'école, avec ou sans accents."
    ordering = ("echeance_le", "-id")
    sortable_by = ("dossier", "montant", "depuis", "prochaine_echeance")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that adds what its columns show to the rows of one page."""
        return PageDeDemandes

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Above an officer's list, what her envelope would have left if all of it were granted."""
        contexte = {"constats": _constats(request.user), **(extra_context or {})}
        return super().changelist_view(request, contexte)

    def get_list_display(self, request: HttpRequest) -> Any:
        """An officer's columns, or a school's."""
        if request.user.has_perm("enveloppe.voir"):
            return ("dossier", "effectif", "montant", "reste", "etape", "depuis", "prochaine_echeance")
        return ("dossier", "effectif_ecole", "montant_ecole", "ou_en_est", "depuis", "prochaine_echeance")

    def get_list_filter(self, request: HttpRequest) -> Any:
        """A school has a handful of requests: it needs no filter but the year."""
        if request.user.has_perm("enveloppe.voir"):
            return [*super().get_list_filter(request), FiltreEtape, FiltreExercice, FiltreRegion]
        return super().get_list_filter(request)

    @admin.display(description="dossier", ordering="numero")
    def dossier(self, demande: Demande) -> str:
        """The school, and the number under it."""
        return format_html('{} <span class="fin-second">{}</span>', demande.ecole.nom, demande.numero)

    @admin.display(description="effectif demandé / retenu")
    def effectif(self, demande: Any) -> str:
        """Learners asked, and retained once the review began."""
        return tableau.effectif(demande)

    @admin.display(description="nombre de jeunes")
    def effectif_ecole(self, demande: Any) -> int:
        """Learners asked."""
        return demande.nb_demandes or 0

    @admin.display(description="montant envisagé", ordering="montant_demande")
    def montant(self, demande: Demande) -> str:
        """The amount that a grant would take, or took."""
        if demande.etat == Etat.BROUILLON:  # nobody's yet: the sentence above the list leaves it out too
            return "—"
        return montrer_montant(tableau.envisage(demande))

    @admin.display(description="montant", ordering="montant_demande")
    def montant_ecole(self, demande: Demande) -> str:
        """What was asked, then what was granted."""
        accorde = demande.montant_propose if demande.etat in ACCORDEES else None
        return montrer_montant(demande.montant_demande if accorde is None else accorde)

    @admin.display(description="reste de l'enveloppe après accord")
    def reste(self, demande: Any) -> str:
        """What the envelope would have left; below zero it is said in words too."""
        if demande.etat not in tableau.ENVISAGEES:
            return "—"
        reste = tableau.reste_apres(demande)
        if reste is None:
            return "Pas d'enveloppe"
        if reste < 0:
            return format_html(
                '<span class="fin-negatif">{} <span class="fin-second">dépasse l\'enveloppe</span></span>',
                montrer_montant(reste),
            )
        return montrer_montant(reste)

    @admin.display(description="étape", ordering="etat")
    def etape(self, demande: Demande) -> str:
        """The state, in the officer's words."""
        return _ETAPES[demande.etat]

    @admin.display(description="où en est la demande", ordering="etat")
    def ou_en_est(self, demande: Demande) -> str:
        """The state, in the school's words."""
        return demande.etat_pour_l_ecole

    @admin.display(description="depuis", ordering="depuis_le")
    def depuis(self, demande: Demande) -> str:
        """Since when, in days: what sleeps is seen."""
        return tableau.depuis(demande)

    @admin.display(description="échéance", ordering="echeance_le")
    def prochaine_echeance(self, demande: Demande) -> str:
        """The next deadline; a missed one is said in words."""
        texte, passee = tableau.echeance_de_l_ecole(demande)
        return format_html('<span class="fin-negatif">{}</span>', texte) if passee else (texte or "—")


def _constats(utilisateur: Any) -> list[dict[str, Any]]:
    """Printed; a national reader has too many to be a sentence."""
    if not utilisateur.has_perm("enveloppe.voir") or utilisateur.detient_au_national("enveloppe.voir"):
        return []
    return [
        {
            "service": f"{constat.service}, {constat.exercice}",
            "disponible": montrer_montant(constat.disponible),
            "envisage": montrer_montant(constat.envisage),
            "reste": montrer_montant(abs(constat.reste)),
            "negatif": constat.reste < 0,
        }
        for constat in tableau.constats(utilisateur)
    ]
