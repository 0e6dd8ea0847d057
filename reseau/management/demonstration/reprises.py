"""Last year's decisions, taken over as "reprise", and this year's requests of any number of schools.

They come in by COPY and by the door of the database: triggers, checks and counters all hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import F, Sum

from ecoles.models import Ecole, MembreEquipe, Offre
from financements.etats import Etat
from financements.models import Allocation, Demande, Engagement, Enveloppe, JournalDemande, LigneEffectif
from financements.models import MouvementEnveloppe as Mouvement
from reseau.management.demonstration.budgets import REGIONS, Equipe, equipe, mouvement, taux
from reseau.management.demonstration.calendrier import a_midi
from reseau.management.demonstration.demandes import PREVUES
from reseau.management.demonstration.hasard import parts, tirage
from reseau.management.demonstration.numeros import prendre_numeros
from reseau.management.demonstration.versement import franchir_en_masse, verser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from financements.models import Campagne

_PAS = (
    ("deposer", Etat.BROUILLON, Etat.DEPOSEE),
    ("instruire", Etat.DEPOSEE, Etat.EN_INSTRUCTION),
    ("proposer", Etat.EN_INSTRUCTION, Etat.PROPOSEE),
    ("viser", Etat.PROPOSEE, Etat.VISEE),
    ("accorder", Etat.VISEE, Etat.ACCORDEE),
)
_RANG_DES_ETATS = {Etat.BROUILLON.value: 0} | {vers.value: n for n, (_, _, vers) in enumerate(_PAS, 1)}


@dataclass
class Reprise:
    """A request with its lines, and how many of the steps it crosses."""

    demande: Demande
    nb_pas: int
    lignes: list[LigneEffectif]
    direction: UUID


def semer_reprises(campagne: Campagne, graine: int) -> int:
    """Give a decision of that year to every fictional school of the three regions; return how many."""
    nombre = 0
    for region in REGIONS:
        reprises = [_reprise(ecole, region, campagne, graine, 5) for ecole in _sans_demande(campagne, region)]
        _ecrire(reprises, campagne, region)
        _avancer(reprises, 4, region)
        _accorder(reprises, campagne, region)
        nombre += len(reprises)
    return nombre


def semer_demandes_en_nombre(campagne: Campagne, graine: int) -> int:
    """Give a request to every fictional school without a part, as far as the review; return how many."""
    nombre = 0
    avec_un_role = {prevue.rang for prevue in PREVUES}
    for region in REGIONS:
        reprises = []
        for ecole in _sans_demande(campagne, region):
            rang = int(ecole.siret[3:8]) - 10_000
            if rang not in avec_un_role:
                nb_pas = parts({0: 2, 1: 5, 2: 3}, tirage(graine, "avancement", rang))
                reprises.append(_reprise(ecole, region, campagne, graine, nb_pas))
        _ecrire(reprises, campagne, region)
        _avancer(reprises, 2, region)
        nombre += len(reprises)
    return nombre


def _sans_demande(campagne: Campagne, region: str) -> list[Ecole]:
    ecoles = Ecole.objects.filter(fictive=True, commune__departement__region=region)
    return list(ecoles.exclude(demandes__campagne=campagne).order_by("siret"))


def _reprise(ecole: Ecole, region: str, campagne: Campagne, graine: int, nb_pas: int) -> Reprise:
    hasard = tirage(graine, "effectif", campagne.exercice, ecole.siret)
    demande = Demande(ecole=ecole, region_id=region, campagne=campagne)
    lignes = [
        _ligne(demande, offre.titre_id, hasard.randint(8, 13), nb_pas)
        for offre in Offre.objects.filter(ecole=ecole).order_by("titre_id")
    ]
    direction = MembreEquipe.objects.filter(ecole=ecole, fonction=MembreEquipe.Fonction.DIRECTION)
    return Reprise(
        demande, nb_pas, lignes, direction.order_by("du").values_list("utilisateur_id", flat=True)[0]
    )


def _ligne(demande: Demande, titre: str, effectif: int, nb_pas: int) -> LigneEffectif:
    unitaire, majoration = taux(titre)
    return LigneEffectif(
        demande=demande,
        titre_id=titre,
        effectif_demande=effectif,
        effectif_retenu=effectif if nb_pas > 1 else None,
        unitaire=unitaire,
        majoration=majoration,
    )


def _ecrire(reprises: list[Reprise], campagne: Campagne, region: str) -> None:
    series = [f"demande:{campagne.exercice}:{region}"] * len(reprises)
    agents = equipe(region)
    enveloppe = Enveloppe.objects.get(service_id=region, exercice=campagne.exercice)
    for reprise, numero in zip(reprises, prendre_numeros(series), strict=True):
        reprise.demande.numero = f"{campagne.exercice}-{region}-{numero:04d}"
        _dater(reprise, campagne, agents, enveloppe)
    verser(Demande, [reprise.demande for reprise in reprises])
    verser(LigneEffectif, [ligne for reprise in reprises for ligne in reprise.lignes])
    Demande.objects.filter(pk__in=[r.demande.pk for r in reprises if r.nb_pas > 2]).update(
        montant_propose=F("montant_retenu")
    )


def _dater(reprise: Reprise, campagne: Campagne, agents: Equipe, enveloppe: Enveloppe) -> None:
    demande, annee = reprise.demande, campagne.exercice
    if reprise.nb_pas:
        demande.deposee_le = a_midi(date(annee, 2, 20))
        demande.deposee_par_id = reprise.direction
        demande.depuis_le = demande.deposee_le
    if reprise.nb_pas > 2:
        demande.instruite_par, demande.proposee_le = agents.instructeur, a_midi(date(annee, 3, 16))
        demande.visee_par, demande.visee_le = agents.chef, a_midi(date(annee, 3, 18))
        demande.enveloppe, demande.depuis_le = enveloppe, a_midi(date(annee, 4, 1))


def _avancer(reprises: list[Reprise], nb_pas: int, region: str) -> None:
    for rang, (_evenement, de, vers) in enumerate(_PAS[:nb_pas]):
        franchir_en_masse(Demande, [r.demande.pk for r in reprises if r.nb_pas > rang], de, vers)
    agents = equipe(region)
    verser(JournalDemande, [ligne for r in reprises for ligne in _journal(r, agents, region)])


def _journal(reprise: Reprise, agents: Equipe, region: str) -> Iterator[JournalDemande]:
    acteurs = (
        reprise.direction,
        agents.instructeur.pk,
        agents.instructeur.pk,
        agents.chef.pk,
        agents.ordonnateur.pk,
    )
    faits = zip(_PAS[: reprise.nb_pas], acteurs, strict=False)
    lignes = [("creer", "", Etat.BROUILLON.value, reprise.direction)]
    lignes += [(evenement, de.value, vers.value, acteur) for (evenement, de, vers), acteur in faits]
    for evenement, de, vers, acteur in lignes:
        yield JournalDemande(
            demande=reprise.demande,
            chaine=f"demande:{region}",
            acteur_id=acteur,
            evenement=evenement,
            de=de,
            vers=vers,
            donnees={"origine": "reprise"},
        )


def _accorder(reprises: list[Reprise], campagne: Campagne, region: str) -> None:
    """Commit what is taken over, once the envelope has been opened for it."""
    demandes = Demande.objects.filter(pk__in=[r.demande.pk for r in reprises]).order_by("numero")
    enveloppe = Enveloppe.objects.get(service_id=region, exercice=campagne.exercice)
    total = demandes.aggregate(total=Sum("montant_propose"))["total"] or 0
    if total > enveloppe.ae_disponibles:
        mouvement(enveloppe, Mouvement.Nature.COMPLEMENT, total - enveloppe.ae_disponibles, "CPL")
    le, agents = a_midi(date(campagne.exercice, 4, 1)), equipe(region)
    decisions = [
        Allocation(
            demande=demande,
            region_id=region,
            montant=demande.montant_propose,
            instruite_par=agents.instructeur,
            visee_par=agents.chef,
            accordee_par=agents.ordonnateur,
            accordee_le=le,
            origine="reprise",
        )
        for demande in demandes
    ]
    verser(Allocation, decisions)
    verser(
        Engagement,
        [
            Engagement(
                allocation=decision,
                enveloppe=enveloppe,
                nature=Engagement.Nature.INITIAL,
                montant=decision.montant,
                origine="reprise",
                saisi_par=agents.ordonnateur,
                saisi_le=le,
            )
            for decision in decisions
        ],
    )
    franchir_en_masse(Demande, [d.pk for d in demandes], Etat.VISEE, Etat.ACCORDEE)
