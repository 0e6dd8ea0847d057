"""The roof's public pages: home, legal pages, site map, what robots read, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Q
from django.shortcuts import render
from django.urls import reverse

from ecoles.diplomes import pluriel
from ecoles.models import Ecole, Filiere
from ecoles.regions import carte_des_regions, compter_par_region
from reseau.models import Region
from reseau.requetes import plier
from reseau.socle.pages_publiques import page_publique

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

_LEGALES = ("plan_du_site", "accessibilite", "mentions_legales", "donnees_personnelles")
_FIXES = ("accueil", "ecoles:liste", "donnees", *_LEGALES)


def _metiers() -> list[dict[str, Any]]:
    """Trades with their number of public schools, in one query."""
    publiques = Q(ecoles__publication=Ecole.Publication.PUBLIEE, ecoles__fictive=settings.DEMONSTRATION)
    return [
        {
            "nom": f.nom,
            "description": f.description,
            "adresse": f"{reverse('ecoles:liste')}?metier={f.code}",
            "nb_texte": pluriel(f.nb, "école") if f.nb else "pas encore d’école",
        }
        for f in Filiere.objects.annotate(nb=Count("ecoles", filter=publiques))
    ]


def _phrase_total(total: int) -> str:
    if not total:
        return "Aucune école n’est encore publiée."
    return f"{pluriel(total, 'école')}. Touchez une région pour voir les siennes."


@page_publique
def accueil(request: HttpRequest) -> HttpResponse:
    """Home: one field, the map and its list, the trades."""
    carte = carte_des_regions(compter_par_region(), list(Region.objects.all()))
    contexte = {
        "carte": carte,
        "metiers": _metiers(),
        "phrase_total": _phrase_total(carte.total),
        "canonique": request.build_absolute_uri("/"),
    }
    return render(request, "portail/accueil.html", contexte)


@page_publique
def plan_du_site(request: HttpRequest) -> HttpResponse:
    """Every page of the site, by link."""
    contexte = {
        "metiers": Filiere.objects.all(),
        "regions": sorted(Region.objects.all(), key=lambda r: plier(r.nom)),
        "page": "plan",
        "canonique": request.build_absolute_uri(),
    }
    return render(request, "portail/plan_du_site.html", contexte)


def _page_fixe(request: HttpRequest, gabarit: str) -> HttpResponse:
    return render(request, gabarit, {"canonique": request.build_absolute_uri(request.path)})


@page_publique
def accessibilite(request: HttpRequest) -> HttpResponse:
    """Declaration of accessibility: not compliant until an audit says otherwise."""
    return _page_fixe(request, "portail/accessibilite.html")


@page_publique
def mentions_legales(request: HttpRequest) -> HttpResponse:
    """Publisher, sources and licences."""
    return _page_fixe(request, "portail/mentions_legales.html")


@page_publique
def donnees_personnelles(request: HttpRequest) -> HttpResponse:
    """What is kept, why, for how long."""
    return _page_fixe(request, "portail/donnees_personnelles.html")


@page_publique
def robots(request: HttpRequest) -> HttpResponse:
    """What robots may read: nothing under demonstration."""
    contexte = {"plan": request.build_absolute_uri(reverse("sitemap"))}
    return render(request, "portail/robots.txt", contexte, content_type="text/plain; charset=utf-8")


@page_publique
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page that search engines may keep; none under demonstration."""
    pages: list[dict[str, str]] = []
    if not settings.DEMONSTRATION:
        chemins = [(reverse(nom), "") for nom in _FIXES]
        regions = Region.objects.values_list("slug", flat=True)
        chemins += [(reverse("ecoles:region", args=[slug]), "") for slug in regions]
        ecoles = Ecole.objects.publiques().values_list("slug", "modifiee_le")
        chemins += [(reverse("ecoles:fiche", args=[slug]), le.date().isoformat()) for slug, le in ecoles]
        pages = [{"adresse": request.build_absolute_uri(chemin), "le": le} for chemin, le in chemins]
    return render(request, "portail/sitemap.xml", {"pages": pages}, content_type="application/xml")
