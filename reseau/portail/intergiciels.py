"""Private pages are never kept by a browser or a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.cache import add_never_cache_headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


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
