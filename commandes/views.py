"""The workshop page: three taps for a whole group, gloves on, without JavaScript."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from commandes.equipe import Equipe, equipes_de
from commandes.forms import DUREES, FormulaireAtelier
from commandes.journee import Journee, lire_la_journee
from commandes.saisie import Bilan, Saisie, annuler, deja_annulee, enregistrer
from commandes.tableau import Coches, Tableau, Tuile, cles_du_groupe
from reseau.champs import uuid7
from reseau.nombres import aujourdhui, montrer_duree
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from collections.abc import Callable

NB_EN_VUE = 8  # orders shown at once; the others are one tap further


@require_http_methods(["GET", "HEAD", "POST"])
def atelier(request: HttpRequest) -> HttpResponse:
    """Show the day, or record an entry; a refused entry comes back as it was tapped."""
    utilisateur: Any = request.user
    donnees = request.POST if request.method == "POST" else request.GET
    jour = _jour(donnees.get("jour", ""))
    equipes = equipes_de(utilisateur, jour)
    equipe = _equipe(equipes, donnees.get("ecole", ""))
    if equipe is None:
        return _choisir_l_ecole(request, equipes, jour)
    if request.method != "POST":
        return _page(request, equipes, equipe, jour)
    formulaire = FormulaireAtelier(request.POST, Tableau(equipe.ecole, jour, Coches()), equipe.encadrants)
    if not formulaire.is_valid():
        return _refuser(request, equipes, equipe, jour, formulaire)
    saisie = formulaire.saisie(utilisateur)
    _enregistrer(request, saisie)
    vers = _adresse(equipes, equipe, saisie.jour)
    return JsonResponse({"vers": vers}) if _file_d_attente(request) else HttpResponseRedirect(vers)


def _jour(texte: str) -> date:
    """Read the day of the address; anything impossible is today."""
    try:
        jour = date.fromisoformat(texte)
    except ValueError:
        return aujourdhui()
    return min(jour, aujourdhui())


def _equipe(equipes: list[Equipe], demandee: str) -> Equipe | None:
    """The school asked for, or the only one; None when there is one to choose."""
    if not equipes:
        raise PermissionDenied
    if not demandee:
        return equipes[0] if len(equipes) == 1 else None
    for equipe in equipes:
        if str(equipe.ecole.pk) == demandee:
            return equipe
    raise Http404("Cette école n'est pas la vôtre.")


def _choisir_l_ecole(request: HttpRequest, equipes: list[Equipe], jour: date) -> HttpResponse:
    """Ask for which school; nothing is ever recorded in a school that was not named."""
    if request.method == "POST":
        raise Http404("Choisissez l'école.")
    liens = [(equipe.ecole, _adresse(equipes, equipe, jour)) for equipe in equipes]
    return render(request, "atelier/ecoles.html", {"liens": liens})


def _adresse(equipes: list[Equipe], equipe: Equipe, jour: date, **autres: str) -> str:
    """The page of a day; the school is said when there are several."""
    ecole = {"ecole": str(equipe.ecole.pk)} if len(equipes) > 1 else {}
    return f"{reverse('commandes:atelier')}?{urlencode({**ecole, 'jour': jour.isoformat(), **autres})}"


def _file_d_attente(request: HttpRequest) -> bool:
    """Whether the browser's queue asks, and not a person's page."""
    return request.headers.get("Accept", "").startswith("application/json")


def _refuser(
    request: HttpRequest, equipes: list[Equipe], equipe: Equipe, jour: date, formulaire: FormulaireAtelier
) -> HttpResponse:
    if _file_d_attente(request):
        phrases = [str(phrase) for erreurs in formulaire.errors.values() for phrase in erreurs]
        return JsonResponse({"erreurs": phrases}, status=422)
    return _page(request, equipes, equipe, jour, formulaire)


def _enregistrer(request: HttpRequest, saisie: Saisie) -> None:
    utilisateur: Any = request.user
    if request.POST.get("reprise") and deja_annulee(saisie):
        messages.info(request, "Une saisie en attente avait été annulée : elle n'est pas comptée.")
        return
    _annoncer(request, saisie, enregistrer(saisie, Contexte(utilisateur)))


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
    request: HttpRequest,
    equipes: list[Equipe],
    equipe: Equipe,
    jour: date,
    formulaire: FormulaireAtelier | None = None,
) -> HttpResponse:
    utilisateur: Any = request.user
    journee = lire_la_journee(equipe.ecole, jour, utilisateur)
    tableau = Tableau(equipe.ecole, jour, _coches(request, journee, formulaire))
    _cocher_le_groupe(request, tableau, formulaire)
    choix = tableau.choix()
    donnees = formulaire.data if formulaire else {}
    contexte = {
        "ecole": equipe.ecole,
        "plusieurs_ecoles": len(equipes) > 1,
        "jour": jour,
        "aujourdhui": aujourdhui(),
        "choix": choix[:NB_EN_VUE],
        "autres_choix": choix[NB_EN_VUE:],
        "veille": [(lot, _adresse(equipes, equipe, jour, comme=str(lot.lot))) for lot in journee.veille],
        "durees": [(d, montrer_duree(d) if d >= 60 else f"{d}\u00a0min") for d in DUREES],
        "encadrants": equipe.encadrants,
        "encadrant": donnees.get("encadrant") or str(utilisateur.pk),
        "duree": donnees.get("duree", ""),
        "minutes": donnees.get("minutes", ""),
        "erreurs": formulaire.errors if formulaire else {},
        "lot": donnees.get("lot") or uuid7(),
        "lots": journee.lots,
        **_groupes(tableau, partial(_adresse, equipes, equipe, jour)),
    }
    return render(request, "atelier/page.html", contexte, status=422 if formulaire else 200)


def _groupes(tableau: Tableau, adresse: Callable[..., str]) -> dict[str, Any]:
    """Groups of learners, and the links that tick one of them, everybody or nobody."""
    ici = {"commande": tableau.coches.commande} if tableau.coches.commande else {}
    return {
        "groupes": [
            (groupe, adresse(**ici, qui=groupe.cle), tuiles, _ouvert(tableau, tuiles))
            for groupe, tuiles in tableau.tuiles_des_groupes()
        ],
        "tous": adresse(**ici, qui="tous"),
        "personne": adresse(**ici, qui="personne"),
    }


def _coches(request: HttpRequest, journee: Journee, formulaire: FormulaireAtelier | None) -> Coches:
    """What is ticked at first: as typed, as an entry to take up again, or the group of one's last one."""
    if formulaire is not None:
        return formulaire.coches()
    lot = journee.lot(_cle(request.GET.get("comme", "")))
    if lot is not None:
        return Coches.comme(lot)
    groupe = Coches.comme(journee.dernier).jeunes if journee.dernier else None
    return Coches(commande=request.GET.get("commande", ""), jeunes=groupe)


def _cocher_le_groupe(request: HttpRequest, tableau: Tableau, formulaire: FormulaireAtelier | None) -> None:
    """A link ticks a group, for who has no JavaScript."""
    coches = tableau.coches
    jeunes = coches.jeunes
    if formulaire is None:
        choisis = cles_du_groupe(tableau.groupes, request.GET.get("qui", ""))
        presents = cles_du_groupe(tableau.groupes, "tous") or frozenset()
        derniers = (jeunes or frozenset()) & presents
        jeunes = choisis if choisis is not None else derniers or _seul_groupe(tableau)
    tableau.coches = Coches(coches.commande, coches.ligne, coches.blocs, jeunes)


def _seul_groupe(tableau: Tableau) -> frozenset[str]:
    """Everybody is there when the school has one group; with several, one of them is chosen."""
    tous = cles_du_groupe(tableau.groupes, "tous") or frozenset()
    return tous if len(tableau.groupes) == 1 else frozenset()


def _ouvert(tableau: Tableau, tuiles: list[Tuile]) -> bool:
    """A group shows its learners when one of them is ticked, or when it is the only one."""
    return len(tableau.groupes) == 1 or any(tuile.coche for tuile in tuiles)


def _cle(texte: str) -> UUID:
    """Read a key; what is not one is the key of nothing."""
    try:
        return UUID(texte)
    except ValueError:
        return UUID(int=0)


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
    retour = {"jour": _jour(request.POST.get("jour", "")).isoformat()}
    if request.POST.get("ecole"):
        retour["ecole"] = request.POST["ecole"]
    return HttpResponseRedirect(f"{reverse('commandes:atelier')}?{urlencode(retour)}")
