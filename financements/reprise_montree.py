"""What the page of a file taken over says: since when, by whom, what nobody can prove, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from financements.natures import AVANT_L_OUTIL, Origine, Voie
from financements.situations import FINIES
from reseau.nombres import montrer_date, montrer_instant, montrer_montant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from financements.models import Allocation, Demande, Reprise

_FONCTIONS = ("Déposée par", "Instruite par", "Visée par", "Accordée par")


@dataclass(frozen=True, slots=True)
class RepriseMontree:
    """The panel; ``fonctions``: (duty, who), ``manques``: sentences, for the State's side only."""

    phrase: str
    annulee: str
    dates: tuple[tuple[str, str], ...]
    fonctions: tuple[tuple[str, str], ...]
    manques: tuple[str, ...]


def reprise_montree(demande: Demande, *, interne: bool) -> RepriseMontree | None:
    """Return the panel of a file taken over; nothing for the others, without a query."""
    if demande.voie != Voie.REPRISE:
        return None
    reprise = demande.reprise
    quand = montrer_instant(reprise.reprise_le)
    if not interne:
        phrase = f"Ce dossier a commencé avant le portail. La DREETS l'y a repris le {quand}."
        return RepriseMontree(phrase, "", (), (), ())
    return RepriseMontree(
        phrase=f"Repris le {quand} par {reprise.reprise_par} : ce dossier courait avant l'outil.",
        annulee=_annulee(reprise),
        dates=tuple(_dates(reprise)),
        fonctions=tuple((fonction, AVANT_L_OUTIL) for fonction in _FONCTIONS),
        manques=() if reprise.annulee_le else tuple(_manques(demande, reprise)),
    )


def _annulee(reprise: Reprise) -> str:
    if reprise.annulee_le is None:
        return ""
    quand = montrer_instant(reprise.annulee_le)
    return (
        f"Reprise annulée le {quand} par {reprise.annulee_par}. Les registres gardent les lignes reprises et "
        "leurs contraires ; l'école peut être reprise de nouveau."
    )


def _dates(reprise: Reprise) -> Iterator[tuple[str, str]]:
    libelles = {
        "decision": "Décision du",
        "notification": "Notifiée le",
        "convention": "Convention signée le",
    }
    for champ, libelle in libelles.items():
        if jour := reprise.contenu.get(champ):
            yield libelle, montrer_date(date.fromisoformat(jour))


def _manques(demande: Demande, reprise: Reprise) -> Iterator[str]:
    """What the file did not say, and what it prevents."""
    if not reprise.contenu.get("notification"):
        yield "Le jour de la notification n'est pas connu."
    if not demande.lignes.exists():
        yield (
            "L'effectif retenu n'est pas connu : le bilan partira des diplômes que l'école prépare, aux taux "
            "du barème de la campagne."
        )
    yield from _convention(demande, demande.allocation)
    service = demande.region.service
    for quoi, siret in (("de l'école", demande.ecole.siret), ("du service", service.siret)):
        if not siret:
            yield f"Données ouvertes : ce dossier n'y est pas, il manque le SIRET {quoi}."


def _convention(demande: Demande, decision: Allocation) -> Iterator[str]:
    if decision.conventions.filter(origine=Origine.REPRISE).exists():
        yield "La convention signée avant l'outil est connue par sa date : son scan n'est pas ici."
    elif demande.etat not in FINIES and decision.convention_manque():
        seuil = montrer_montant(demande.campagne.seuil_convention)
        yield (
            f"L'organisme gestionnaire de l'école reçoit plus de {seuil} cette année : rien ne se paie tant "
            "que la convention signée n'est pas enregistrée, avec son scan."
        )
