"""Dashboards beside the envelopes: one region, the country; a page to read, a workbook to take."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse

from financements import pilotage_activite as activite
from financements import pilotage_budget as budget
from financements.pilotage import chiffrer
from financements.pilotage_credits import credits_visibles
from reseau.models import TraceExport
from reseau.nombres import aujourdhui, maintenant, montrer_instant
from reseau.socle.export_classeurs import ecrire_classeur
from reseau.socle.exports import FORMATS, ColonneExport, Export
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.urls import URLPattern

    from financements.pilotage import Chiffres, Section
    from financements.pilotage_credits import Credit
    from reseau.models import Utilisateur

_REGIONAL = "financements_enveloppe_tableau"
_NATIONAL = "financements_enveloppe_tableau_national"


class Choix(forms.Form):
    """The year to read, and the region when there are several."""

    exercice = forms.TypedChoiceField(
        label="Exercice",
        coerce=int,
        error_messages={"invalid_choice": "Choisissez un exercice de la liste."},
    )
    region = forms.CharField(label="Région", required=False, widget=forms.Select)

    def __init__(self, valeurs: Any, exercices: Sequence[int], regions: Sequence[tuple[str, str]]) -> None:
        super().__init__(valeurs)
        champs: Any = self.fields
        champs["exercice"].choices = [(exercice, str(exercice)) for exercice in exercices]
        if len(regions) > 1:
            champs["region"].widget.choices = regions
        else:
            del champs["region"]


class AdminPilotage(AdminPortee):
    """Addresses beside the envelopes. A person reads there the services whose envelopes she reads."""

    def get_urls(self) -> list[URLPattern]:
        """Add them."""
        ouvrir = self.admin_site.admin_view
        return [
            path("tableau/", ouvrir(self.vue_regionale), name=_REGIONAL),
            path("tableau/national/", ouvrir(self.vue_nationale), name=_NATIONAL),
            *super().get_urls(),
        ]

    def vue_regionale(self, request: HttpRequest) -> HttpResponse:
        """The dashboard of one region, hers."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        lus = credits_visibles(request.user)  # type: ignore[arg-type]
        services = dict.fromkeys((credit.service, credit.nom) for credit in lus)
        region = request.GET.get("region") or _premiere(lus)
        siens = [credit for credit in lus if credit.service == region]
        if not siens:
            raise Http404("Cette page n'existe pas.")
        formulaire = Choix(_valeurs(request, region), _exercices(siens), list(services))
        return self._repondre(request, formulaire, siens, f"Tableau de bord, {siens[0].nom}")

    def vue_nationale(self, request: HttpRequest) -> HttpResponse:
        """The dashboard of the country, a line a region."""
        utilisateur: Any = request.user
        if not _lit_tout(utilisateur):
            raise PermissionDenied
        lus = credits_visibles(utilisateur)
        formulaire = Choix(_valeurs(request), _exercices(lus), [])
        return self._repondre(request, formulaire, lus, "Tableau de bord national", national=True)

    def _repondre(
        self,
        request: HttpRequest,
        formulaire: Choix,
        lus: Sequence[Credit],
        titre: str,
        *,
        national: bool = False,
    ) -> HttpResponse:
        """The page; the workbook when it is asked for; a sentence at the field when the year is not one."""
        if not formulaire.is_valid():
            return self._page(request, formulaire, titre, ())
        exercice = formulaire.cleaned_data["exercice"]
        chiffres = chiffrer(lus, exercice, national=national)
        sections = composer(chiffres)
        titre = f"{titre}, {exercice}"
        if request.method == "POST":
            quoi = f"national-{exercice}" if national else f"{lus[0].service}-{exercice}"
            return _classeur(request, titre, sections, quoi)
        return self._page(request, formulaire, titre, sections, chiffres)

    def _page(
        self,
        request: HttpRequest,
        formulaire: Choix,
        titre: str,
        sections: Sequence[Section],
        chiffres: Chiffres | None = None,
    ) -> HttpResponse:
        contexte = {
            **self.admin_site.each_context(request),
            "title": titre,
            "opts": self.model._meta,
            "formulaire": formulaire,
            "sections": sections,
            "arrete": montrer_instant(maintenant()),
            "garde": request.GET.urlencode(),
            "lien_national": reverse(f"admin:{_NATIONAL}")
            if chiffres and not chiffres.national and _lit_tout(request.user)
            else "",
        }
        return TemplateResponse(
            request, "admin/financements/pilotage/page.html", contexte, status=200 if chiffres else 400
        )


def _lit_tout(utilisateur: Any) -> bool:
    return bool(utilisateur.is_superuser or utilisateur.detient_au_national("enveloppe.voir"))


def _valeurs(request: HttpRequest, region: str = "") -> dict[str, str]:
    """What was chosen; this year when nothing was."""
    return {"exercice": request.GET.get("exercice") or str(aujourdhui().year), "region": region}


def _premiere(lus: Sequence[Credit]) -> str:
    """The first service that has an envelope, else the first."""
    avec = [credit.service for credit in lus if credit.cle is not None]
    return (avec or [credit.service for credit in lus] or [""])[0]


def _exercices(lus: Sequence[Credit]) -> list[int]:
    """Years with an envelope, and the present one; the last first."""
    return sorted({aujourdhui().year, *(credit.exercice for credit in lus if credit.exercice)}, reverse=True)


def composer(chiffres: Chiffres) -> list[Section]:
    """Return the sections of a dashboard, in the order in which they are read."""

    def lien(credit: Credit) -> str:
        if chiffres.national:
            page = reverse(f"admin:{_REGIONAL}")
            return f"{page}?region={credit.service}&exercice={chiffres.exercice}"
        return reverse("admin:financements_enveloppe_change", args=[credit.cle])

    return [
        budget.autorisations(chiffres, lien),
        budget.paiements(chiffres, lien),
        budget.mois_par_mois(chiffres),
        budget.previsions(chiffres),
        activite.situations(chiffres),
        activite.delais(chiffres),
        activite.metiers(chiffres),
        activite.effectifs(chiffres),
        activite.lieux(chiffres),
        *([] if chiffres.national else [activite.bassins(chiffres)]),
    ]


def _classeur(request: HttpRequest, titre: str, sections: Sequence[Section], quoi: str) -> HttpResponse:
    """What it is and of when, then a sheet a table; and the trace that it left."""
    sortie = io.BytesIO()
    colonnes = (ColonneExport("Tableau de bord", "titre"), ColonneExport("Arrêté le", "jour"))
    repere = Export("repere", "repère", "enveloppe.voir", colonnes)
    feuilles = [(repere, [(titre, montrer_instant(maintenant()))])]
    nombre = ecrire_classeur([*feuilles, *(section.en_export() for section in sections)], sortie)
    utilisateur: Utilisateur = request.user  # type: ignore[assignment]
    TraceExport.objects.create(
        nature="pilotage", format="xlsx", nb_lignes=nombre, personnel=False, par=utilisateur
    )
    reponse = HttpResponse(sortie.getvalue(), content_type=FORMATS["xlsx"])
    nom = f"tableau-de-bord-{quoi}-{aujourdhui():%Y-%m-%d}.xlsx"
    reponse["Content-Disposition"] = f'attachment; filename="{nom}"'
    return reponse
