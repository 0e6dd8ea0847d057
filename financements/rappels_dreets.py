"""Reminders to officers: a silence that becomes a rejection, a convention to sign, a part to pay. Once each.

Each goes to those of the region who can move the file today; nobody holds the duty: it waits for who will.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.urls import reverse

from financements.conventions_dues import conventions_dues
from financements.etats import Etat
from financements.models import Demande, Tranche
from financements.rappels import LENDEMAIN, palier
from financements.tableau import ATTEND
from reseau.models import AffectationDreets, en_cours
from reseau.nombres import PARIS, montrer_date, montrer_montant
from reseau.roles import roles_avec
from reseau.socle.courriels import ecrire, lien
from reseau.socle.echeances import Echeance, poser

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from reseau.models import Utilisateur
    from reseau.roles import Role

# The service has the file: two months of its silence are a rejection (CRPA L231-4, 1°).
_SILENCE: Final = {etat: verbe for verbe in ("instruire", "viser", "accorder") for etat in ATTEND[verbe]}
_RATTRAPAGE = timedelta(days=30)
_FENETRE = timedelta(days=30)
CORPS = """Bonjour,

Dans votre région, des dossiers de financement vous attendent :

{lignes}

Le portail vous demandera d'abord de vous connecter.
"""


@dataclass(frozen=True)
class Attente(Echeance):
    """What awaits the service: in which region, whom (a verb of the matrix), in which words."""

    region: str
    verbe: str
    demande: Demande
    phrase: str
    connu_le: date | None = None

    def palier(self, jour: date) -> int | None:
        """Return the reminder due on ``jour``; what has no delay before it is told once, on its day."""
        if self.connu_le is not None:
            return palier(self.finit_le, self.connu_le, jour)
        return LENDEMAIN if self.finit_le <= jour <= self.finit_le + _RATTRAPAGE else None


def rappeler_les_services(jour: date) -> tuple[int, int]:
    """Give the reminders due on ``jour``; return how many were told, in how many mails."""
    par_region: defaultdict[str, list[Attente]] = defaultdict(list)
    for attente in (*_silences(jour), *_conventions(jour), *_tranches(jour)):
        par_region[attente.region].append(attente)
    comptes = [_rappeler(region, attentes, jour) for region, attentes in sorted(par_region.items())]
    return sum(nb for nb, _ in comptes), sum(nb for _, nb in comptes)


def _silences(jour: date) -> Iterator[Attente]:
    """Files that the service must answer within a month, or should have."""
    proches = Demande.objects.filter(
        etat__in=_SILENCE, echeance_le__range=(jour - _RATTRAPAGE, jour + _FENETRE)
    )
    for demande in proches.select_related("ecole").order_by("echeance_le", "numero"):
        if (fin := demande.echeance_le) is None:
            continue
        suite = f"depuis le {montrer_date(fin)}" if fin < jour else f"après le {montrer_date(fin)}"
        yield Attente(
            nature="silence",
            objet=demande.pk,
            finit_le=fin,
            region=demande.region_id,
            verbe=_SILENCE[Etat(demande.etat)],
            demande=demande,
            phrase=f"{demande.get_etat_display().lower()} : le silence vaut rejet {suite}",
            connu_le=(demande.deposee_le or demande.depuis_le).astimezone(PARIS).date(),
        )


def _conventions(jour: date) -> Iterator[Attente]:
    """Compulsory conventions still to sign, whatever made them compulsory: told when the delay is over."""
    for due in conventions_dues():
        if due.avant_le <= jour <= due.avant_le + _RATTRAPAGE:
            demande = due.demande
            phrase = (
                f"{demande.get_etat_display().lower()} : convention obligatoire depuis le"
                f" {montrer_date(due.depuis)}, pas encore signée"
            )
            yield Attente(
                "convention", demande.pk, due.avant_le, demande.region_id, "conventionner", demande, phrase
            )


def _tranches(jour: date) -> Iterator[Attente]:
    """Parts of a schedule that may be paid from today on, or since less than a month."""
    dues = Tranche.objects.filter(
        allocation__demande__etat__in=(Etat.NOTIFIEE, Etat.EN_EXECUTION),
        paiements=None,
        service_fait=False,
        prevue_le__range=(jour - _RATTRAPAGE, jour),
    ).select_related("allocation__demande__ecole")
    for tranche in dues.order_by("prevue_le", "allocation__demande__numero", "rang"):
        demande = tranche.allocation.demande
        nature, montant = tranche.get_nature_display().lower(), montrer_montant(tranche.montant)
        phrase = f"{nature} de {montant}, à payer à partir du {montrer_date(tranche.prevue_le)}"
        yield Attente(
            "tranche", tranche.pk, tranche.prevue_le, demande.region_id, "liquider", demande, phrase
        )


def _rappeler(region: str, attentes: list[Attente], jour: date) -> tuple[int, int]:
    """One region, one transaction: what is noted is what is written."""
    tiennent = _qui_tient(region, {attente.verbe for attente in attentes}, jour)
    dues = [
        (attente, nombre)
        for attente in attentes
        if tiennent[attente.verbe] and (nombre := attente.palier(jour)) is not None
    ]
    with transaction.atomic():
        nouvelles, premiere = poser(dues)
        par_personne: defaultdict[Utilisateur, list[Attente]] = defaultdict(list)
        for attente in nouvelles:
            for personne in tiennent[attente.verbe]:
                par_personne[personne].append(attente)
        ecrits = [
            ecrire(
                cle=f"service:{premiere}:{personne.pk}",
                destinataire=personne,
                objet="Financement : "
                + ("un dossier vous attend" if len(siennes) == 1 else "des dossiers vous attendent"),
                corps=CORPS.format(lignes="\n\n".join(_ligne(attente) for attente in siennes)),
            )
            for personne, siennes in par_personne.items()
        ]
    return len(nouvelles), sum(ecrits)


def _qui_tient(region: str, verbes: set[str], jour: date) -> Mapping[str, list[Utilisateur]]:
    """Return who may cross each verb in this region today, each person once."""
    roles: dict[str, tuple[Role, ...]] = {verbe: roles_avec(f"demande.{verbe}") for verbe in verbes}
    affectations = AffectationDreets.objects.filter(
        en_cours(jour), service=region, utilisateur__is_active=True
    ).select_related("utilisateur")
    trouvees: defaultdict[str, list[Utilisateur]] = defaultdict(list)
    for affectation in affectations.order_by("utilisateur", "id"):
        for verbe, permis in roles.items():
            if affectation.role in permis and affectation.utilisateur not in trouvees[verbe]:
                trouvees[verbe].append(affectation.utilisateur)
    return trouvees


def _ligne(attente: Attente) -> str:
    """Spell "- Atelier des Deux Rives (2026-84-0001), visée : le silence vaut rejet après…" and its link."""
    demande = attente.demande
    page = lien(reverse("admin:financements_demande_change", args=[demande.pk]))
    return f"- {demande.ecole.nom} ({demande.numero}), {attente.phrase}\n  {page}"
