"""The page of the admissibility rules of a request: what each says, and why an officer goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from financements.admin.champs_lettres import texte_de_lettre
from financements.admin.pieces import AdminPieces
from financements.etats import MACHINE, Etat
from financements.models import Demande
from financements.natures import Resultat
from financements.recevabilite import verdicts
from reseau.nombres import maintenant
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    from financements.recevabilite import Verdict


class FormulaireDerogations(forms.Form):
    """A reason for each rule that is not met and may be passed over; empty, a blocking one still blocks."""

    def __init__(self, lus: Sequence[Verdict], ecrites: dict[str, str], *args: Any) -> None:
        super().__init__(*args)
        for verdict in lus:
            if verdict.motivable:
                outre = f"Passer outre « {verdict.regle.phrase} » : pourquoi ?"
                remarque = f"« {verdict.regle.phrase} » : votre remarque, si vous en avez une"
                self.fields[verdict.regle.code] = texte_de_lettre(
                    outre if verdict.bloque else remarque,
                    500,
                    aide="Cette raison est imprimée sur la fiche de contrôle.",
                    mot="Cette raison",
                    rangs=2,
                    propose=ecrites.get(verdict.regle.code, ""),
                )


class AdminRecevabilite(AdminPieces):
    """The page of the rules, under the page of their request."""

    def get_urls(self) -> list[URLPattern]:
        """Add its address."""
        vue = self.admin_site.admin_view(self.vue_recevabilite)
        chemin = path("<uuid:object_id>/recevabilite/", vue, name="financements_demande_recevabilite")
        return [chemin, *super().get_urls()]

    def vue_recevabilite(self, request: HttpRequest, object_id: Any) -> HttpResponse:
        """GET: what each rule says. POST: keep the reasons, before the review begins."""
        demande: Demande = self.demande_ou_404(request, object_id)
        utilisateur: Any = request.user
        if demande.etat != Etat.DEPOSEE or not _instruit(demande, utilisateur):
            raise PermissionDenied
        lus = verdicts(demande)
        ecrites = dict(demande.controles.order_by("id").values_list("regle", "derogation"))
        formulaire = FormulaireDerogations(
            lus, ecrites, *((request.POST,) if request.method == "POST" else ())
        )
        if request.method == "POST" and formulaire.is_valid():
            _garder(demande, utilisateur, lus, formulaire.cleaned_data)
            messages.success(request, f"{demande} : contrôle enregistré.")
            lien = reverse("admin:financements_demande_change", args=[demande.pk])
            return HttpResponseRedirect(lien)
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"Recevabilité : {demande}",
            "opts": self.model._meta,
            "demande": demande,
            "verdicts": [montrer(verdict) for verdict in lus],
            "formulaire": formulaire,
            "bloque": any(verdict.bloque for verdict in lus),
            "retour": reverse("admin:financements_demande_change", args=[demande.pk]),
        }
        return TemplateResponse(request, "admin/financements/recevabilite.html", contexte)


def montrer(verdict: Verdict) -> dict[str, Any]:
    """Return a rule as the page prints it."""
    mot = Resultat(verdict.resultat).label
    return {
        "phrase": verdict.regle.phrase,
        "source": verdict.regle.source,
        "mot": f"{mot}, {_a_faire(verdict)}" if verdict.bloque else mot,
        "attention": verdict.resultat == Resultat.ECART,
        "constats": verdict.constats,
    }


def _a_faire(verdict: Verdict) -> str:
    return "à motiver" if verdict.motivable else "à régler"


def _instruit(demande: Demande, utilisateur: Any) -> bool:
    return Demande.objects.visibles_par(utilisateur, "instruire").filter(pk=demande.pk).exists()


def _garder(demande: Demande, par: Any, lus: Sequence[Verdict], raisons: dict[str, str]) -> None:
    """Write the reasons that changed; what the rules said is written again when the review begins."""
    with transaction.atomic():
        ecrites = {c.regle: c for c in demande.controles.select_for_update().order_by("id")}
        for verdict in lus:
            code = verdict.regle.code
            raison = raisons.get(code, "").strip()
            controle = ecrites.get(code) or demande.controles.model(demande=demande, regle=code)
            if controle.derogation == raison:
                continue
            controle.bloquante = verdict.regle.bloquante
            controle.derogation = raison
            controle.derogation_par, controle.derogation_le = (par, maintenant()) if raison else (None, None)
            controle.save()
        donnees = {"derogations": sorted(code for code, raison in raisons.items() if raison.strip())}
        MACHINE.consigner(demande, Contexte(par), "deroger", demande.etat, demande.etat, donnees)
