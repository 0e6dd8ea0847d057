"""One gesture on several rows of a list: a page of files at once, more of them outside the web workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.apps import apps
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseNotAllowed, HttpResponseRedirect
from django.tasks import task
from django.template.response import TemplateResponse
from django.urls import path, reverse

from reseau.models import ActionEnLot, LigneActionEnLot
from reseau.nombres import maintenant
from reseau.socle.actions import avancement, avancer, demander
from reseau.socle.portee import AdminPortee, visibles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db import models
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from reseau.admin.transitions import AdminTransitions
    from reseau.socle.actions import Avancement
    from reseau.socle.etats import Transition

# Up to this many the page itself answers; above, the task worker does the work.
NB_IMMEDIAT: Final = 25
NB_LOT_MAXIMAL: Final = 500
# Seconds between two looks; without news for so long, the work can be started again.
CADENCE: Final = 3
_SANS_NOUVELLE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Total:
    """A line under a lot: what, how much, and whether it warns."""

    libelle: str
    valeur: str
    alerte: bool = False


@dataclass(frozen=True, slots=True)
class Montre:
    """What a confirmation shows of each row besides its state, and what all of them come to."""

    colonnes: tuple[str, ...] = ()
    cellules: Mapping[Any, tuple[str, ...]] = field(default_factory=dict)
    totaux: tuple[Total, ...] = ()


class AvecLots(AdminPortee):
    """A list on which one gesture may be made on many rows, each for itself."""

    def montrer_le_lot(self, objets: list[Any], possibles: list[Any], transition: Transition) -> Montre:
        """More columns for the confirmation; ``possibles``: the rows that nothing prevents."""
        return Montre()

    def get_urls(self) -> list[URLPattern]:
        """Add the page that follows an action, and what starts it again."""
        opts = self.model._meta
        base = f"{opts.app_label}_{opts.model_name}"
        suivre, reprendre = (
            self.admin_site.admin_view(self.vue_lot),
            self.admin_site.admin_view(self.vue_reprise),
        )
        return [
            path("lot/<uuid:cle>/", suivre, name=f"{base}_lot"),
            path("lot/<uuid:cle>/reprendre/", reprendre, name=f"{base}_reprendre"),
            *super().get_urls(),
        ]

    def adresse_du_lot(self, action: ActionEnLot, page: str = "lot") -> str:
        """Return the address of the page that follows an action."""
        opts = self.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=[action.pk])

    def _action(self, request: HttpRequest, cle: UUID) -> ActionEnLot:
        """Somebody follows her own actions, and nobody else's."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        siennes = ActionEnLot.objects.filter(pk=cle, liste=self.model._meta.label_lower)
        if not request.user.is_superuser:
            utilisateur: Any = request.user
            siennes = siennes.filter(demandee_par=utilisateur)
        action = siennes.first()
        if action is None:
            raise Http404("Cette page n'existe pas.")
        return action

    def vue_lot(self, request: HttpRequest, cle: UUID) -> HttpResponse:
        """How far it is, what was refused and why; the page asks again by itself until it is over."""
        action = self._action(request, cle)
        ou, page = avancement(action), self
        transition = page.machine.transitions[action.transition]  # type: ignore[attr-defined]
        opts = self.model._meta
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"{transition.libelle} : {ou.total} dossiers",
            "opts": opts,
            "ou": ou,
            "cadence": CADENCE,
            "refusees": self._refusees(request, action),
            "en_panne": _sans_nouvelle(action, ou),
            "reprendre": self.adresse_du_lot(action, "reprendre"),
            "retour": reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"),
        }
        reponse = TemplateResponse(request, "admin/lot.html", contexte)
        if not ou.finie:
            reponse["Refresh"] = str(CADENCE)
        return reponse

    def _refusees(self, request: HttpRequest, action: ActionEnLot) -> list[dict[str, Any]]:
        """Refused rows with their sentences; the name is that of a row this person still sees."""
        refusees = list(action.lignes.filter(etat=LigneActionEnLot.Etat.REFUSEE).order_by("rang"))
        lus = visibles(self.model, request).filter(pk__in=[ligne.objet for ligne in refusees])
        objets = {objet.pk: objet for objet in lus}
        opts = self.model._meta
        change = f"admin:{opts.app_label}_{opts.model_name}_change"
        return [
            {
                "nom": str(objets.get(ligne.objet, "Dossier qui n'est plus visible")),
                "lien": reverse(change, args=[ligne.objet]) if ligne.objet in objets else "",
                "phrases": ligne.texte.split("\n"),
            }
            for ligne in refusees
        ]

    def vue_reprise(self, request: HttpRequest, cle: UUID) -> HttpResponse:
        """Start again what stopped: done rows stay done."""
        action = self._action(request, cle)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        tache_lot.enqueue(str(action.pk))
        messages.success(request, "Le travail reprend où il s'était arrêté.")
        return HttpResponseRedirect(self.adresse_du_lot(action))


def _sans_nouvelle(action: ActionEnLot, ou: Avancement) -> bool:
    return not ou.finie and maintenant() - (ou.dernier_le or action.demandee_le) > _SANS_NOUVELLE


@task()
def tache_lot(cle: str) -> None:
    """Cross the rows of one action outside the web workers; safe to run twice."""
    action = ActionEnLot.objects.get(pk=UUID(cle))
    modele = apps.get_model(action.liste)
    page: Any = admin.site._registry[modele]
    avancer(action, modele, page.machine)


def action_de_liste(
    page: AdminTransitions, requete: HttpRequest, choix: models.QuerySet[Any]
) -> HttpResponse | None:
    """Confirm, then cross each row for itself: one refusal never takes the others back."""
    nom = requete.POST["action"]
    transition = page.machine.transitions[nom]
    objets = list(choix[: NB_LOT_MAXIMAL + 1])
    if len(objets) > NB_LOT_MAXIMAL:
        page.message_user(
            requete, f"{NB_LOT_MAXIMAL} dossiers à la fois, au plus : filtrez la liste.", messages.ERROR
        )
        return None
    if "confirmer" not in requete.POST:
        return _confirmer(page, requete, objets, transition)
    _dire_les_absents(page, requete, objets)
    if len(objets) > NB_IMMEDIAT:
        utilisateur: Any = requete.user
        action = demander(page.model._meta.label_lower, nom, [objet.pk for objet in objets], utilisateur)
        tache_lot.enqueue(str(action.pk))
        return HttpResponseRedirect(page.adresse_du_lot(action))
    for objet in objets:
        refus = page._franchir(requete, objet, nom, {})
        texte = f"{objet} : {' '.join(refus) if refus else f'« {transition.libelle} », c’est fait.'}"
        page.message_user(requete, texte, messages.ERROR if refus else messages.SUCCESS)
    return None


def _dire_les_absents(page: AdminTransitions, requete: HttpRequest, objets: list[Any]) -> None:
    """What left the list between the confirmation and now is not treated in silence."""
    nombre = len(set(requete.POST.getlist(ACTION_CHECKBOX_NAME))) - len(objets)
    if nombre > 0:
        mots = f"{nombre} dossiers ne sont" if nombre > 1 else "1 dossier n'est"
        page.message_user(requete, f"{mots} plus dans cette liste : rien n'y a changé.", messages.WARNING)


def _confirmer(
    page: AdminTransitions, requete: HttpRequest, objets: list[Any], transition: Transition
) -> HttpResponse:
    """Before and after. On a long list each row is asked when its turn comes, not twice."""
    etats = dict(page.model._meta.get_field("etat").flatchoices)
    longue = len(objets) > NB_IMMEDIAT
    refus = {} if longue else {o.pk: page._refus_sans_saisie(requete, o, transition) for o in objets}
    possibles = [objet for objet in objets if not refus.get(objet.pk)]
    montre = page.montrer_le_lot(objets, possibles, transition)
    contexte = {
        **page.admin_site.each_context(requete),
        "title": f"{transition.libelle} : {len(objets)} dossier{'s' if len(objets) > 1 else ''}",
        "opts": page.model._meta,
        "transition": transition,
        "apres": etats.get(transition.cible, "inchangé"),
        "longue": longue,
        "possible": bool(possibles),
        "montre": montre,
        "lignes": [(objet, montre.cellules.get(objet.pk, ()), refus.get(objet.pk, [])) for objet in objets],
    }
    return TemplateResponse(requete, "admin/confirmer_lot.html", contexte)
