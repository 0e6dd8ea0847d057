"""Amendments of a file in execution, for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from financements.models import Avenant, Demande

METALLIER = "50025439"

# What is crossed before each step of an amendment that is prepared.
AVANT_L_AVENANT: Mapping[str, tuple[str, ...]] = {
    "proposer_avenant": (),
    "abandonner_avenant": (),
    "viser_avenant": ("proposer_avenant",),
    "renvoyer_avenant": ("proposer_avenant",),
    "accorder_avenant": ("proposer_avenant", "viser_avenant"),
}


def preparer_avenant(demande: Demande, mois: int = 12, mois_majores: int = 0, **ligne: Any) -> Avenant:
    """An amendment of a file in execution: twelve learner-months more unless told otherwise."""
    rang = demande.allocation.avenants.count() + 1
    avenant = demande.allocation.avenants.create(rang=rang, motif="Trois jeunes de plus en septembre.")
    valeurs = {"titre_id": METALLIER, "annee": 1, "mois": mois, "mois_majores": mois_majores}
    avenant.lignes.create(**(valeurs | ligne))
    avenant.refresh_from_db()
    return avenant
