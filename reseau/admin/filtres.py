"""Filters that a person keeps on a list: her own, by name, one click to come back to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import CharField, UUIDField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import path, reverse

from reseau.models import FiltreGarde
from reseau.socle.portee import AdminPortee
from reseau.socle.pretes import Parametre, Prete

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.urls import URLPattern

NB_FILTRES_MAXIMAL: Final = 12
# A search may name a person: it is not kept. A page number is not a choice.
_PAS_GARDES: Final = (SEARCH_VAR, PAGE_VAR, ERROR_FLAG)


def _siens() -> QuerySet[Any, Any]:
    """Filters of one person on one list."""
    personne, liste = Parametre("utilisateur", UUIDField()), Parametre("liste", CharField())
    siens = FiltreGarde.objects.filter(utilisateur=personne, liste=liste).order_by("nom")
    return siens.values_list("pk", "nom", "parametres")


_SIENS = Prete(_siens)


class FormulaireFiltre(forms.Form):
    """A name for what is on screen."""

    nom = forms.CharField(label="Nom du filtre", max_length=40)
    parametres = forms.CharField(max_length=500, widget=forms.HiddenInput)

    def clean_parametres(self) -> str:
        """Only the choices, in the same order each time."""
        return choix_de(QueryDict(self.cleaned_data["parametres"]))


def choix_de(parametres: QueryDict) -> str:
    """Return the choices of an address, without the search and the page, always in the same order."""
    gardes = QueryDict(mutable=True)
    for nom in sorted(parametres):
        if nom not in _PAS_GARDES:
            gardes.setlist(nom, parametres.getlist(nom))
    return gardes.urlencode()


class AvecFiltresGardes(AdminPortee):
    """A list on which a person keeps her choices."""

    change_list_template = "admin/imports/liste.html"

    def get_urls(self) -> list[URLPattern]:
        """Add what keeps a filter, and what forgets one."""
        opts = self.model._meta
        base = f"{opts.app_label}_{opts.model_name}"
        return [
            path("garder/", self.admin_site.admin_view(self.vue_garder), name=f"{base}_garder"),
            path("oublier/", self.admin_site.admin_view(self.vue_oublier), name=f"{base}_oublier"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Give the list the filters of this person, and the name of the one in use."""
        en_cours = choix_de(request.GET)
        liste = self.model._meta.label_lower
        siens = _SIENS.lire(utilisateur=request.user.pk, liste=liste)
        filtres = {
            "siens": [
                {"cle": str(cle), "nom": nom, "lien": f"?{choix}", "actif": choix == en_cours}
                for cle, nom, choix in siens
            ],
            "a_garder": en_cours if en_cours not in {choix for _, _, choix in siens} else "",
            "garder": reverse(self._adresse_de("garder")),
            "oublier": reverse(self._adresse_de("oublier")),
        }
        return super().changelist_view(request, {"filtres": filtres, **(extra_context or {})})

    def _adresse_de(self, page: str) -> str:
        opts = self.model._meta
        return f"admin:{opts.app_label}_{opts.model_name}_{page}"

    def _siens(self, request: HttpRequest) -> Any:
        utilisateur: Any = request.user
        return FiltreGarde.objects.filter(utilisateur=utilisateur, liste=self.model._meta.label_lower)

    def vue_garder(self, request: HttpRequest) -> HttpResponse:
        """Keep the choices on screen under a name; the same name again replaces them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        formulaire = FormulaireFiltre(request.POST)
        if not formulaire.is_valid():
            if request.method == "POST":
                messages.error(request, "Donnez un nom à ce filtre, de 40 caractères au plus.")
            return HttpResponseRedirect(self._retour(request.POST.get("parametres", "")))
        lus = formulaire.cleaned_data
        messages.add_message(request, *self._garder(request, lus["nom"], lus["parametres"]))
        return HttpResponseRedirect(self._retour(lus["parametres"]))

    def _garder(self, request: HttpRequest, nom: str, parametres: str) -> tuple[int, str]:
        siens = self._siens(request)
        if not parametres:
            return messages.ERROR, "Choisissez d'abord un filtre dans la liste."
        if siens.exclude(nom=nom).count() >= NB_FILTRES_MAXIMAL:
            return messages.ERROR, f"Vous gardez déjà {NB_FILTRES_MAXIMAL} filtres : oubliez-en un d'abord."
        try:
            with transaction.atomic():
                siens.update_or_create(
                    nom=nom,
                    defaults={"parametres": parametres},
                    create_defaults={
                        "utilisateur": request.user,
                        "liste": self.model._meta.label_lower,
                        "nom": nom,
                        "parametres": parametres,
                    },
                )
        except IntegrityError:  # the same name, sent twice at once
            pass
        return messages.SUCCESS, f"Le filtre « {nom} » est gardé."

    def vue_oublier(self, request: HttpRequest) -> HttpResponse:
        """Forget one of one's own."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        cle = request.POST.get("cle", "")
        trouve = next((filtre for filtre in self._siens(request) if str(filtre.pk) == cle), None)
        if trouve is not None:
            trouve.delete()
            messages.success(request, f"Le filtre « {trouve.nom} » est oublié.")
        return HttpResponseRedirect(reverse(self._adresse_de("changelist")))

    def _retour(self, parametres: str) -> str:
        choix = choix_de(QueryDict(parametres[:500]))
        return reverse(self._adresse_de("changelist")) + (f"?{choix}" if choix else "")
