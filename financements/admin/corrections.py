"""Inputs of the two pages of a correction: what the officer names, what the school answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

from financements.admin.champs_lettres import texte_de_lettre
from financements.corrections import RAISON, REPONSE, TEXTE, cibles, ouvertes
from financements.natures import LONGUEUR_DU_MOTIF, NaturePiece, RaisonCorrection
from financements.pieces import analyses, exigees, perimee_depuis, perimees
from financements.recevabilite import verdicts

if TYPE_CHECKING:
    from financements.models import Demande

_CHOIX = [("", "Rien à corriger"), *RaisonCorrection.choices]
_AIDE = "Relisez-le : l'école le reçoit par courriel, avec la liste des éléments à corriger."


def champs_de_la_demande(demande: Demande) -> dict[str, forms.Field]:
    """One reason and one text a target; what is missing or expired is chosen already, to reread and send."""
    deja = _deja_choisies(demande)
    champs: dict[str, forms.Field] = {}
    for cible, mot in cibles(demande).items():
        raison, texte = deja.get(cible, ("", ""))
        champs[RAISON + cible] = forms.ChoiceField(label=mot, choices=_CHOIX, required=False, initial=raison)
        champs[TEXTE + cible] = texte_de_lettre(
            f"{mot} : précision", 300, mot="Cette précision", rangs=0, propose=texte
        )
    champs["motif"] = _message(ce_qui_manque(demande))
    return champs


def _deja_choisies(demande: Demande) -> dict[str, tuple[str, str]]:
    """Return target -> (reason, text) of the pieces that the file itself says are to be given again."""
    dites = analyses(demande)
    manquantes = [nature for nature in exigees(demande.campagne) if dites.get(nature) in {None, "refuse"}]
    perime = {n: f"Cette pièce est {perimee_depuis(fin)}." for n, fin in perimees(demande).items()}
    return {
        **{f"piece_{nature}": (RaisonCorrection.PERIME.value, texte) for nature, texte in perime.items()},
        **{f"piece_{n}": (RaisonCorrection.INCOMPLET.value, "Cette pièce manque.") for n in manquantes},
    }


def _message(propose: str) -> forms.Field:
    """The letter, whole: what is missing is proposed, to reread."""
    trop = len(propose) - LONGUEUR_DU_MOTIF
    aide = f"{_AIDE} Il est trop long de {trop} caractères : raccourcissez-le." if trop > 0 else _AIDE
    return texte_de_lettre(
        "Message à l'école", LONGUEUR_DU_MOTIF, aide=aide, mot="Ce message", rangs=6, propose=propose
    )


def ce_qui_manque(demande: Demande) -> str:
    """Return one list in plain French of what the blocking rules say and of the pieces that are not there."""
    phrases = [phrase for v in verdicts(demande) if v.bloque for phrase in v.constats]
    presentes = analyses(demande)
    phrases += [
        f"Il manque : « {NaturePiece(nature).label} »."
        for nature in demande.campagne.pieces_obligatoires
        if nature not in presentes
    ]
    return "\n".join(dict.fromkeys(phrases))


def champs_de_la_reponse(demande: Demande) -> dict[str, forms.Field]:
    """One answer an open item: needed only when it was not changed."""
    return {
        REPONSE + correction.cible: texte_de_lettre(
            f"{correction.libelle} : votre réponse",
            500,
            aide="Inutile si vous avez changé cet élément.",
            mot="Cette réponse",
            rangs=2,
        )
        for correction in ouvertes(demande)
    }
