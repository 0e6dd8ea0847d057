"""What stands around every private page: never kept by a browser, and a session that ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.cache import add_never_cache_headers

from reseau.portail.droits import doit_avoir_un_second_facteur
from reseau.portail.reprises import rendre_la_saisie, se_reprend
from reseau.socle.histoire import Signature, signer

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

HEURE = 3600
DUREE_TOTALE = 12 * HEURE
INACTIVITE_ECOLE = 4 * HEURE
INACTIVITE_ETAT = 1 * HEURE
# Methods that change nothing.
_LECTURES = frozenset({"GET", "HEAD", "OPTIONS"})
# The session is written at most this often: reading pages must not write at each click.
PAS = 300


class PagesPrivees:
    """Answer ``no-store`` to everything an authenticated person reads."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Only looks at the user of pages that are private: public pages never touch the session."""
        reponse = self.get_response(request)
        if not reponse.has_header("Cache-Control"):
            add_never_cache_headers(reponse)
        return reponse


class SessionsBornees:
    """End a session left idle or too old, and ask the State's people for their second factor.

    Public pages are not looked at: they must not read the session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The work is done once the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, vue: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Let a private page through, or send to the login or to the second factor."""
        if not getattr(vue, "login_required", True) or not request.user.is_authenticated:
            return None
        if _trop_longue(request):
            logout(request)
            if se_reprend(request):
                return rendre_la_saisie(request, connecte=False)
            messages.info(request, "Votre session est terminée. Connectez-vous à nouveau.")
            return redirect(f"{resolve_url(settings.LOGIN_URL)}?next={request.path}")
        return _vers_le_second_facteur(request)


class QuiEcrit:
    """Sign what a request writes with the id of its account; a page that is only read signs nothing.

    The account is known when the view is: public pages never look at the session for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign until the answer is made."""
        if request.method in _LECTURES:
            return self.get_response(request)
        with signer() as signature:
            request.__dict__["_signature"] = signature
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, vue: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Say who it is, once nothing refused her."""
        signature: Signature | None = request.__dict__.get("_signature")
        if signature and getattr(vue, "login_required", True) and request.user.is_authenticated:
            signature.par = request.user.pk
        return None


def _trop_longue(request: HttpRequest) -> bool:
    """Look at the clock of the session, and set it again when it is more than ``PAS`` old."""
    utilisateur: Any = request.user
    instant = int(time.time())
    ouverte = request.session.setdefault("ouverte_le", instant)
    vue = request.session.setdefault("vue_le", instant)
    inactivite = INACTIVITE_ETAT if doit_avoir_un_second_facteur(utilisateur) else INACTIVITE_ECOLE
    if instant - ouverte > DUREE_TOTALE or instant - vue > inactivite:
        return True
    if instant - vue > PAS:
        request.session["vue_le"] = instant
    return False


def _vers_le_second_facteur(request: HttpRequest) -> HttpResponse | None:
    chemin = request.resolver_match.view_name if request.resolver_match else ""
    if not settings.MFA_OBLIGATOIRE or chemin.startswith(("account_", "mfa_", "admin:logout")):
        return None
    utilisateur: Any = request.user
    if not doit_avoir_un_second_facteur(utilisateur) or _second_facteur_donne(request, utilisateur):
        return None
    messages.info(request, "Votre fonction demande un second facteur : installez-le avant de continuer.")
    return HttpResponseRedirect(resolve_url("mfa_activate_totp"))


def _second_facteur_donne(request: HttpRequest, utilisateur: Any) -> bool:
    """Given at this login, or just set up during this session."""
    donnes = get_authentication_records(request, utilisateur)
    return any(acte.get("method") == "mfa" for acte in donnes) or is_mfa_enabled(utilisateur)
