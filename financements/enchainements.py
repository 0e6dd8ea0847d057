"""Steps that one officer may take in one go: rows 11 and 12, 18 and 19, 20 and 21 of the design's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from financements.bilans import solde

if TYPE_CHECKING:
    from financements.models import Demande

ETAPES: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "conventionner_et_notifier": (
        ("conventionner", "notifier"),
        "Enregistrer la convention signée et notifier",
    ),
    "certifier_et_solder": (("certifier", "solder"), "Certifier le service fait et payer le solde"),
    "renoncer_et_clore": (("renoncer", "clore"), "Renoncer au trop-versé et clore"),
    "recouvrer_et_clore": (("recouvrer", "clore"), "Enregistrer la somme rendue et clore"),
}


def a_propos(demande: Demande, nom: str) -> bool:
    """Whether the second step would follow: a balance is not paid where something is to be given back."""
    return nom != "certifier_et_solder" or solde(demande) >= 0
