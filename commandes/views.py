"""The workshop page: three taps for a whole group, gloves on, without JavaScript."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from commandes.forms import DUREES, FormulaireAtelier
from commandes.models import Pointage
from commandes.saisie import Bilan, Saisie, annuler, enregistrer, regulariser
from commandes.tableau import NB_COMMANDES, Tableau
from ecoles.requetes import ecoles_pour
from reseau.champs import uuid7
from reseau.nombres import aujourdhui, montrer_date, montrer_duree
from reseau.socle.etats import Contexte


@require_http_methods(["GET", "HEAD", "POST"])
def atelier(request: HttpRequest) -> HttpResponse:
    """Show the day, or record an entry; a refused entry comes back as it was tapped."""
    donnees = request.POST if request.method == "POST" else request.GET
    tableau = _tableau(request, donnees)
    if request.method != "POST":
        return _page(request, tableau, None)
    formulaire = FormulaireAtelier(tableau, request.POST)
    if not formulaire.is_valid():
        return _page(request, tableau, formulaire, statut=422)
    saisie = _saisie(request, formulaire.cleaned_data)
    bilan = enregistrer(saisie, Contexte(saisie.encadrant))
    _annoncer(request, saisie, bilan)
    retour = urlencode({"jour": saisie.jour.isoformat(), "commande": saisie.commande.pk})
    return HttpResponseRedirect(f"{reverse('commandes:atelier')}?{retour}")


def _tableau(request: HttpRequest, donnees: Any) -> Tableau:
    utilisateur: Any = request.user
    ecole = ecoles_pour(utilisateur, "pointage.saisir").first()
    if ecole is None:
        raise PermissionDenied
    tableau = Tableau(utilisateur, ecole, _jour(donnees.get("jour", "")))
    possibles = tableau.de_l_ecole if request.method == "POST" else tableau.commandes
    choisie = possibles.filter(pk=_cle(donnees.get("commande", ""))).first()
    return Tableau(utilisateur, ecole, tableau.jour, choisie)


def _jour(texte: str) -> date:
    """Read the day of the address; anything impossible is today."""
    try:
        jour = date.fromisoformat(texte)
    except ValueError:
        return aujourdhui()
    return min(jour, aujourdhui())


def _saisie(request: HttpRequest, donnees: dict[str, Any]) -> Saisie:
    utilisateur: Any = request.user
    return Saisie(
        lot=donnees["lot"],
        commande=donnees["commande"],
        ligne=donnees["ligne"],
        travail=donnees["travail"],
        bloc=donnees["bloc"],
        jour=donnees["jour"],
        minutes=donnees["minutes"],
        apprenants=list(donnees["apprenants"]),
        encadrant=utilisateur,
    )


def _annoncer(request: HttpRequest, saisie: Saisie, bilan: Bilan) -> None:
    if bilan.deja_recue:
        messages.success(request, "Cette saisie était déjà enregistrée : rien n'est compté deux fois.")
        return
    s = "s" if bilan.nb > 1 else ""
    total = montrer_duree(bilan.nb * saisie.minutes)
    messages.success(request, f"{bilan.nb} jeune{s}, {total} enregistrées sur {saisie.commande.numero}.")
    for prenom, manque in bilan.a_regulariser:
        messages.warning(request, f"{prenom}, à régulariser : {manque}")
    for alerte in bilan.alertes:
        messages.info(request, alerte)


def _page(
    request: HttpRequest, tableau: Tableau, formulaire: FormulaireAtelier | None, statut: int = 200
) -> HttpResponse:
    presents = list(tableau.presents)
    coches = _coches(request, tableau, formulaire)
    contexte = {
        "jour": tableau.jour,
        "jour_en_mots": montrer_date(tableau.jour),
        "aujourdhui": aujourdhui(),
        "commande": tableau.commande,
        "commandes": [] if tableau.commande else list(tableau.commandes[:NB_COMMANDES]),
        "lignes": list(tableau.lignes) if tableau.commande else [],
        "blocs": list(tableau.blocs) if tableau.commande else [],
        "jeunes": [(a, str(a.pk) in coches) for a in presents],
        "choix_de_groupe": _choix_de_groupe(tableau),
        "durees": [(d, montrer_duree(d)) for d in DUREES],
        "formulaire": formulaire,
        "saisi": formulaire.data if formulaire else {},
        "erreurs": formulaire.errors if formulaire else {},
        "lot": (formulaire.data.get("lot") if formulaire else None) or uuid7(),
        "entrees": tableau.entrees(),
    }
    return render(request, "atelier/page.html", contexte, status=statut)


def _coches(request: HttpRequest, tableau: Tableau, formulaire: FormulaireAtelier | None) -> set[str]:
    """Keys of the learners who are ticked: as typed when the entry comes back."""
    if formulaire is not None:
        return set(request.POST.getlist("apprenants"))
    return {str(cle) for cle in tableau.coches(request.GET.get("qui", ""))} if tableau.commande else set()


def _choix_de_groupe(tableau: Tableau) -> list[tuple[str, str]]:
    """Links that tick a group, for who has no JavaScript and no time."""
    if tableau.commande is None:
        return []
    ici = {"jour": tableau.jour.isoformat(), "commande": tableau.commande.pk}
    choix = (("Comme ma dernière saisie", ""), ("Tout le monde", "tous"), ("Personne", "personne"))
    return [(texte, f"?{urlencode(ici | {'qui': qui})}") for texte, qui in choix]


@require_POST
def annuler_saisie(request: HttpRequest, lot: UUID) -> HttpResponse:
    """Undo one's own entry, for ten minutes."""
    utilisateur: Any = request.user
    nb = annuler(lot, Contexte(utilisateur))
    if nb:
        messages.success(request, f"Saisie annulée pour {nb} jeune{'s' if nb > 1 else ''}.")
    else:
        messages.warning(
            request, "Trop tard pour annuler : une saisie s'annule pendant dix minutes, par qui l'a faite."
        )
    jour = _jour(request.POST.get("jour", ""))
    return HttpResponseRedirect(f"{reverse('commandes:atelier')}?jour={jour.isoformat()}")


@require_http_methods(["GET", "HEAD", "POST"])
def a_regulariser(request: HttpRequest) -> HttpResponse:
    """Minutes kept until a piece comes: look again, one by one."""
    utilisateur: Any = request.user
    if not utilisateur.has_perm("pointage.regulariser"):
        raise PermissionDenied
    ensemble = Pointage.objects.visibles_par(utilisateur, "regulariser")
    if request.method == "POST":
        return _reexaminer(request, get_object_or_404(ensemble, pk=_cle(request.POST.get("pointage", ""))))
    lignes = ensemble.a_regulariser().select_related("commande", "apprenant").order_by("jour", "id")[:200]
    return render(
        request, "atelier/a_regulariser.html", {"lignes": [(p, montrer_duree(p.minutes)) for p in lignes]}
    )


def _cle(texte: str) -> UUID:
    """Read a key; what is not one is the key of nothing."""
    try:
        return UUID(texte)
    except ValueError:
        return UUID(int=0)


def _reexaminer(request: HttpRequest, pointage: Pointage) -> HttpResponse:
    utilisateur: Any = request.user
    refus = regulariser(pointage, Contexte(utilisateur))
    for phrase in refus:
        messages.warning(request, phrase)
    if not refus:
        messages.success(
            request, f"{pointage.apprenant.prenom} : {montrer_duree(pointage.minutes)} validées."
        )
    return HttpResponseRedirect(reverse("commandes:a_regulariser"))
