"""What a school and its service type in a report, for tests."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from financements.models import Demande

# What is typed at each step that a terminated decision may still take.
APRES_RESILIATION: Mapping[str, Mapping[str, Any]] = {
    "reclamer_resiliation": {},
    "renoncer_resiliation": {"motif": "Somme sous le seuil de recouvrement."},
    "recouvrer_resiliation": {"montant_rendu": Decimal(100)},
}
# Days to wait before these steps: the school has a delay.
A_ATTENDRE: Mapping[str, int] = {"constater_silence": 40, "contredire_bilan": 40, "figer_bilan": 90}


def ecrire_avant(demande: Demande, nom: str, manque: int = 0) -> None:
    """Write what a step of a report asks for, unless the test wrote it."""
    if nom == "deposer_bilan":
        ecrire_bilan(demande, manque)
    elif nom == "corriger_bilan" and not demande.allocation.bilan.lignes.exclude(a_corriger="").exists():
        demande.allocation.bilan.lignes.update(a_corriger="Comptez les mois depuis septembre.")
    elif nom == "redeposer_bilan":
        demande.allocation.bilan.lignes.exclude(a_corriger="").filter(reponse="").update(
            reponse="C'est juste."
        )


def ecrire_bilan(demande: Demande, manque: int = 0) -> None:
    """What a school types: all was done, less ``manque`` learner-months; accounts of two lines."""
    bilan = demande.allocation.bilan
    for ligne in bilan.lignes.filter(mois_realises=None):
        ligne.mois_realises = ligne.mois_convenus - manque
        ligne.majores_realises = min(ligne.majores_convenus, ligne.mois_realises)
        ligne.save()
    bilan.commentaire = "Trente-six jeunes formés, vingt commandes livrées."
    bilan.save()
    bilan.postes.filter(compte="64").update(prevu=500_000, realise=480_000)
    bilan.postes.filter(compte="74-autres").update(prevu=300_000, realise=300_000)
