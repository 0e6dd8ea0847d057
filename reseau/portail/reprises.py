"""Nothing typed is lost: a form sent after its session ended comes back, ready to be sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.shortcuts import render, resolve_url
from django.views.csrf import csrf_failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

_JETON = "csrfmiddlewaretoken"
_COMPTES = "/comptes/"  # passwords are typed there: never given back


def se_reprend(request: HttpRequest) -> bool:
    """Whether what this request sent may be shown again to who sent it."""
    return request.method == "POST" and not request.path.startswith(_COMPTES)


def rendre_la_saisie(request: HttpRequest, *, connecte: bool) -> HttpResponse:
    """Return the page that holds what was typed; 403, for nothing was written."""
    champs = [(nom, valeur) for nom, valeurs in request.POST.lists() if nom != _JETON for valeur in valeurs]
    contexte = {
        "champs": champs,
        "adresse": request.get_full_path(),
        "connexion": resolve_url("account_login"),
        "connecte": connecte,
        "fichiers": [fichier.name for _nom, fichiers in request.FILES.lists() for fichier in fichiers],
    }
    return render(request, "reprise.html", contexte, status=403)


def envoi_refuse(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose token is not the right one.

    Logging in again changes the token: a form of our own pages, from a person who is logged in, is given
    back. Anything that may come from another site gets the plain refusal.
    """
    d_ici = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    if d_ici and reason.startswith("CSRF token") and request.user.is_authenticated and se_reprend(request):
        return rendre_la_saisie(request, connecte=True)
    return csrf_failure(request, reason)


class ConnexionDemandee(LoginRequiredMiddleware):
    """Send who is not logged in to the login page, unless she was sending what she had typed."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., Any], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Give the form back, or go and log in."""
        refus = super().process_view(request, view_func, view_args, view_kwargs)
        if refus is not None and se_reprend(request):
            return rendre_la_saisie(request, connecte=False)
        return refus
