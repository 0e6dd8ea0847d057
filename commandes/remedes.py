"""What to do, and where, about each thing that keeps minutes out of the counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from commandes.models import Pointage
    from ecoles.regles import Refus

_SANS_REMEDE = "Rien à ajouter : ces heures restent gardées, en dehors des comptes."
# Piece of a refusal -> part of the learner's page, and what to do there.
_SUR_LA_FICHE = {
    "avis": ("avis", "Ajouter l'avis d'aptitude"),
    "formation": ("formations", "Noter la formation à la sécurité"),
    "inscription": ("inscriptions", "Corriger l'inscription"),
}


@dataclass(frozen=True)
class Remede:
    """What to do; ``lien`` is empty when there is nowhere to go."""

    texte: str
    lien: str = ""


def remedes(pointage: Pointage, refus: Iterable[Refus]) -> list[Remede]:
    """Return what would settle these refusals, each once, in their order."""
    return list(dict.fromkeys(_remede(pointage, phrase.piece) for phrase in refus))


def _remede(pointage: Pointage, piece: str) -> Remede:
    if piece in _SUR_LA_FICHE:
        ancre, geste = _SUR_LA_FICHE[piece]
        page = reverse("admin:ecoles_apprenant_change", args=[pointage.apprenant_id])
        return Remede(f"{geste} sur la fiche de {pointage.apprenant.prenom}", f"{page}#{ancre}-group")
    if piece == "declaration":
        return Remede("Noter la déclaration de dérogation", reverse("admin:ecoles_declarationderogation_add"))
    if piece == "encadrant":
        page = reverse("admin:ecoles_encadrement_changelist")
        return Remede("Choisissez ci-dessous qui encadrait ce jour-là ; au besoin, désignez-la d'abord", page)
    if piece == "commande":
        page = reverse("admin:commandes_commande_change", args=[pointage.commande_id])
        return Remede(f"Voir la commande {pointage.commande.numero}", page)
    if piece == "ligne":
        choix = {"ecole": pointage.commande.ecole_id, "jour": pointage.jour, "commande": pointage.commande_id}
        page = f"{reverse('commandes:atelier')}?{urlencode(choix)}"
        return Remede("Noter de nouveau ces heures, sur cette machine", page)
    return Remede(_SANS_REMEDE)
