"""Crossing a transition from the admin: a button, then a page that shows before and after.

The same confirmation serves one row or several.

The page never decides: it asks the machine what is open, and prints the machine's refusals.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import ActionLocation
from django.contrib.admin.options import Action
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from psycopg.errors import LockNotAvailable

from reseau.admin.en_lot import AvecLots, action_de_liste
from reseau.socle.etats import Contexte, Machine, Transition, TransitionRefusee
from reseau.socle.portee import laisser_entier

if TYPE_CHECKING:
    from django.db import models
    from django.urls import URLPattern

type AvantApres = Sequence[tuple[str, str, str]]


class AdminTransitions(AvecLots):
    """A page whose object has states.

    Subclasses set ``machine``, may set ``champs_transition`` (input name -> form field), and override
    :meth:`avant_apres` to say what changes besides the state.
    """

    machine: ClassVar[Machine]
    champs_transition: ClassVar[Mapping[str, forms.Field]] = {}
    refus_montres: ClassVar[bool] = False  # say beside each button what still prevents it
    change_form_template = "admin/dossier.html"

    def avant_apres(self, requete: HttpRequest, objet: models.Model, transition: Transition) -> AvantApres:
        """Rows (what, before, after) of the confirmation page, besides the state itself."""
        return ()

    def nommer(self, objet: models.Model) -> str:
        """Name an object on its confirmation page: its number, unless the page knows better."""
        return str(objet)

    def get_urls(self) -> list[URLPattern]:
        """Add the confirmation page of a transition."""
        opts = self.model._meta
        nom = f"{opts.app_label}_{opts.model_name}_transition"
        vue = self.admin_site.admin_view(self.vue_transition)
        return [path("<path:object_id>/transition/<slug:nom>/", vue, name=nom), *super().get_urls()]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """A page that only shows asks for its object several times: it is read once."""
        if request.method not in {"GET", "HEAD"}:
            return super().get_object(request, object_id, from_field)
        lus: dict[Any, Any] = request.__dict__.setdefault("_objets_lus", {})
        cle = (self.model, object_id, from_field)
        if cle not in lus:
            lus[cle] = super().get_object(request, object_id, from_field)
        return lus[cle]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Give the page the transitions open to this person, and the journal."""
        objet = self.get_object(request, object_id)
        contexte = dict(extra_context or {})
        if objet is not None:
            contexte["transitions"] = self._boutons(request, objet)
            lignes = objet.journal.select_related("acteur", "pour").order_by("-rang")[:50]
            contexte["journal"] = [(ligne, self.machine.libelle(ligne.evenement)) for ligne in lignes]
        return super().change_view(request, object_id, form_url, contexte)

    def _boutons(self, requete: HttpRequest, objet: Any) -> list[dict[str, Any]]:
        opts = self.model._meta
        return [
            {
                "libelle": transition.libelle,
                "refus": self._empechements(requete, objet, transition) if self.refus_montres else [],
                "lien": reverse(
                    f"admin:{opts.app_label}_{opts.model_name}_transition",
                    args=[objet.pk, transition.nom],
                ),
            }
            for transition in self.machine.ouvertes(objet, requete.user)  # type: ignore[arg-type]
        ]

    def _empechements(self, requete: HttpRequest, objet: Any, transition: Transition) -> list[str]:
        """What the guards say before anything is typed; each is asked once a page."""
        dits: dict[Any, list[str]] = requete.__dict__.setdefault("_gardes", {})
        contexte = Contexte(requete.user, dict.fromkeys(transition.champs, "?"))  # type: ignore[arg-type]
        for garde in transition.gardes:
            if garde not in dits:
                dits[garde] = list(garde(objet, contexte))
        return [phrase for garde in transition.gardes for phrase in dits[garde]]

    def vue_transition(self, request: HttpRequest, object_id: str, nom: str) -> HttpResponse:
        """GET: before, after, and what still prevents it. POST: cross, or list every refusal."""
        objet = self.get_object(request, object_id)
        transition = self.machine.transitions.get(nom)
        if objet is None or transition is None:
            raise Http404("Cette page n'existe pas.")
        envoi = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        formulaire = self._formulaire(objet, transition, *envoi)
        refus: list[str] = []
        if request.method == "POST" and formulaire.is_valid():
            refus = self._franchir(request, objet, nom, formulaire.cleaned_data)
            if not refus:
                messages.success(request, f"{objet} : « {transition.libelle} », c'est fait.")
                return HttpResponseRedirect(self._page(objet))
        elif request.method != "POST":
            refus = self._refus_sans_saisie(request, objet, transition)
        return self._confirmation(request, objet, transition, formulaire, refus)

    def champs_de(self, objet: Any, transition: Transition) -> Mapping[str, forms.Field]:
        """Inputs of the confirmation page; a subclass may make some of them out of the object."""
        return {nom: self.champs_transition[nom] for nom in transition.champs}

    def _formulaire(self, objet: Any, transition: Transition, donnees: Any, fichiers: Any) -> forms.Form:
        return self._formulaire_de(self.champs_de(objet, transition), donnees, fichiers)

    @staticmethod
    def _formulaire_de(champs: Mapping[str, forms.Field], donnees: Any, fichiers: Any) -> forms.Form:
        classe: type[forms.Form] = type("FormulaireTransition", (forms.Form,), dict(champs))
        formulaire = classe(donnees, fichiers)
        for champ in formulaire.fields.values():
            laisser_entier(champ)
        return formulaire

    def _refus_sans_saisie(
        self, requete: HttpRequest, objet: models.Model, transition: Transition
    ) -> list[str]:
        """What prevents it before anything is typed: guards on inputs are not asked yet."""
        saisies = dict.fromkeys(transition.champs, "?")
        contexte = Contexte(requete.user, saisies)  # type: ignore[arg-type]
        return self.machine.refus(objet, transition.nom, contexte)

    def _franchir(
        self, requete: HttpRequest, objet: models.Model, nom: str, donnees: Mapping[str, Any]
    ) -> list[str]:
        try:
            self.machine.franchir(objet, nom, Contexte(requete.user, donnees))  # type: ignore[arg-type]
        except TransitionRefusee as refus:
            return refus.refus
        except OperationalError as erreur:
            if not isinstance(erreur.__cause__, LockNotAvailable):
                raise
            return ["Une autre personne agit sur ce dossier en ce moment. Réessayez dans un instant."]
        return []

    def _page(self, objet: models.Model) -> str:
        opts = self.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[objet.pk])

    def _confirmation(
        self,
        requete: HttpRequest,
        objet: Any,
        transition: Transition,
        formulaire: forms.Form,
        refus: list[str],
    ) -> HttpResponse:
        etats = dict(self.model._meta.get_field("etat").flatchoices)
        contexte = {
            **self.admin_site.each_context(requete),
            "title": f"{transition.libelle} : {self.nommer(objet)}",
            "opts": self.model._meta,
            "objet": objet,
            "transition": transition,
            "formulaire": formulaire,
            "refus": refus,
            "passee": bool(transition.sources) and objet.etat not in transition.sources,
            "lignes": [
                ("État", objet.get_etat_display(), etats[transition.vers(objet.etat)]),
                *self.avant_apres(requete, objet, transition),
            ],
            "retour": self._page(objet),
        }
        return TemplateResponse(requete, "admin/confirmer_transition.html", contexte)

    def get_actions(
        self, request: HttpRequest, action_location: ActionLocation = ActionLocation.CHANGE_LIST
    ) -> Any:
        """Offer on the list the transitions that ask for no input; the page has its own buttons."""
        actions = super().get_actions(request, action_location)
        if action_location is not ActionLocation.CHANGE_LIST:
            return actions
        opts = self.model._meta
        for transition in self.machine.transitions.values():
            droit = f"{opts.model_name}.{transition.permission}"
            if not transition.champs and request.user.has_perm(droit):
                actions[transition.nom] = Action(
                    func=action_de_liste,  # type: ignore[arg-type]
                    name=transition.nom,
                    description=transition.libelle,
                    plural_description=transition.libelle,
                    locations=[ActionLocation.CHANGE_LIST],
                )
        return actions
