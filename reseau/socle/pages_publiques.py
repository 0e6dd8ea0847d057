"""Reading pages for everybody: no login, no cookie, cacheable, answered 304 without a query."""

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
# A page changed in the admin is seen by a returning reader after this many seconds at most.
MEMOIRE_EMPREINTE = 60


def _sans_reponse(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


_compresser = GZipMiddleware(_sans_reponse)


def _cle(request: HttpRequest) -> str:
    adresse = f"{request.scheme}|{request.get_host()}|{request.get_full_path()}|{settings.DEMONSTRATION}"
    return "empreinte:" + hashlib.sha256(adresse.encode()).hexdigest()


def _avec_empreinte(request: HttpRequest, cle: str, reponse: HttpResponse) -> HttpResponse:
    empreinte = f'W/"{hashlib.sha256(reponse.content).hexdigest()[:32]}"'
    caches["memoire"].set(cle, empreinte, MEMOIRE_EMPREINTE)
    reponse["ETag"] = empreinte
    reponse["Cache-Control"] = CONTROLE
    return reponse


def adresse_du_visiteur(request: HttpRequest) -> str:
    """Return the address that throttles count by: what the web server in front says, else the peer."""
    entete: str | None = settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER
    return (request.headers.get(entete, "") if entete else "") or request.META.get("REMOTE_ADDR", "")


def page_publique(vue: Vue) -> Vue:
    """Turn ``vue`` into a public reading page (GET and HEAD only).

    A 200 answer carries an ETag and ``Cache-Control: public``. For a minute the process remembers
    the ETag of each address, so a second visit is answered 304 before any query.
    """

    @wraps(vue)
    def enveloppe(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        cle = _cle(request)
        connue = caches["memoire"].get(cle) if "HTTP_IF_NONE_MATCH" in request.META else None
        if connue is not None:
            deja = get_conditional_response(request, etag=connue)
            if deja is not None:
                deja["ETag"] = connue
                deja["Cache-Control"] = CONTROLE
                return deja
        reponse = vue(request, *args, **kwargs)
        if reponse.status_code == 200:
            reponse = _avec_empreinte(request, cle, reponse)
            reponse = get_conditional_response(request, reponse["ETag"], None, reponse)  # type: ignore[assignment]
        if request.GET.get("lieu"):
            reponse["Referrer-Policy"] = "no-referrer"  # the place somebody typed stays here
        patch_vary_headers(reponse, ["Accept-Encoding"])
        return _compresser.process_response(request, reponse)  # type: ignore[return-value]

    return login_not_required(require_safe(enveloppe))
