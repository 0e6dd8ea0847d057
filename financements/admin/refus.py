"""The refusals of the database as sentences: pages of this trade take them from the ground floor."""

from __future__ import annotations

from reseau.admin.refus import AdminRefus

__all__ = ["AdminRefus"]
