"""Public pages of the schools. A view holds no rule: it reads the address and hands plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ecoles.contact import DatePrise, a_un_compte, demande_du_jeton, enregistrer, jeton_de, trop_d_essais
from ecoles.evenements import a_venir, en_une_ligne
from ecoles.facettes import Selection, chercher
from ecoles.fermetures import page_indisponible
from ecoles.fiche import FicheEcole, fiche_ecole
from ecoles.forms import FormulaireContact
from ecoles.models import AncienSlug, DemandeContact, Ecole
from ecoles.presentation import avec_details, charger
from ecoles.recherche import preparer
from ecoles.regions import page_region
from ecoles.resultats import resultats_de
from reseau.models import Region
from reseau.nombres import aujourdhui
from reseau.socle.pages_publiques import page_publique

if TYPE_CHECKING:
    from django.db.models import QuerySet


def adresse_absolue(request: HttpRequest, nom: str, *arguments: str) -> str:
    """Return the whole address of a page, as it is printed or shared."""
    return request.build_absolute_uri(reverse(nom, args=arguments))


def ecole_publique(slug: str) -> Any:
    """Return the published school; 404 otherwise."""
    ecoles: QuerySet[Ecole] = avec_details(Ecole.objects.publiques(), aujourdhui())
    return get_object_or_404(ecoles.select_related("commune__departement__region"), slug=slug)


@page_publique
def liste(request: HttpRequest) -> HttpResponse:
    """Schools near a place, by trade, level, region."""
    recherche = preparer(request.GET, aujourdhui())
    contexte = {
        "recherche": recherche,
        "page": "ecoles",
        "canonique": adresse_absolue(request, "ecoles:liste"),
    }
    return render(request, "ecoles/liste.html", contexte, status=recherche.statut)


@page_publique
def region(request: HttpRequest, slug: str) -> HttpResponse:
    """Schools of a region; a region without any says so and gives the nearest."""
    regions = list(Region.objects.select_related("service"))
    la_region = next((r for r in regions if r.slug == slug), None)
    if la_region is None:
        raise Http404
    contexte = {
        "region": page_region(la_region, regions, aujourdhui()),
        "canonique": adresse_absolue(request, "ecoles:region", slug),
    }
    return render(request, "ecoles/region.html", contexte)


@page_publique
def fiche(request: HttpRequest, slug: str) -> HttpResponse:
    """Page of a school; an old address answers 301, a suspended or closed school says so, a draft is 404."""
    try:
        ecole = ecole_publique(slug)
    except Http404:
        return _autrement(request, slug)
    adresse = adresse_absolue(request, "ecoles:fiche", slug)
    contexte = {
        "ecole": fiche_ecole(ecole, adresse, aujourdhui()),
        "dates": a_venir(ecole),
        "resultats": resultats_de(ecole),
        "canonique": adresse,
    }
    return render(request, "ecoles/fiche.html", contexte)


def _autrement(request: HttpRequest, slug: str) -> HttpResponse:
    connues = Ecole.objects.connues()
    ancien = AncienSlug.objects.filter(slug=slug, ecole__in=connues).select_related("ecole").first()
    if ancien is not None:
        return HttpResponsePermanentRedirect(ancien.ecole.get_absolute_url())
    ecole = get_object_or_404(connues.select_related("commune"), slug=slug)
    indisponible = page_indisponible(ecole, aujourdhui())
    gabarit = "410.html" if indisponible.statut == 410 else "ecoles/indisponible.html"
    return render(request, gabarit, {"indisponible": indisponible}, status=indisponible.statut)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def contact(request: HttpRequest, slug: str) -> HttpResponse:
    """A question to a school: stored, then shown under "À traiter"."""
    ecole = ecole_publique(slug)
    formulaire = FormulaireContact(
        request.POST if request.method == "POST" else None, ecole=ecole, date=request.GET.get("date", "")
    )
    statut = 200
    if request.method == "POST":
        demande = _envoyer(request, formulaire, ecole)
        if demande is not None:
            return redirect("ecoles:suivi", jeton_de(demande))
        statut = 429 if formulaire.trop else 422
    fiche_lue: FicheEcole = fiche_ecole(ecole, adresse_absolue(request, "ecoles:fiche", slug), aujourdhui())
    contexte = {
        "ecole": fiche_lue,
        "etapes": (*fiche_lue.etapes, (fiche_lue.nom, reverse("ecoles:fiche", args=[slug]))),
        "formulaire": formulaire,
        "service": "" if a_un_compte(ecole) else ecole.commune.departement.region.service.nom,
    }
    return render(request, "ecoles/contact.html", contexte, status=statut)


def _envoyer(request: HttpRequest, formulaire: FormulaireContact, ecole: Ecole) -> DemandeContact | None:
    """Store the question; otherwise the form says why not."""
    if not formulaire.is_valid():
        return None
    if trop_d_essais(request):
        formulaire.trop = True
        formulaire.add_error(None, "Trop de demandes en une heure depuis cet accès. Réessayez plus tard.")
        return None
    try:
        return enregistrer(formulaire.save(commit=False), ecole)
    except DatePrise as prise:
        formulaire.add_error("evenement", str(prise))
        return None


@require_safe
@login_not_required
@never_cache
def suivi(request: HttpRequest, jeton: str) -> HttpResponse:
    """Where is my question? The code to note, the day, the answer; other schools when none came."""
    demande = demande_du_jeton(jeton)
    if demande is None:
        raise Http404
    attend = demande.suite == DemandeContact.Suite.ATTENTE
    tardive = attend and aujourdhui() > demande.repondre_avant_le
    autres = _autres_ecoles(demande) if tardive or not attend else []
    contexte = {
        "demande": demande,
        "date_choisie": en_une_ligne(demande.evenement) if demande.evenement else "",
        "attend": attend,
        "tardive": tardive,
        "autres": autres,
    }
    return render(request, "ecoles/suivi.html", contexte)


def _autres_ecoles(demande: DemandeContact) -> list[Any]:
    commune = demande.ecole.commune
    depart = Selection(
        latitude=float(commune.latitude or 0), longitude=float(commune.longitude or 0), limite=3
    )
    trouvees = [t for t in chercher(depart).ecoles if t[0] != str(demande.ecole_id)]
    return charger(trouvees[:2], aujourdhui())
