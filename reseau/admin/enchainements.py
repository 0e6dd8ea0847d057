"""Two transitions on one confirmation page, when the same person may cross both: both pass, or none does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.db import OperationalError
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from psycopg.errors import LockNotAvailable

from reseau.admin.transitions import AdminTransitions
from reseau.socle.etats import Contexte, Transition, TransitionRefusee

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django import forms
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

_OCCUPE = "Une autre personne agit sur ce dossier en ce moment. Réessayez dans un instant."


@dataclass(frozen=True)
class Enchainement:
    """Transitions crossed in a row, in their order; ``libelle`` is the button."""

    nom: str
    noms: tuple[str, ...]
    libelle: str


class AvecEnchainements(AdminTransitions):
    """A page that offers some transitions together. Each keeps its guards, its duty and its journal line."""

    enchainements: ClassVar[Mapping[str, Enchainement]] = {}

    def enchainement_a_propos(self, objet: Any, enchainement: Enchainement) -> bool:
        """Whether the steps after the first one would follow it here."""
        return True

    def get_urls(self) -> list[URLPattern]:
        """Add the confirmation page of several transitions."""
        opts = self.model._meta
        nom = f"{opts.app_label}_{opts.model_name}_ensemble"
        vue = self.admin_site.admin_view(self.vue_ensemble)
        return [path("<path:object_id>/ensemble/<slug:nom>/", vue, name=nom), *super().get_urls()]

    def enchainements_ouverts(self, objet: Any, ouvertes: list[Transition], utilisateur: Any) -> list[Any]:
        """Return those that begin with an open transition and whose other duties this person holds too."""
        noms = {transition.nom for transition in ouvertes}
        commencent = [e for e in self.enchainements.values() if e.noms[0] in noms]
        verbes = {self.machine.transitions[nom].permission for e in commencent for nom in e.noms[1:]}
        permis = self.machine.permises(objet, verbes, utilisateur)
        return [
            e
            for e in commencent
            if {self.machine.transitions[nom].permission for nom in e.noms[1:]} <= permis
            and self.enchainement_a_propos(objet, e)
        ]

    def vue_ensemble(self, request: HttpRequest, object_id: str, nom: str) -> HttpResponse:
        """GET: before, after, what prevents the first step. POST: all the steps, or every refusal."""
        objet = self.get_object(request, object_id)
        enchainement = self.enchainements.get(nom)
        if objet is None or enchainement is None:
            raise Http404("Cette page n'existe pas.")
        etapes = [self.machine.transitions[etape] for etape in enchainement.noms]
        formulaire = self._formulaire_commun(objet, etapes, request)
        refus: list[str] = []
        if request.method == "POST" and formulaire.is_valid():
            refus = self._enchainer(request, objet, enchainement, formulaire.cleaned_data)
            if not refus:
                messages.success(request, f"{objet} : « {enchainement.libelle} », c'est fait.")
                return HttpResponseRedirect(self._page(objet))
        elif request.method != "POST":
            refus = self._refus_communs(request, objet, etapes)
        montree = Transition(nom, (), etapes[-1].cible, etapes[-1].permission, enchainement.libelle)
        return self._confirmation(request, objet, montree, formulaire, refus)

    def _refus_communs(self, request: HttpRequest, objet: Any, etapes: list[Transition]) -> list[str]:
        """The guards of the next steps look at what the first one writes: their duties alone are asked."""
        refus = self._refus_sans_saisie(request, objet, etapes[0])
        verbes = {etape.permission for etape in etapes[1:]}
        manquent = verbes - self.machine.permises(objet, verbes, request.user)  # type: ignore[arg-type]
        if manquent and not refus:
            refus = ["Vos rôles ne permettent pas toutes ces étapes : faites-les l'une après l'autre."]
        return refus

    def _formulaire_commun(self, objet: Any, etapes: list[Transition], request: HttpRequest) -> forms.Form:
        champs: dict[str, forms.Field] = {}
        for etape in etapes:
            champs |= self.champs_de(objet, etape)
        donnees = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        return self._formulaire_de(champs, *donnees)

    def _enchainer(
        self, request: HttpRequest, objet: Any, enchainement: Enchainement, donnees: Mapping[str, Any]
    ) -> list[str]:
        contexte = Contexte(request.user, donnees)  # type: ignore[arg-type]
        try:
            self.machine.enchainer(objet, enchainement.noms, contexte)
        except TransitionRefusee as erreur:
            return erreur.refus
        except OperationalError as erreur:
            if not isinstance(erreur.__cause__, LockNotAvailable):
                raise
            return [_OCCUPE]
        return []

    def lien_ensemble(self, objet: Any, enchainement: Enchainement) -> str:
        """Return the address of its confirmation page."""
        opts = self.model._meta
        return reverse(
            f"admin:{opts.app_label}_{opts.model_name}_ensemble", args=[objet.pk, enchainement.nom]
        )
