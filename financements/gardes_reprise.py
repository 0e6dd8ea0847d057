"""Guards of a takeover taken back: one French sentence per refusal, no write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist

from financements.natures import Origine, Voie

if TYPE_CHECKING:
    from collections.abc import Iterable

    from financements.models import Demande
    from reseau.socle.etats import Contexte


def reprise_seulement(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """What was decided in the tool ends by another decision."""
    if demande.voie != Voie.REPRISE:
        yield "Ce dossier n'a pas été repris par un import : une décision prise ici se résilie."


def rien_depuis(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """A takeover is taken back as long as nothing was built on it."""
    decision = demande.allocation
    faits = (
        ("un paiement", decision.paiements.exclude(origine=Origine.REPRISE)),
        ("un avenant", decision.avenants.all()),
        ("une convention", decision.conventions.exclude(origine=Origine.REPRISE)),
        ("un rapprochement avec Chorus", decision.paiements.filter(rapprochement__isnull=False)),
    )
    for quoi, lignes in faits:
        if lignes.exists():
            yield f"Depuis la reprise, ce dossier a {quoi} : il se résilie, il ne s'annule plus."
    if _a_un_bilan(demande):
        yield "Depuis la reprise, ce dossier a un bilan : il ne s'annule plus."


def _a_un_bilan(demande: Demande) -> bool:
    try:
        return demande.allocation.bilan is not None
    except ObjectDoesNotExist:
        return False
