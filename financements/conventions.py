"""The convention of a file, once it came back signed. No model is imported here: effects call this module."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from financements.models import Demande, ScanSigne


def scan_de_la_convention(demande: Demande) -> ScanSigne | None:
    """Return the signed scan of the version in force of the convention, when it came back."""
    actes = demande.actes.filter(nature="convention").select_related("scan_signe__fichier")
    en_vigueur = actes.order_by("-rang").first()
    scan: ScanSigne | None = getattr(en_vigueur, "scan_signe", None)
    return scan
