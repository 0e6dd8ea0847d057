"""Record the minutes of a whole group on an order: everyone is saved, whatever the rules say of each.

What a rule refuses is kept "à régulariser" with what is missing; what it allows is validated. One key by
learner and entry: sending the same page twice records it once.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from django.db import transaction

from commandes.etats import MACHINE
from commandes.examens import charger_registre
from commandes.models import Pointage
from ecoles.models import Apprenant
from reseau.nombres import maintenant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from commandes.examens import Registre
    from commandes.models import Commande, LigneCommande
    from ecoles.models import BlocCompetences
    from reseau.models import Utilisateur
    from reseau.socle.etats import Contexte

DELAI_ANNULATION = timedelta(minutes=10)
_MOTIF_MAXIMAL = 600


@dataclass(frozen=True)
class Saisie:
    """What was tapped: an order, a duration in minutes, a day, and who was there.

    ``lot`` names the entry: the same page sent twice bears the same one. ``blocs`` by code of title: each
    learner gets the one of the title she is taught, or none ("bloc à préciser").
    """

    lot: UUID
    commande: Commande
    ligne: LigneCommande | None
    jour: date
    minutes: int
    apprenants: Sequence[Apprenant]
    encadrant: Utilisateur
    blocs: Mapping[str, BlocCompetences] = field(default_factory=dict)

    @property
    def contenu(self) -> str:
        """What was tapped, as a text: the same taps give the same one."""
        quoi = (self.commande.pk, self.ligne and self.ligne.pk, self.jour, self.minutes)
        return ":".join(map(str, (*quoi, *sorted(a.pk for a in self.apprenants))))


@dataclass(frozen=True)
class Bilan:
    """What was done with an entry: validated, kept to be settled (with the sentences), warnings."""

    nb_valides: int
    a_regulariser: tuple[tuple[str, str], ...]
    alertes: tuple[str, ...]
    deja_recue: bool = False

    @property
    def nb(self) -> int:
        """How many learners were recorded."""
        return self.nb_valides + len(self.a_regulariser)


def enregistrer(saisie: Saisie, contexte: Contexte) -> Bilan:
    """Save everybody's minutes in one transaction and one line of the journal.

    Learners are locked first: two phones that add to the same day wait for each other.
    """
    with transaction.atomic():
        presents = verrouiller_les_jeunes({apprenant.pk for apprenant in saisie.apprenants})
        connue = _connue(saisie)
        if connue:
            return Bilan(0, (), (), deja_recue=True)
        if connue is not None:  # the page came back and was changed: another entry, never a lost one
            saisie = replace(saisie, lot=uuid5(saisie.lot, saisie.contenu))
            if _connue(saisie):
                return Bilan(0, (), (), deja_recue=True)
        lignes, bilan = _juger(saisie, presents, contexte)
        Pointage.objects.bulk_create(lignes, ignore_conflicts=True)
        donnees = {"lot": str(saisie.lot), "minutes": saisie.minutes, "nb": len(lignes)}
        etat = saisie.commande.etat
        MACHINE.consigner(saisie.commande, contexte, "noter_heures", etat, etat, donnees)
    return bilan


def verrouiller_les_jeunes(cles: set[UUID]) -> list[Apprenant]:
    """Lock these learners, always in one order: who adds to their totals waits."""
    verrou = Apprenant.objects.select_for_update(no_key=True).filter(pk__in=cles)
    return list(verrou.order_by("pk"))


def _connue(saisie: Saisie) -> bool | None:
    """Whether this very entry is recorded; False if its name holds another content, None if nothing."""
    lignes = Pointage.objects.filter(lot=saisie.lot).order_by("apprenant_id")
    faites = list(lignes.values_list("apprenant_id", "commande_id", "ligne_id", "jour", "minutes"))
    if not faites:
        return None
    suite = (saisie.commande.pk, saisie.ligne.pk if saisie.ligne else None, saisie.jour, saisie.minutes)
    return faites == [(cle, *suite) for cle in sorted(a.pk for a in saisie.apprenants)]


def _juger(saisie: Saisie, presents: list[Apprenant], contexte: Contexte) -> tuple[list[Pointage], Bilan]:
    """Ask the rules about each learner; return the rows to write, and what they say."""
    dangereuse = saisie.ligne is not None and saisie.ligne.travail_id is not None
    registre = charger_registre(presents, {saisie.commande.ecole_id}, {saisie.jour}, securite=dangereuse)
    lignes, a_regulariser, alertes = [], [], []
    for apprenant in presents:
        pointage = _pointage(saisie, apprenant, registre, contexte)
        refus = registre.refus(pointage)
        if refus:
            a_regulariser.append((apprenant.prenom, " ".join(refus)))
        else:
            registre.compter(pointage)
            alertes += registre.alertes(pointage)
        noter_le_verdict(pointage, refus)
        lignes.append(pointage)
    return lignes, Bilan(len(lignes) - len(a_regulariser), tuple(a_regulariser), tuple(alertes))


def noter_le_verdict(pointage: Pointage, refus: Sequence[str]) -> None:
    """Validated when nothing is missing, else kept with what is."""
    pointage.etat = Pointage.Etat.A_REGULARISER if refus else Pointage.Etat.VALIDE
    pointage.motif = " ".join(refus)[:_MOTIF_MAXIMAL]


def _pointage(saisie: Saisie, apprenant: Apprenant, registre: Registre, contexte: Contexte) -> Pointage:
    titre = registre.titre(apprenant.pk, saisie.jour)
    return Pointage(
        cle=uuid5(saisie.lot, str(apprenant.pk)),
        lot=saisie.lot,
        commande=saisie.commande,
        ligne=saisie.ligne,
        apprenant=apprenant,
        bloc=saisie.blocs.get(titre or ""),
        travail=saisie.ligne.travail if saisie.ligne is not None else None,
        jour=saisie.jour,
        minutes=saisie.minutes,
        encadrant=saisie.encadrant,
        saisi_par=contexte.utilisateur,
    )


def annuler(lot: UUID, contexte: Contexte) -> int:
    """Undo one's own entry within ten minutes; return how many learners it held, 0 when refused."""
    with transaction.atomic():
        depuis = maintenant() - DELAI_ANNULATION
        lignes = Pointage.objects.filter(lot=lot, saisi_par=contexte.utilisateur, saisi_le__gte=depuis)
        premiere = lignes.select_related("commande").order_by("pk").first()
        if premiere is None:
            return 0
        nb, _ = lignes.delete()
        etat = premiere.commande.etat
        MACHINE.consigner(
            premiere.commande, contexte, "annuler_heures", etat, etat, {"lot": str(lot), "nb": nb}
        )
    return nb


def deja_annulee(saisie: Saisie) -> bool:
    """Whether this entry was recorded, then undone: a phone that never knew of it sends it again."""
    annulations = saisie.commande.journal.filter(evenement="annuler_heures", donnees__lot=str(saisie.lot))
    return annulations.exists()
