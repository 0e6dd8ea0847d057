"""Reminders to a school: 30 days and 10 working days before a deadline, then the day after, once each.

A convention to sign is told once, as soon as it is compulsory: its delay is too short for more.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from ecoles.models import MembreEquipe
from financements.conventions import scan_de_la_convention
from financements.conventions_dues import A_SIGNER, conventions_dues
from financements.etats import Etat
from financements.models import Campagne, Demande
from financements.regles import retirer_jours_ouvres
from reseau.francais import de
from reseau.models import en_cours
from reseau.nombres import PARIS, montrer_date
from reseau.roles import Role
from reseau.socle.courriels import ecrire, lien
from reseau.socle.echeances import Echeance, poser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from django.db.models import QuerySet

    from financements.conventions_dues import ConventionDue
    from reseau.models import Utilisateur

UN_MOIS, DIX_JOURS_OUVRES, LENDEMAIN = 30, 10, 0
# A night that was missed is caught up until then; older than that, a reminder would teach nothing.
_RATTRAPAGE = timedelta(days=30)
_FENETRE = timedelta(days=UN_MOIS)
# What is awaited from the school in each state: its kind, then how it is said.
_ATTENDU = {
    Etat.BROUILLON: ("demande_envoi", "demande à envoyer"),
    Etat.A_COMPLETER: ("demande_complement", "éléments à compléter"),
    Etat.EN_EXECUTION: ("bilan_depot", "bilan et compte rendu financier à remettre"),
    Etat.BILAN_A_CORRIGER: ("bilan_correction", "bilan à corriger"),
}
CORPS = """Bonjour,

Pour le financement {ecole}, la DREETS attend :

{lignes}

Si vous venez de l'envoyer, ne tenez pas compte de ce message. Le portail vous demandera d'abord
de vous connecter.
"""


_SIGNATURE = ("convention_signature", "convention à signer et à rendre à la DREETS")


@dataclass(frozen=True)
class Attendu(Echeance):
    """Something that a school must hand in, in which words; ``connu_le`` is the day it knew (Paris)."""

    demande: Demande
    connu_le: date
    quoi: str
    une_fois: bool = False

    def palier(self, jour: date) -> int | None:
        """Return the reminder due on ``jour``; what is told once is told as soon as the school is asked."""
        if not self.une_fois:
            return palier(self.finit_le, self.connu_le, jour)
        return LENDEMAIN if self.connu_le < jour <= self.finit_le + _RATTRAPAGE else None


def palier(finit_le: date, connu_le: date, jour: date) -> int | None:
    """Return the reminder due on ``jour``: 30, 10 (working days), 0 for the day after, or nothing.

    A reminder whose day came before the school knew, or on that very day, is not given.
    """
    if jour > finit_le + _RATTRAPAGE:
        return None
    jours = (
        (finit_le + timedelta(days=1), LENDEMAIN),
        (retirer_jours_ouvres(finit_le, 10), DIX_JOURS_OUVRES),
        (finit_le - timedelta(days=UN_MOIS), UN_MOIS),
    )
    donne_le, nombre = next(((le, n) for le, n in jours if le <= jour), (connu_le, UN_MOIS))
    return nombre if donne_le > connu_le else None


def rappeler(jour: date) -> tuple[int, int]:
    """Give the reminders due on ``jour``; return how many deadlines were told, in how many mails."""
    a_signer = {due.demande.pk: due for due in conventions_dues()}
    ecoles = set(_attendues(jour, a_signer).order_by().values_list("ecole", flat=True))
    directions: defaultdict[UUID, list[Utilisateur]] = defaultdict(list)
    membres = MembreEquipe.objects.filter(
        en_cours(jour), ecole__in=ecoles, fonction=Role.DIRECTION, utilisateur__is_active=True
    ).select_related("utilisateur")
    for membre in membres.order_by("ecole", "utilisateur", "id"):
        if membre.utilisateur not in directions[membre.ecole_id]:
            directions[membre.ecole_id].append(membre.utilisateur)
    comptes = [_rappeler(cle, direction, jour, a_signer) for cle, direction in directions.items()]
    return sum(nb for nb, _ in comptes), sum(nb for _, nb in comptes)


def _attendues(jour: date, a_signer: Iterable[UUID]) -> QuerySet[Demande]:
    """Files that await their school around ``jour``: whoever handed in has left these states."""
    campagnes = [c.pk for c in Campagne.objects.all() if abs(c.bilan_du_le - jour) <= _FENETRE]
    proches = Q(echeance_le__range=(jour - _RATTRAPAGE, jour + _FENETRE))
    a_ecrire = Q(etat__in=(Etat.BROUILLON, Etat.A_COMPLETER, Etat.BILAN_A_CORRIGER))
    return Demande.objects.filter(
        a_ecrire & proches | Q(etat=Etat.EN_EXECUTION, campagne__in=campagnes) | Q(pk__in=list(a_signer))
    ).order_by("numero")


def _rappeler(
    ecole: UUID, direction: Sequence[Utilisateur], jour: date, a_signer: Mapping[UUID, ConventionDue]
) -> tuple[int, int]:
    """One school, one transaction. Its files are read again, locked: what was just handed in is not told."""
    with transaction.atomic():
        siennes = _attendues(jour, a_signer).filter(ecole=ecole).select_related("ecole", "campagne")
        verrouillees = siennes.select_for_update(of=("self",), no_key=True)
        attendus = [a for demande in verrouillees for a in _attendus(demande, a_signer.get(demande.pk))]
        dus = [(a, n) for a in attendus if (n := a.palier(jour)) is not None]
        nouveaux, premier = poser(dus)
        if premier is None:
            return 0, 0
        lignes = "\n\n".join(_phrase(attendu, jour) for attendu in nouveaux)
        corps = CORPS.format(ecole=de(nouveaux[0].demande.ecole.nom), lignes=lignes)
        objet = "Financement : " + ("une date à respecter" if len(nouveaux) == 1 else "des dates à respecter")
        ecrits = [
            ecrire(cle=f"financement:{premier}:{p.pk}", destinataire=p, objet=objet, corps=corps)
            for p in direction
        ]
    return len(nouveaux), sum(ecrits)


def _attendus(demande: Any, due: ConventionDue | None) -> Iterator[Attendu]:
    """What this file awaits. A report is known of from the end of its period."""
    if due is not None and _a_signer(demande):
        nature, quoi = _SIGNATURE
        yield Attendu(nature, demande.pk, due.avant_le, demande, due.depuis, quoi, une_fois=True)
    if demande.etat not in _ATTENDU:
        return
    nature, quoi = _ATTENDU[demande.etat]
    if demande.etat == Etat.EN_EXECUTION:
        campagne = demande.campagne
        yield Attendu(nature, demande.pk, campagne.bilan_du_le, demande, campagne.fin_de_periode, quoi)
        return
    connu_le = demande.depuis_le.astimezone(PARIS).date()
    yield Attendu(nature, demande.pk, demande.echeance_le, demande, connu_le, quoi)


def _a_signer(demande: Demande) -> bool:
    """Whether the convention is still awaited: not recorded meanwhile, not even come back signed."""
    en_attente = demande.etat in A_SIGNER and demande.allocation.convention_manque()
    return en_attente and scan_de_la_convention(demande) is None


def _phrase(attendu: Attendu, jour: date) -> str:
    """Spell "- Demande 2026-84-0001, bilan à remettre : au plus tard le 30 juin 2027" and its link."""
    demande = attendu.demande
    fin = montrer_date(attendu.finit_le)
    quand = f"c'était attendu le {fin}" if attendu.finit_le < jour else f"au plus tard le {fin}"
    page = lien(reverse("admin:financements_demande_change", args=[demande.pk]))
    return f"- Demande {demande.numero}, {attendu.quoi} : {quand}\n  {page}"
