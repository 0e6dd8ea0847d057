"""A question to a school: the code to note, the day of the answer, the signed follow-up link."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q

from ecoles.models import DemandeContact, Ecole, MembreEquipe
from ecoles.models.evenements import ANNULE, COMPLET
from ecoles.requetes import ecoles_pour
from reseau.models import en_cours
from reseau.nombres import aujourdhui, maintenant
from reseau.socle.pages_publiques import adresse_du_visiteur

if TYPE_CHECKING:
    from django.http import HttpRequest

    from reseau.models import Utilisateur

# Without 0, O, 1, I, L, U or V: read aloud on the telephone, none is taken for another.
_LETTRES = "23456789ABCDEFGHJKMNPQRSTWXYZ"
JOURS_POUR_REPONDRE = 3
ESSAIS_PAR_HEURE = 5
_SAMEDI = 5
_SEL = "ecoles.contact"


def nouveau_code() -> str:
    """Return a code such as "4F7-K2"."""
    lettres = "".join(secrets.choice(_LETTRES) for _ in range(5))
    return f"{lettres[:3]}-{lettres[3:]}"


def jour_de_reponse(jour: date, nb_jours: int = JOURS_POUR_REPONDRE) -> date:
    """Return ``jour`` plus that many working days (Monday to Friday)."""
    restants = nb_jours
    while restants:
        jour += timedelta(days=1)
        restants -= jour.weekday() < _SAMEDI
    return jour


def a_un_compte(ecole: Ecole) -> bool:
    """Whether somebody of the school can read its questions here today."""
    return MembreEquipe.objects.filter(
        en_cours(aujourdhui()), ecole=ecole, utilisateur__is_active=True
    ).exists()


class DatePrise(Exception):
    """The date was filled or cancelled a moment ago; the message is the sentence to show."""


def enregistrer(demande: DemandeContact, ecole: Ecole) -> DemandeContact:
    """Store the question with a code nobody has, and the day before which to answer.

    Raises :class:`DatePrise` when the last place of its date went meanwhile.
    """
    demande.ecole = ecole
    demande.region = ecole.commune.departement.region
    demande.repondre_avant_le = jour_de_reponse(aujourdhui())
    while True:
        demande.code = nouveau_code()
        try:
            with transaction.atomic():
                demande.save(force_insert=True)
        except IntegrityError as erreur:
            phrase = next((p for p in (COMPLET, ANNULE) if p in str(erreur)), "")
            if phrase:
                raise DatePrise(phrase) from erreur
            if "code" not in str(erreur):
                raise
        else:
            return demande


def jeton_de(demande: DemandeContact) -> str:
    """Return the text of the follow-up link: it opens one question and nothing else."""
    return signing.dumps(str(demande.pk), salt=_SEL)


def demande_du_jeton(jeton: str) -> DemandeContact | None:
    """Return the question of a follow-up link, or nothing when it was tampered with."""
    try:
        cle = signing.loads(jeton, salt=_SEL)
    except signing.BadSignature:
        return None
    return DemandeContact.objects.select_related("ecole__commune", "evenement").filter(pk=cle).first()


class DejaTraitee(Exception):
    """The question already had its end; the message is the sentence to show."""


def coordonnees_visibles(utilisateur: Utilisateur) -> Exists | Q:
    """Return the condition on questions under which this person may read who wrote.

    The school's staff, always. The officers of its region only while nobody of the school has an account:
    they stand in for it, and the form said so.
    """
    if utilisateur.is_superuser:
        return Q(pk__isnull=False)
    equipe = MembreEquipe.objects.filter(
        en_cours(aujourdhui()), ecole=OuterRef("ecole"), utilisateur__is_active=True
    )
    dedans = Q(ecole__in=ecoles_pour(utilisateur, "demandecontact.voir"))
    return Q(dedans | ~Q(Exists(equipe)))


def traiter(demande: DemandeContact, suite: str, utilisateur: Utilisateur) -> DemandeContact:
    """Say how a question ended; "pas joint" may still become something else.

    Raises :class:`DejaTraitee` when somebody else already said so.
    """
    with transaction.atomic():
        fraiche = DemandeContact.objects.select_for_update(of=("self",)).get(pk=demande.pk)
        if fraiche.suite not in {DemandeContact.Suite.ATTENTE, DemandeContact.Suite.PAS_JOINT}:
            message = f"{fraiche.code} : une autre personne a déjà noté « {fraiche.get_suite_display()} »."
            raise DejaTraitee(message)
        fraiche.suite = suite
        fraiche.traitee_par = utilisateur
        fraiche.traitee_le = maintenant()
        fraiche.save()
    return fraiche


def trop_d_essais(request: HttpRequest) -> bool:
    """Count one more sending from this address; true beyond the limit of the hour.

    The address itself is never kept: only a keyed hash, for an hour.
    """
    adresse = adresse_du_visiteur(request)
    empreinte = hashlib.blake2b(adresse.encode(), key=settings.SECRET_KEY.encode()[:64]).hexdigest()[:32]
    cle = f"contact:{empreinte}"
    essais = int(cache.get(cle, 0)) + 1
    cache.set(cle, essais, 3600)
    return essais > ESSAIS_PAR_HEURE
