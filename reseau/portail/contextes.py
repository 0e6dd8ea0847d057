"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portail(_request: HttpRequest) -> dict[str, Any]:
    """Whether this is the demonstration: its banner is on every page."""
    return {"demonstration": settings.DEMONSTRATION}
