"""Open days and trial weeks: those to come, the places left, and what a cancellation asks of the school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Q

from ecoles.contact import jour_de_reponse
from ecoles.models import DemandeContact, Evenement
from reseau.nombres import INSECABLE, PARIS, aujourdhui, maintenant, montrer_date

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

NB_MONTRES = 6


@dataclass(frozen=True, slots=True)
class DateProposee:
    """A date as families read it. ``annulation`` is empty unless it was cancelled."""

    cle: UUID
    quoi: str
    quand: str
    precisions: str
    places: str
    complet: bool
    annulation: str


class RefusAnnulation(Exception):
    """The date cannot be cancelled; the message is the sentence to show."""


def quand(debut: datetime, fin: datetime) -> str:
    """Print a span in Paris time: "samedi 12 décembre 2026, de 9 h à 17 h", or from day to day."""
    de, a = debut.astimezone(PARIS), fin.astimezone(PARIS)
    if de.date() == a.date():
        return f"{_jour(de)}, de {_heure(de)} à {_heure(a)}"
    return f"du {_jour(de)} au {_jour(a)}"


def _jour(instant: datetime) -> str:
    jours = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
    return f"{jours[instant.weekday()]} {montrer_date(instant.date())}"


def _heure(instant: datetime) -> str:
    minutes = f"{INSECABLE}{instant.minute:02d}" if instant.minute else ""
    return f"{instant.hour}{INSECABLE}h{minutes}"


def avec_inscrits(evenements: QuerySet[Evenement]) -> QuerySet[Evenement]:
    """Add ``inscrits``: families that mean to come."""
    return evenements.annotate(
        inscrits=Count("demandes", filter=~Q(demandes__suite=DemandeContact.Suite.AUTRE_ECOLE))
    )


def a_venir(ecole: Any) -> list[DateProposee]:
    """Return the next dates of a school, cancelled ones included: somebody may have noted them. One query."""
    dates = avec_inscrits(Evenement.objects.filter(ecole=ecole, fin__gte=maintenant()))
    return [_proposee(date) for date in dates.order_by("debut", "id")[:NB_MONTRES]]


def _proposee(evenement: Any) -> DateProposee:
    libres = None if evenement.familles is None else evenement.familles - evenement.inscrits
    return DateProposee(
        cle=evenement.pk,
        quoi=evenement.get_nature_display().capitalize(),
        quand=quand(evenement.debut, evenement.fin),
        precisions=evenement.precisions,
        places=_places(libres),
        complet=libres is not None and libres <= 0,
        annulation=evenement.motif,
    )


def _places(libres: int | None) -> str:
    if libres is None:
        return ""
    if libres <= 0:
        return "complet"
    return f"il reste {libres} place{'s' if libres > 1 else ''}"


def ouvertes(ecole: Any) -> QuerySet[Evenement]:
    """Dates of a school that a family may still choose, full ones included: the sentence says it."""
    return Evenement.objects.filter(ecole=ecole, annule_le__isnull=True, fin__gte=maintenant())


def en_une_ligne(evenement: Evenement) -> str:
    """Name a date in a list of choices."""
    return f"{evenement.get_nature_display().capitalize()}, {quand(evenement.debut, evenement.fin)}"


def annuler(evenement: Evenement, motif: str) -> int:
    """Cancel a date; each family that meant to come awaits a call again. Returns how many.

    Raises :class:`RefusAnnulation` without a reason, for a past date, or one cancelled already.
    """
    if not motif.strip():
        raise RefusAnnulation("Écrivez la raison : les familles la liront.")
    with transaction.atomic():
        fraiche = Evenement.objects.select_for_update().get(pk=evenement.pk)
        if fraiche.annule_le is not None:
            raise RefusAnnulation("Cette date est déjà annulée.")
        if fraiche.fin < maintenant():
            raise RefusAnnulation("Cette date est passée.")
        fraiche.annule_le, fraiche.motif = maintenant(), motif.strip()
        fraiche.save(update_fields=["annule_le", "motif"])
        return _faire_rappeler(fraiche)


def _faire_rappeler(evenement: Evenement) -> int:
    """They await an answer again: tomorrow at the latest, and before they set out."""
    veille = evenement.debut.astimezone(PARIS).date() - timedelta(days=1)
    return evenement.demandes.exclude(suite=DemandeContact.Suite.AUTRE_ECOLE).update(
        suite=DemandeContact.Suite.ATTENTE,
        traitee_par=None,
        traitee_le=None,
        repondre_avant_le=max(aujourdhui(), min(jour_de_reponse(aujourdhui(), 1), veille)),
    )
