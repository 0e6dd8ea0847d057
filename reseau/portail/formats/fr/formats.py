"""Dates that the admin prints by itself: as our lists do, where Django would write "1 janvier"."""

from __future__ import annotations

DATE_FORMAT = "d/m/Y"
DATETIME_FORMAT = "d/m/Y à H:i"
