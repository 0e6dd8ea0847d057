"""Reading pages for everybody: no login, no cookie, cacheable, rendered once a minute at most."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.views.decorators.http import require_safe

type Vue = Callable[..., HttpResponse]

CONTROLE = "public, s-maxage=300"
# A page changed in the admin is seen by other readers after this many seconds at most.
MEMOIRE = 60


def _sans_reponse(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


_compresser = GZipMiddleware(_sans_reponse)


def _cle(request: HttpRequest) -> str:
    compresse = "gzip" in request.headers.get("Accept-Encoding", "")
    parties = (request.scheme, request.get_host(), request.get_full_path(), settings.DEMONSTRATION, compresse)
    return "page:" + hashlib.sha256("|".join(map(str, parties)).encode()).hexdigest()


def _preparer(request: HttpRequest, reponse: HttpResponse) -> HttpResponse:
    """Add what readers and caches need, and compress."""
    if reponse.status_code == 200:
        reponse["ETag"] = f'W/"{hashlib.sha256(reponse.content).hexdigest()[:32]}"'
        reponse["Cache-Control"] = CONTROLE
    if request.GET.get("lieu"):
        reponse["Referrer-Policy"] = "no-referrer"  # the place somebody typed stays here
    patch_vary_headers(reponse, ["Accept-Encoding"])
    return _compresser.process_response(request, reponse)  # type: ignore[return-value]


def adresse_du_visiteur(request: HttpRequest) -> str:
    """Return the address that throttles count by: what the web server in front says, else the peer."""
    entete: str | None = settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER
    return (request.headers.get(entete, "") if entete else "") or request.META.get("REMOTE_ADDR", "")


def page_publique(vue: Vue) -> Vue:
    """Turn ``vue`` into a public reading page (GET and HEAD only).

    A 200 answer carries an ETag and ``Cache-Control: public``, and the process keeps it for a minute:
    the next visit asks no query. Who carries a session is always answered anew: people who have just
    changed a page look at it.
    """

    @wraps(vue)
    def enveloppe(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        garde = settings.SESSION_COOKIE_NAME not in request.COOKIES
        cle = _cle(request)
        reponse: HttpResponse | None = caches["memoire"].get(cle) if garde else None
        if reponse is None:
            reponse = _preparer(request, vue(request, *args, **kwargs))
            if reponse.status_code == 200:
                caches["memoire"].set(cle, reponse, MEMOIRE)
        if reponse.status_code != 200:
            return reponse
        return get_conditional_response(request, reponse["ETag"], None, reponse)  # type: ignore[return-value]

    return login_not_required(require_safe(enveloppe))
