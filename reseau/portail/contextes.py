"""What every page knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def portail(_request: HttpRequest) -> dict[str, Any]:
    """Whether this is the demonstration: its banner is on every page."""
    return {"demonstration": settings.DEMONSTRATION}
