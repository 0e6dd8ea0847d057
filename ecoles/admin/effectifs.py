"""The page of figures: enrolled, entries, exits, by school, title and year; read, filtered, taken out."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, BinaryIO

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse

from ecoles.effectifs import NB_ANNEES, derniere_annee, exercice
from ecoles.tableau_effectifs import EXPORT_EFFECTIFS, RANGS, Tableau
from reseau.admin.exports import FormulaireExport
from reseau.models import TraceExport
from reseau.nombres import aujourdhui, montrer_date
from reseau.socle.export_classeurs import ecrire_ods, ecrire_xlsx
from reseau.socle.export_csv import ecrire_csv_de_lignes
from reseau.socle.exports import FORMATS
from reseau.socle.portee import AdminPortee

if TYPE_CHECKING:
    from django.urls import URLPattern

NB_ECOLES_PAR_PAGE = 25
_ECRIRE = {"xlsx": ecrire_xlsx, "ods": ecrire_ods, "csv": ecrire_csv_de_lignes}
_EN_MEMOIRE = 1024 * 1024


class AvecEffectifs(AdminPortee):
    """Adds the page of figures to the schools."""

    def get_urls(self) -> list[URLPattern]:
        """Add the page."""
        vue = self.admin_site.admin_view(self.vue_effectifs)
        return [path("effectifs/", vue, name="ecoles_ecole_effectifs"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list of schools leads to their figures."""
        permis = request.user.has_perm("ecole.compter")
        lien = reverse("admin:ecoles_ecole_effectifs") if permis else ""
        return super().changelist_view(request, {"lien_effectifs": lien, **(extra_context or {})})

    def vue_effectifs(self, request: HttpRequest) -> HttpResponse:
        """GET: the table, filtered. POST: the same as a file, and its trace."""
        if not request.user.has_perm("ecole.compter"):
            raise PermissionDenied
        utilisateur: Any = request.user
        jour = aujourdhui()
        annees = [derniere_annee(jour) - n for n in range(NB_ANNEES)]
        voulue = request.GET.get("rentree", "")
        annee = int(voulue) if voulue in {str(a) for a in annees} else annees[0]
        filtres = {nom: request.GET.get(nom, "") for nom in ("region", "ecole", "titre")}
        tableau = Tableau(exercice(annee, jour), utilisateur, **filtres)
        if request.method == "POST":
            formulaire = FormulaireExport(request.POST)
            if formulaire.is_valid():
                return self._donner_les_effectifs(request, tableau, formulaire.cleaned_data["format"])
        return self._page_des_effectifs(request, tableau, annees, filtres)

    def _page_des_effectifs(
        self, request: HttpRequest, tableau: Tableau, annees: list[int], filtres: dict[str, str]
    ) -> HttpResponse:
        page = Paginator(tableau.ecoles, NB_ECOLES_PAR_PAGE).get_page(request.GET.get("page"))
        garde = request.GET.copy()
        garde.pop("page", None)
        contexte = {
            **self.admin_site.each_context(request),
            "title": f"Effectifs, rentrée {tableau.ex.annee}",
            "opts": self.model._meta,
            "tableau": tableau,
            "jours": {
                nom: montrer_date(getattr(tableau.ex, nom)) for nom in ("constat", "debut", "arrete_le")
            },
            "rangees": list(tableau.rangees(list(page.object_list))),
            "colonnes": RANGS,
            "page": page,
            "garde": garde.urlencode(),
            "annees": [(str(a), f"rentrée {a}") for a in annees],
            "filtres": filtres,
            "regions": tableau.regions(),
            "cache": any(e.pk not in tableau.siennes for e in tableau.ecoles),
            "formulaire": FormulaireExport(),
        }
        return TemplateResponse(request, "admin/ecoles/effectifs.html", contexte)

    @staticmethod
    def _donner_les_effectifs(request: HttpRequest, tableau: Tableau, genre: str) -> HttpResponse:
        fichier: BinaryIO = tempfile.SpooledTemporaryFile(max_size=_EN_MEMOIRE)  # type: ignore[assignment]  # noqa: SIM115
        nombre = _ECRIRE[genre](EXPORT_EFFECTIFS, tableau.lignes(), fichier)
        TraceExport.objects.create(
            nature=EXPORT_EFFECTIFS.nature,
            format=genre,
            nb_lignes=nombre,
            personnel=False,
            par=request.user,  # type: ignore[misc]
        )
        fichier.seek(0)
        nom = f"effectifs-{tableau.ex.annee}-{aujourdhui():%Y-%m-%d}.{genre}"
        return FileResponse(fichier, as_attachment=True, filename=nom, content_type=FORMATS[genre])  # type: ignore[return-value]
