"""The head's page: minutes kept until a piece comes, and counted minutes that the rules allow no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from commandes.examens import registre_de
from commandes.models import Pointage
from commandes.regularisation import a_revoir, examiner, regulariser, retirer
from commandes.remedes import remedes
from reseau.models import Utilisateur
from reseau.nombres import montrer_duree
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from commandes.examens import Registre
    from commandes.regularisation import Examines
    from commandes.requetes import RequetePointages

NB_LIGNES = 100


@require_http_methods(["GET", "HEAD", "POST"])
def a_regulariser(request: HttpRequest) -> HttpResponse:
    """Look at the rules now, for each; a piece that came settles one entry, or all of them."""
    utilisateur: Any = request.user
    if not utilisateur.has_perm("pointage.regulariser"):
        raise PermissionDenied
    ensemble = Pointage.objects.visibles_par(utilisateur, "regulariser")
    if request.method == "POST":
        return _agir(request, ensemble, Contexte(utilisateur))
    attente, contredits = ensemble.a_regulariser(), a_revoir(utilisateur)
    examines, registre = examiner(attente.order_by("jour", "id")[:NB_LIGNES])
    contestes, _ = examiner(contredits.order_by("jour", "id")[:NB_LIGNES])
    contexte = {
        "lignes": _lignes(examines, registre),
        "nb_lignes": attente.count() if len(examines) == NB_LIGNES else len(examines),
        "contredites": _lignes(contestes, None),
        "nb_contredites": contredits.count() if len(contestes) == NB_LIGNES else len(contestes),
    }
    return render(request, "atelier/a_regulariser.html", contexte)


def _lignes(examines: Examines, registre: Registre | None) -> list[dict[str, Any]]:
    """What the page says of each entry; who could supervise is asked only where nobody could."""
    return [
        {
            "pointage": pointage,
            "duree": montrer_duree(pointage.minutes),
            "refus": refus,
            "remedes": remedes(pointage, refus),
            "encadrants": registre.noms_des_encadrants(pointage)
            if registre is not None and any(phrase.piece == "encadrant" for phrase in refus)
            else [],
        }
        for pointage, refus in examines
    ]


def _agir(request: HttpRequest, ensemble: RequetePointages[Pointage], contexte: Contexte) -> HttpResponse:
    if "retirer" in request.POST:
        retires = retirer(_un_seul(ensemble, request.POST["retirer"]), contexte)
        _dire_les_retraits(request, retires)
    elif "tout" in request.POST:
        _dire(request, regulariser(ensemble, contexte), detail=False)
    else:
        choix = _un_seul(ensemble, request.POST.get("pointage", ""))
        encadrant = _encadrant(choix, request.POST.get("encadrant", ""))
        _dire(request, regulariser(choix, contexte, encadrant), detail=True)
    return HttpResponseRedirect(reverse("commandes:a_regulariser"))


def _un_seul(ensemble: RequetePointages[Pointage], texte: str) -> RequetePointages[Pointage]:
    """One entry of this person's schools, or a page that does not exist."""
    try:
        choix = ensemble.filter(pk=UUID(texte))
    except ValueError as erreur:
        raise Http404("Ces heures n'existent pas.") from erreur
    if not choix.exists():
        raise Http404("Ces heures n'existent pas.")
    return choix


def _encadrant(choix: RequetePointages[Pointage], texte: str) -> Utilisateur | None:
    """Somebody who could supervise in that school on that day; anybody else is refused."""
    if not texte:
        return None
    pointage = choix.select_related("apprenant", "commande").get()
    possibles = registre_de([pointage]).noms_des_encadrants(pointage)
    if texte not in {str(cle) for cle, _ in possibles}:
        raise Http404("Cette personne n'encadrait pas ce jour-là.")
    return Utilisateur.objects.get(pk=texte)


def _dire(request: HttpRequest, examines: Examines, *, detail: bool) -> None:
    valides = [pointage for pointage, refus in examines if not refus]
    for pointage, refus in examines if detail else ():
        for phrase in refus:
            messages.warning(request, f"{pointage.apprenant.prenom} : {phrase}")
    if valides:
        total = montrer_duree(sum(p.minutes for p in valides))
        qui = valides[0].apprenant.prenom if len(valides) == 1 else f"{len(valides)} saisies"
        messages.success(request, f"{qui} : {total} validées.")
    if not detail and len(valides) < len(examines):
        reste = len(examines) - len(valides)
        messages.warning(request, f"Il manque encore une pièce : {reste} en attente.")


def _dire_les_retraits(request: HttpRequest, retires: Examines) -> None:
    for pointage, _ in retires:
        duree = montrer_duree(pointage.minutes)
        messages.success(request, f"{pointage.apprenant.prenom} : {duree} ne comptent plus, à régulariser.")
    if not retires:
        messages.info(request, "Ces heures sont en règle : elles comptent toujours.")
