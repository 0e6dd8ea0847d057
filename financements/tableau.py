"""Columns of the lists of requests, for the home page and the admin list alike."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import (
    Case,
    F,
    OuterRef,
    Q,
    Subquery,
    Sum,
    When,
)

from financements.confirmations import A_RELIRE, ACTES, SUR_PAPIER
from financements.etats import A_ECRIRE, EN_COURS, Etat
from financements.liste_lue import LIBRES
from financements.models import Demande, Enveloppe, JournalDemande
from financements.natures import Voie
from reseau.nombres import PARIS, aujourdhui, montrer_date_courte
from reseau.socle.pretes import PreteParPersonne

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from reseau.models import Utilisateur

# Which states a verb of the matrix moves forward: what awaits whoever holds it.
ATTEND: dict[str, tuple[str, ...]] = {
    "instruire": (Etat.DEPOSEE, Etat.EN_INSTRUCTION),
    "viser": (Etat.PROPOSEE,),
    "accorder": (Etat.VISEE,),
    "notifier": (Etat.ACCORDEE, Etat.CONVENTIONNEE),
    "liquider": (Etat.NOTIFIEE, Etat.EN_EXECUTION, Etat.SERVICE_FAIT),
    "deposer": (Etat.BROUILLON, Etat.A_COMPLETER),
    "rendre": (Etat.EN_EXECUTION, Etat.BILAN_A_CORRIGER),
    "controler": (Etat.BILAN_DEPOSE, Etat.BILAN_A_CORRIGER),
    "certifier": (Etat.BILAN_DEPOSE,),
    "reclamer": (Etat.SERVICE_FAIT, Etat.REVERSEMENT),
    "clore": (Etat.SOLDEE,),
}


def qui_attendent(*verbes: str) -> Q:
    """Keep the files that await these verbs: by their state, and by a delay that the school let pass."""
    attendues = Q(etat__in=[etat for verbe in verbes for etat in ATTEND[verbe]])
    if "instruire" in verbes:
        attendues |= Q(etat=Etat.A_COMPLETER, echeance_le__lt=aujourdhui())
    return attendues


def qui_attendent_de(utilisateur: Any) -> Q:
    """Keep the files that await this person."""
    return qui_attendent(*(verbe for verbe in ATTEND if utilisateur.has_perm(f"demande.{verbe}")))


def avec_confirmation(demandes: QuerySet[Demande]) -> QuerySet[Demande]:
    """Add the last act that handed in or confirmed, which :func:`attend_confirmation` reads."""
    actes = JournalDemande.objects.filter(demande=OuterRef("pk"), evenement__in=ACTES).order_by("-rang")
    return demandes.annotate(dernier_acte=Subquery(actes.values("evenement")[:1]))


def attend_confirmation(demande: Any) -> bool:
    """Whether the school still has to confirm what the service typed for it, in a row of the above."""
    return demande.voie == Voie.SERVICE and demande.etat in A_RELIRE and demande.dernier_acte in SUR_PAPIER


def envisage(demande: Demande) -> Decimal:
    """Return the amount that the file stands for now: proposed, else retained, else asked."""
    montant: Decimal = demande.montant_demande
    if demande.montant_propose is not None:
        montant = demande.montant_propose
    elif demande.etat == Etat.EN_INSTRUCTION:
        montant = demande.montant_retenu
    return montant


# The same in SQL, for sums.
ENVISAGE_EN_SQL = Case(
    When(montant_propose__isnull=False, then=F("montant_propose")),
    When(etat=Etat.EN_INSTRUCTION, then=F("montant_retenu")),
    default=F("montant_demande"),
)
# A draft is the school's: nobody counts on it yet.
ENVISAGEES = tuple(etat for etat in EN_COURS if etat != Etat.BROUILLON)


@dataclass(frozen=True)
class Constat:
    """What a service would have left this year if everything under way were granted; EUR."""

    service: str
    exercice: int
    disponible: Decimal
    envisage: Decimal

    @property
    def reste(self) -> Decimal:
        """Below zero, not everything fits."""
        return self.disponible - self.envisage


def _constats(personne: Utilisateur) -> QuerySet[Any, Any]:
    """Free AE and what is under way, a service where this person reads envelopes, for the present year."""
    en_route = Demande.objects.filter(
        region=OuterRef("service"), campagne__exercice=OuterRef("exercice"), etat__in=ENVISAGEES
    )
    total = en_route.order_by().values("campagne__exercice").annotate(n=Sum(ENVISAGE_EN_SQL)).values("n")
    return (
        Enveloppe.objects.visibles_par(personne)
        .filter(exercice=aujourdhui().year)
        .values("service", "service__nom", "exercice")
        .annotate(libres=Sum(LIBRES), envisage=Subquery(total))
        .order_by("service__nom")
        .values_list("service__nom", "exercice", "libres", "envisage")
    )


_CONSTATS = PreteParPersonne(_constats)


def constats(utilisateur: Utilisateur) -> list[Constat]:
    """Return one row a service of this officer for the present year; one query."""
    return [
        Constat(nom, exercice, libres, envisage or Decimal(0))
        for nom, exercice, libres, envisage in _CONSTATS.lire(utilisateur)
    ]


def reste_apres(demande: Any) -> Decimal | None:
    """Return what the envelope would have left after this grant; ``None`` when there is no envelope.

    ``demande`` has the columns of :mod:`financements.liste_lue`, in a state before the decision.
    """
    if demande.libre is None:
        return None
    reste: Decimal = demande.libre - envisage(demande)
    return reste


def effectif(demande: Any) -> str:
    """Print learners asked, and retained once the review began."""
    return f"{demande.nb_demandes or 0} / {'—' if demande.nb_retenus is None else demande.nb_retenus}"


def depuis(demande: Demande) -> str:
    """Print since when, in days: what sleeps is seen."""
    jour = demande.depuis_le.astimezone(PARIS).date()
    jours = (aujourdhui() - jour).days
    return "aujourd'hui" if jours <= 0 else f"{montrer_date_courte(jour)} ({jours} j)"


def echeance(demande: Demande) -> tuple[str, bool]:
    """Print the next deadline, and say whether it has passed; the service's silence is then a rejection.

    Two months without an answer: CRPA L231-4, 1°.
    """
    return _imprimer(demande, demande.echeance_le if demande.etat in EN_COURS else None)


def echeance_de_l_ecole(demande: Demande) -> tuple[str, bool]:
    """The same for the school's own list, where a report has its day too."""
    if demande.etat == Etat.EN_EXECUTION and demande.campagne.fin_de_periode < aujourdhui():
        return _imprimer(demande, demande.campagne.bilan_du_le)
    if demande.etat == Etat.BILAN_A_CORRIGER:
        return _imprimer(demande, demande.echeance_le)
    return echeance(demande)


def _imprimer(demande: Demande, jour: date | None) -> tuple[str, bool]:
    if jour is None:
        return "", False
    passee, texte = jour < aujourdhui(), montrer_date_courte(jour)
    ecole = demande.etat in (*A_ECRIRE, *ATTEND["rendre"])
    suite = "dépassée" if ecole else "dépassée : rejet implicite"
    return (f"{texte} ({suite})" if passee else texte), passee
