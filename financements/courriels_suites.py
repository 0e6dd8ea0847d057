"""Mails of what the service decided or found: once each a file, plain words, a link to the letter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse

from financements.courriels import direction
from financements.natures import PhaseBilan
from reseau.francais import de
from reseau.nombres import montrer_date
from reseau.socle.courriels import ecrire, lien

if TYPE_CHECKING:
    from collections.abc import Mapping

    from financements.models import Demande
    from reseau.socle.etats import Contexte, Effet

_CORPS: Final = """Bonjour,

{phrase}

{suite}

{lien}

Le portail vous demandera d'abord de vous connecter.
"""
_RECOURS: Final = (
    "La lettre est dans le dossier. Elle donne la raison, et dit comment contester cette décision"
    " et jusqu'à quand."
)
# By kind: the subject, what happened, what to do. {dossier} is "la demande 2026-84-0001 d'Atelier Nord".
_SUITES: Final[Mapping[str, tuple[str, str, str]]] = {
    "notification": (
        "la décision est là",
        "L'État accorde une subvention pour {dossier}.",
        "La décision et la lettre sont dans le dossier. La lettre dit combien, et quand l'État verse.",
    ),
    "refus": ("la réponse de la DREETS", "La DREETS refuse {dossier}.", _RECOURS),
    "classement": ("la réponse de la DREETS", "La DREETS classe sans suite {dossier}.", _RECOURS),
    "resiliation": (
        "la décision prend fin",
        "La DREETS met fin à la subvention accordée pour {dossier}.",
        _RECOURS,
    ),
    "ordre": (
        "une somme à rendre",
        "Une somme est à rendre à l'État pour {dossier}.",
        "La lettre est dans le dossier. Elle dit combien rendre, à qui, et comment contester cette décision.",
    ),
    "certification": (
        "votre bilan est vérifié",
        "La DREETS a vérifié le bilan de {dossier}.",
        "Le document est dans le dossier. Il dit le montant final, et ce qui reste à verser ou à rendre.",
    ),
    "correction": (
        "le bilan est à corriger",
        "La DREETS demande des corrections sur le bilan de {dossier}.",
        "Le dossier dit quoi, et pourquoi. Répondez avant le {limite}.",
    ),
    "contradictoire": (
        "vos observations sur le bilan",
        "La DREETS attend vos observations sur le bilan de {dossier}.",
        "Le dossier dit sur quoi. Répondez avant le {limite}. Ensuite, elle retient ce qu'elle a vérifié.",
    ),
}


def en_prevenant(effet: Effet, nature: str) -> Effet:
    """Return the effect of a transition that also writes to the school, in the same transaction."""

    def effet_et_courriel(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
        donnees = effet(demande, contexte)
        prevenir(demande, nature)
        return donnees

    return effet_et_courriel


def prevenir_d_une_correction(effet: Effet) -> Effet:
    """The same when a report comes back: the amicable phase, then the last one, have their own words."""

    def effet_et_courriel(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
        donnees = effet(demande, contexte)
        amiable = donnees["phase"] == PhaseBilan.AMIABLE
        prevenir(demande, "correction" if amiable else "contradictoire")
        return donnees

    return effet_et_courriel


def prevenir(demande: Demande, nature: str) -> None:
    """Write to each head of the school; what was already written is not written again."""
    objet, phrase, suite = _SUITES[nature]
    dossier = f"la demande {demande.numero} {de(demande.ecole.nom)}"
    limite = montrer_date(demande.echeance_le) if demande.echeance_le else ""
    corps = _CORPS.format(
        phrase=phrase.format(dossier=dossier),
        suite=suite.format(limite=limite),
        lien=lien(reverse("admin:financements_demande_change", args=[demande.pk])),
    )
    for membre in direction(demande):
        ecrire(
            cle=f"{nature}:{demande.pk}:{membre.utilisateur_id}",
            destinataire=membre.utilisateur,
            objet=f"Demande {demande.numero} : {objet}",
            corps=corps,
        )
