"""Row 1b: what the service typed from a paper, the school confirms later. Read in the journal, never stored.

Each new paper is to be confirmed again; a school that completes the file itself has confirmed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.apps import apps
from django.db.models import Subquery
from django.db.models.functions import JSONObject

from financements.natures import Voie
from financements.situations import INSTRUITES, Etat
from reseau.nombres import PARIS, montrer_date
from reseau.socle.relations import valeurs_de

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from financements.models import Demande
    from reseau.socle.etats import Contexte

SUR_PAPIER: Final = ("deposer_sur_scan", "completer_sur_scan")
ACTES: Final = (*SUR_PAPIER, "completer", "confirmer")
# From the hand-in to the decision, while the file is not back with the school.
A_RELIRE: Final = (Etat.DEPOSEE, *INSTRUITES)


@dataclass(frozen=True, slots=True)
class Acte:
    """A line of the journal that hands in or confirms, and when."""

    evenement: str
    le: datetime


def dernier_acte(demande: Demande) -> Acte | None:
    """Return the last line that hands in or confirms; nothing for what the school wrote itself."""
    if demande.voie != Voie.SERVICE:
        return None
    lu = valeurs_de(demande, questions)["acte"]
    return Acte(lu["evenement"], datetime.fromisoformat(lu["le"])) if lu else None


def questions(demande: Demande) -> dict[str, Any]:
    """Return in SQL what :func:`dernier_acte` holds."""
    journal: Any = apps.get_model("financements.JournalDemande")
    actes = journal.objects.filter(demande=demande.pk, evenement__in=ACTES).order_by("-rang")
    return {"acte": Subquery(actes.values(json=JSONObject(evenement="evenement", le="le"))[:1])}


def reste_a_confirmer(demande: Demande) -> bool:
    """Whether the last thing handed in is a paper that the school has not confirmed."""
    acte = dernier_acte(demande)
    return acte is not None and acte.evenement in SUR_PAPIER


def constat_confirmation(demande: Demande) -> list[str] | None:
    """What the control sheet says of it: it blocks nothing, and is said."""
    if demande.voie != Voie.SERVICE:
        return None
    return ["La demande n'est pas encore confirmée par l'école."] if reste_a_confirmer(demande) else []


def montrer_confirmation(demande: Demande, *, interne: bool) -> dict[str, Any]:
    """Return the sentence of the page for this side, and whether it awaits something; or nothing."""
    acte = dernier_acte(demande)
    if acte is None:
        return {}
    if acte.evenement not in SUR_PAPIER:
        qui = "Confirmée par l'école" if interne else "Votre école l'a confirmée"
        return {"phrase": f"{qui} le {montrer_date(acte.le.astimezone(PARIS).date())}.", "attente": False}
    if interne:
        return {"phrase": "Pas encore confirmée par l'école.", "attente": False}
    attente = demande.etat in A_RELIRE
    suite = " Relisez-la, puis confirmez-la." * attente
    return {
        "phrase": f"La DREETS a saisi cette demande d'après votre document signé.{suite}",
        "attente": attente,
    }


def a_confirmer(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Guard: only a paper that waits is confirmed, and once."""
    if demande.voie != Voie.SERVICE:
        yield "Votre école a écrit cette demande elle-même : il n'y a rien à confirmer."
    elif not reste_a_confirmer(demande):
        yield "Votre école a déjà confirmé cette demande."


def confirmer(demande: Demande, _contexte: Contexte) -> Mapping[str, Any]:
    """Effect: the journal says which deposit was read."""
    depot = demande.depots.order_by("-rang").values_list("pk", flat=True).first()
    return {"depot": str(depot)}
