"""Public addresses of the funding trade: the file of the grants that were notified."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import StreamingHttpResponse
from django.views.decorators.http import require_safe

from financements.donnees_ouvertes import en_csv

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_not_required
@require_safe
def subventions(_request: HttpRequest) -> StreamingHttpResponse:
    """The whole file, streamed; shared caches keep it for an hour."""
    reponse = StreamingHttpResponse(en_csv(), content_type="text/csv; charset=utf-8; header=present")
    reponse["Content-Disposition"] = 'attachment; filename="subventions.csv"'
    reponse["Cache-Control"] = "public, s-maxage=3600"
    reponse["Access-Control-Allow-Origin"] = "*"
    return reponse
