"""What each column holds, why, and how long: the register of processing is printed from here.

Each app declares its own models in ``registre.py``; a test refuses a field that nobody declared.
Source: règlement (UE) 2016/679, articles 5 and 30; retentions are defaults, to be confirmed by a DPO.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Classe(StrEnum):
    """Who would be hurt if this were read by anybody."""

    PUBLIC = "public"
    INTERNE = "interne"
    PERSONNEL = "personnel"
    MINEUR = "mineur"
    FINANCIER = "financier"


@dataclass(frozen=True)
class Conservation:
    """How long, in words, and what ends it."""

    duree: str
    ensuite: str


SANS_LIMITE = Conservation("tant que la donnée est exacte", "remplacée")
VIE_DE_L_ECOLE = Conservation("tant que l'école existe", "archivée avec sa fermeture")
SCOLARITE = Conservation("12 mois après la sortie du jeune", "rendue anonyme")
RESPONSABLES = Conservation("12 mois après la sortie du jeune", "effacée")
SANTE = Conservation("12 mois après la sortie du jeune", "effacée")
INSPECTION = Conservation(
    "12 mois, ou jusqu'au jour où un jeune nommé devient anonyme", "PDF effacé, demande gardée sans nom"
)
CANDIDATURE = Conservation(
    "6 mois après une fin sans inscription ; 2 ans si personne ne l'a terminée", "rendue anonyme"
)
CONTACT = Conservation("6 mois", "effacée")
COMPTE = Conservation("2 ans sans connexion, prévenu 30 jours avant", "rendu anonyme")
FINANCEMENT = Conservation("10 ans", "éliminée sur bordereau signé")
COMMERCE = Conservation("10 ans (code de commerce, L123-22)", "effacée")
IMPORT = Conservation("90 jours", "lignes effacées, bilan gardé")
TRACE = Conservation("12 mois", "effacée")
SESSION = Conservation("12 heures", "effacée")
PREUVE = Conservation("comme le dossier dont il est la preuve", "éliminée avec lui")


@dataclass(frozen=True)
class Traitement:
    """The columns of one model, each with its class. They share a purpose and a retention."""

    finalite: str
    conservation: Conservation
    classes: Mapping[str, Classe]


def traitement(finalite: str, conservation: Conservation, **champs: str) -> Traitement:
    """Declare a model: ``mineur="prenom nom"``, one keyword a class, names separated by spaces.

    Raises ``ValueError`` for a class that does not exist or a column declared twice.
    """
    classes: dict[str, Classe] = {}
    for classe, noms in champs.items():
        for nom in noms.split():
            if nom in classes:
                raise ValueError(f"{nom} est déclaré deux fois.")
            classes[nom] = Classe(classe)
    return Traitement(finalite, conservation, classes)
