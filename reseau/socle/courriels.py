"""Mails: written with what they tell, sent after the commit, tried again until they go.

A mail leaves at least once. It could leave twice only if the machine died between the answer of the mail
server and our commit: both would carry the same Message-ID.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.tasks import task

from reseau.models import Courriel
from reseau.nombres import maintenant

if TYPE_CHECKING:
    from reseau.models import Utilisateur

_traces = logging.getLogger(__name__)
_PREMIERE_ATTENTE, _PLUS_LONGUE_ATTENTE = timedelta(minutes=5), timedelta(hours=12)
_DOUBLEMENTS = 10


def lien(chemin: str) -> str:
    """Whole address of a page of the portal, for who reads a mail."""
    return f"{settings.ADRESSE_DU_PORTAIL}{chemin}"


def ecrire(*, cle: str, destinataire: Utilisateur, objet: str, corps: str) -> bool:
    """Keep a mail in the caller's transaction; return whether it is new.

    ``cle`` says what makes it one: written twice, it leaves once.
    """
    with transaction.atomic():
        courriel, nouveau = Courriel.objects.get_or_create(
            cle=cle, defaults={"destinataire": destinataire, "objet": objet, "corps": corps}
        )
        if nouveau:
            # robust: a queue that fails after the commit takes nothing away, the mail is in its table
            transaction.on_commit(lambda: tache_envoyer.enqueue(str(courriel.pk)), robust=True)
    return nouveau


@task()
def tache_envoyer(cle: str) -> None:
    """Send one mail outside the web workers; when it leaves, those that an outage kept leave too."""
    if envoyer(UUID(cle)):
        envoyer_ce_qui_attend()


def envoyer(cle: UUID) -> bool:
    """Send a mail that waits; return whether it left. Two at once: one sends, the other sees it taken."""
    with transaction.atomic():
        en_attente = Courriel.objects.filter(etat=Courriel.Etat.A_ENVOYER, pk=cle)
        courriel = en_attente.select_for_update(skip_locked=True, of=("self",)).first()
        if courriel is None:
            return False
        _tenter(courriel)
        courriel.save()
    return courriel.etat == Courriel.Etat.ENVOYE


def envoyer_ce_qui_attend() -> tuple[int, int]:
    """Try every mail whose time has come; return how many left, and how many still wait."""
    dus = Courriel.objects.filter(etat=Courriel.Etat.A_ENVOYER, reprendre_le__lte=maintenant())
    partis = sum(envoyer(cle) for cle in list(dus.order_by("cree_le", "id").values_list("pk", flat=True)))
    return partis, Courriel.objects.filter(etat=Courriel.Etat.A_ENVOYER).count()


def _tenter(courriel: Courriel) -> None:
    """One try; an accident keeps its kind, never an address or a text."""
    if not courriel.destinataire.is_active:
        courriel.etat = Courriel.Etat.SANS_COMPTE
        return
    courriel.nb_essais += 1
    try:
        _message(courriel).send()
    except Exception as accident:  # noqa: BLE001 - whatever the accident, the mail waits
        courriel.erreur = type(accident).__name__[:60]
        doublements = min(courriel.nb_essais - 1, _DOUBLEMENTS)
        attente = min(_PREMIERE_ATTENTE * 2**doublements, _PLUS_LONGUE_ATTENTE)
        courriel.reprendre_le = maintenant() + attente
        _traces.warning("Courriel %s non envoyé : %s", courriel.pk, courriel.erreur)
        return
    courriel.etat, courriel.envoye_le, courriel.erreur = Courriel.Etat.ENVOYE, maintenant(), ""


def _message(courriel: Courriel) -> EmailMessage:
    domaine = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
    entetes = {"Message-ID": f"<{courriel.pk.hex}@{domaine}>", "Auto-Submitted": "auto-generated"}
    objet = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{courriel.objet}"
    return EmailMessage(objet, courriel.corps, to=[courriel.destinataire.courriel], headers=entetes)
