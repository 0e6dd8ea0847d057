"""The states of a request, their label for each side, and the groups that rules name."""

from __future__ import annotations

from typing import Final

from django.db import models


class Etat(models.TextChoices):
    """States of a request, in the officer's words; the school's are in :data:`LIBELLES_ECOLE`."""

    BROUILLON = "brouillon", "Brouillon"
    DEPOSEE = "deposee", "Déposée"
    A_COMPLETER = "a_completer", "À compléter"
    EN_INSTRUCTION = "en_instruction", "En instruction"
    PROPOSEE = "proposee", "Proposée"
    VISEE = "visee", "Visée"
    ACCORDEE = "accordee", "Accordée"
    CONVENTIONNEE = "conventionnee", "Conventionnée"
    NOTIFIEE = "notifiee", "Notifiée"
    EN_EXECUTION = "en_execution", "En exécution"
    BILAN_DEPOSE = "bilan_depose", "Bilan déposé"
    BILAN_A_CORRIGER = "bilan_a_corriger", "Bilan à corriger"
    SERVICE_FAIT = "service_fait", "Service fait"
    REVERSEMENT = "reversement_en_cours", "Reversement en cours"
    SOLDEE = "soldee", "Soldée"
    CLOSE = "close", "Close"
    REFUSEE = "refusee", "Refusée"
    SANS_SUITE = "sans_suite", "Classée sans suite"
    RETIREE = "retiree", "Retirée"
    RESILIEE = "resiliee", "Résiliée"


LIBELLES_ECOLE: dict[str, str] = {
    Etat.BROUILLON: "À finir par l'école",
    Etat.DEPOSEE: "Reçue par la DREETS",
    Etat.A_COMPLETER: "Des éléments manquent",
    Etat.EN_INSTRUCTION: "La DREETS étudie la demande",
    Etat.PROPOSEE: "La DREETS étudie la demande",
    Etat.VISEE: "La décision se prépare",
    Etat.ACCORDEE: "L'État a réservé l'argent",
    Etat.CONVENTIONNEE: "La convention est signée",
    Etat.NOTIFIEE: "La décision est envoyée",
    Etat.EN_EXECUTION: "L'État a commencé à verser",
    Etat.BILAN_DEPOSE: "Bilan reçu par la DREETS",
    Etat.BILAN_A_CORRIGER: "Bilan à corriger par l'école",
    Etat.SERVICE_FAIT: "La DREETS a vérifié le bilan",
    Etat.REVERSEMENT: "Une somme est à rendre",
    Etat.SOLDEE: "Tout est versé",
    Etat.CLOSE: "Dossier fermé",
    Etat.REFUSEE: "Refusée",
    Etat.SANS_SUITE: "Classée sans suite",
    Etat.RETIREE: "Retirée par l'école",
    Etat.RESILIEE: "Résiliée",
}

# States that a request may have without ever having been handed in.
AVANT_DEPOT: Final = (Etat.BROUILLON, Etat.RETIREE)
# The school's pen: asked numbers and pieces change in these states only.
A_ECRIRE: Final = (Etat.BROUILLON, Etat.A_COMPLETER)
# States in which a school may make another request for the same campaign.
SANS_FINANCEMENT: Final = (Etat.REFUSEE, Etat.SANS_SUITE, Etat.RETIREE)
# The decision was made: money is committed, or was.
ACCORDEES: Final = (
    Etat.ACCORDEE,
    Etat.CONVENTIONNEE,
    Etat.NOTIFIEE,
    Etat.EN_EXECUTION,
    Etat.BILAN_DEPOSE,
    Etat.BILAN_A_CORRIGER,
    Etat.SERVICE_FAIT,
    Etat.REVERSEMENT,
    Etat.SOLDEE,
    Etat.CLOSE,
    Etat.RESILIEE,
)
# Somebody still has to act before the decision.
EN_COURS: Final = (
    Etat.BROUILLON,
    Etat.DEPOSEE,
    Etat.A_COMPLETER,
    Etat.EN_INSTRUCTION,
    Etat.PROPOSEE,
    Etat.VISEE,
)

# The service has the file in hand, and has not decided.
INSTRUITES: Final = (Etat.EN_INSTRUCTION, Etat.PROPOSEE, Etat.VISEE)

# Nothing is paid any more.
FINIES: Final = (Etat.SOLDEE, Etat.CLOSE, Etat.RESILIEE)

# The school has accounted for what it received.
RENDUES: Final = (
    Etat.BILAN_DEPOSE,
    Etat.BILAN_A_CORRIGER,
    Etat.SERVICE_FAIT,
    Etat.REVERSEMENT,
    Etat.SOLDEE,
    Etat.CLOSE,
)
