"""What the page of a request shows between its deposit and its decision, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from financements.comptage import constat_doubles, noms_des_doubles
from financements.corrections import ouvertes, raison_accordee
from financements.depots import changements, jamais_renvoyes
from financements.etats import INSTRUITES, Etat
from financements.natures import SilenceCorrection
from financements.notes import avis_montres
from financements.versements import liens_des_actes

if TYPE_CHECKING:
    from financements.models import Demande

_AVISEES = (Etat.DEPOSEE, Etat.EN_INSTRUCTION)
_A_LIRE = (Etat.DEPOSEE, Etat.A_COMPLETER)
_LUES = (Etat.DEPOSEE, *INSTRUITES)


@dataclass(frozen=True, slots=True)
class Suivi:
    """The rules to read, what the last deposit changed, the acts already frozen."""

    recevabilite: str
    aviser: str
    avis: tuple[dict[str, str], ...]
    doubles: tuple[str, ...]
    constats: tuple[str, ...]
    a_corriger: tuple[tuple[str, str, str, str], ...]
    corrigees: tuple[tuple[str, str], ...]
    changements: tuple[str, ...]
    jamais_renvoyes: tuple[str, ...]
    papiers: tuple[tuple[str, str], ...]


def suivi(demande: Demande, *, interne: bool, instruit: bool) -> Suivi:
    """Return what this side reads; three queries at most."""
    lien = _lien(demande, "recevabilite")
    return Suivi(
        recevabilite=lien if instruit and demande.etat == Etat.DEPOSEE else "",
        aviser=_lien(demande, "avis") if instruit and demande.etat in _AVISEES else "",
        avis=tuple(avis_montres(demande)) if interne else (),
        doubles=tuple(noms_des_doubles(demande)) if not interne and demande.etat in _A_LIRE else (),
        constats=tuple(constat_doubles(demande) or ()) if interne and demande.etat in _LUES else (),
        a_corriger=_a_corriger(demande) if demande.etat == Etat.A_COMPLETER else (),
        corrigees=_corrigees(demande) if interne and demande.etat in _LUES else (),
        changements=tuple(changements(demande)) if interne and demande.etat in _LUES else (),
        jamais_renvoyes=tuple(_jamais_renvoyes(demande)) if interne and demande.etat in _LUES else (),
        papiers=liens_des_actes(demande, interne=interne),
    )


def _lien(demande: Demande, page: str) -> str:
    return reverse(f"admin:financements_demande_{page}", args=[demande.pk])


def _a_corriger(demande: Demande) -> tuple[tuple[str, str, str, str], ...]:
    """What, why, in which words, and where."""
    joindre = _lien(demande, "joindre")
    return tuple(
        (
            c.libelle,
            raison_accordee(c),
            c.texte,
            f"{joindre}?nature={c.cible.removeprefix('piece_')}"
            if c.cible.startswith("piece_")
            else "#lignes-group",
        )
        for c in ouvertes(demande)
    )


def _corrigees(demande: Demande) -> tuple[tuple[str, str], ...]:
    """What was asked back, and what the school answered."""
    closes = (c for c in demande.corrections.all() if c.traitee_le is not None)
    return tuple(
        (c.libelle, c.get_silence_display() or c.reponse or "changé, sans commentaire") for c in closes
    )


def _jamais_renvoyes(demande: Demande) -> list[str]:
    """Nobody certified these changes: the officer reads them apart from those of a deposit."""
    commencees = any(c.silence == SilenceCorrection.COMMENCE for c in demande.corrections.all())
    return jamais_renvoyes(demande) if commencees else []
