"""Last year's decisions, taken over as "reprise", and this year's requests of any number of schools.

They come in by COPY and by the door of the database: triggers, checks and counters all hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Sum

from ecoles.models import Ecole, EtapeParcours, MembreEquipe
from financements.etats import Etat
from financements.models import Allocation, Demande, Engagement, Enveloppe, JournalDemande, LigneEffectif
from financements.models import MouvementEnveloppe as Mouvement
from financements.regles import ajouter_mois
from reseau.management.demonstration.budgets import REGIONS, Equipe, equipe, mouvement
from reseau.management.demonstration.calendrier import a_midi
from reseau.management.demonstration.ecoles import NOMMEES, rang_de
from reseau.management.demonstration.executions import executer
from reseau.management.demonstration.hasard import parts, tirage
from reseau.management.demonstration.versement import differer, franchir_en_masse, sans_attente, verser
from reseau.nombres import aujourdhui
from reseau.socle.compteurs import prendre_numeros

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from financements.models import Campagne
    from reseau.models import Utilisateur

_PAS = (
    ("deposer", Etat.BROUILLON, Etat.DEPOSEE),
    ("instruire", Etat.DEPOSEE, Etat.EN_INSTRUCTION),
    ("proposer", Etat.EN_INSTRUCTION, Etat.PROPOSEE),
    ("viser", Etat.PROPOSEE, Etat.VISEE),
    ("accorder", Etat.VISEE, Etat.ACCORDEE),
)
_JUSQU_A_L_ACCORD = len(_PAS)
# Columns written by the transition itself.
_COPIES = {"proposer": {"montant_propose": "montant_retenu"}, "accorder": {"depuis_le": "visee_le"}}
_AVANCEMENTS = {0: 2, 1: 5, 2: 3}  # how many steps, in which proportion


@dataclass
class Reprise:
    """A request, how many of the steps it crosses, and who heads the school."""

    demande: Demande
    nb_pas: int
    direction: UUID


def semer_reprises(campagne: Campagne, graine: int) -> int:
    """Give a decision of that year to every fictional school of the three regions; return how many."""
    nombre = 0
    for region in REGIONS:
        with transaction.atomic():
            sans_attente()
            reprises = [_reprise(ecole, region, campagne, 5) for ecole in _sans_demande(campagne, region)]
            _ecrire(reprises, campagne, region, graine)
            _avancer(reprises, 4, region)
            differer()
            _accorder(reprises, campagne, region)
        nombre += len(reprises)
    return nombre


def semer_demandes_en_nombre(campagne: Campagne, graine: int) -> int:
    """Give a request to every fictional school without a part, as far as the review; return how many."""
    nombre = 0
    for region in REGIONS:
        with transaction.atomic():
            sans_attente()
            reprises = [
                _reprise(ecole, region, campagne, parts(_AVANCEMENTS, tirage(graine, "pas", ecole.siret)))
                for ecole in _sans_demande(campagne, region)
                if rang_de(ecole) >= len(NOMMEES)
            ]
            _ecrire(reprises, campagne, region, graine)
            _avancer(reprises, 2, region)
        nombre += len(reprises)
    return nombre


def _sans_demande(campagne: Campagne, region: str) -> list[Ecole]:
    ecoles = Ecole.objects.filter(fictive=True, commune__departement__region=region)
    return list(ecoles.exclude(demandes__campagne=campagne).order_by("siret"))


def _reprise(ecole: Ecole, region: str, campagne: Campagne, nb_pas: int) -> Reprise:
    demande = Demande(ecole=ecole, region_id=region, campagne=campagne)
    direction = MembreEquipe.objects.filter(ecole=ecole, fonction=MembreEquipe.Fonction.DIRECTION)
    return Reprise(demande, nb_pas, direction.order_by("du").values_list("utilisateur_id", flat=True)[0])


def _ecrire(reprises: list[Reprise], campagne: Campagne, region: str, graine: int) -> None:
    series = [f"demande:{campagne.exercice}:{region}"] * len(reprises)
    agents = equipe(region)
    enveloppe = Enveloppe.objects.get(service_id=region, exercice=campagne.exercice)
    for reprise, numero in zip(reprises, prendre_numeros(series), strict=True):
        reprise.demande.numero = f"{campagne.exercice}-{region}-{numero:04d}"
        _dater(reprise, campagne, agents, enveloppe)
    verser(Demande, [reprise.demande for reprise in reprises])
    verser(LigneEffectif, [ligne for reprise in reprises for ligne in _lignes(reprise.demande, graine)])


def _lignes(demande: Demande, graine: int) -> Iterator[LigneEffectif]:
    hasard = tirage(graine, "effectif", demande.numero)
    titres = EtapeParcours.objects.filter(parcours__offres__ecole=demande.ecole).order_by("titre_id")
    for titre in titres.values_list("titre_id", flat=True).distinct():
        yield LigneEffectif(demande=demande, titre_id=titre, effectif_demande=hasard.randint(8, 13))


def _dater(reprise: Reprise, campagne: Campagne, agents: Equipe, enveloppe: Enveloppe) -> None:
    """Requests of the year were handed in these last weeks; decisions taken over, last year in spring."""
    demande, annee = reprise.demande, campagne.exercice
    depot = date(annee, 2, 20)
    if reprise.nb_pas < _JUSQU_A_L_ACCORD:
        depot = aujourdhui() - timedelta(days=1 + int(demande.numero[-4:]) % 50)
        demande.echeance_le = ajouter_mois(depot, 2) if reprise.nb_pas else None
    if reprise.nb_pas:
        demande.deposee_le, demande.deposee_par_id = a_midi(depot), reprise.direction
    if reprise.nb_pas == _JUSQU_A_L_ACCORD:
        demande.instruite_par, demande.proposee_le = agents.instructeur, a_midi(date(annee, 3, 16))
        demande.visee_par, demande.visee_le = agents.chef, a_midi(date(annee, 3, 18))
        demande.enveloppe = enveloppe


def _avancer(reprises: list[Reprise], nb_pas: int, region: str) -> None:
    for rang, (evenement, de, vers) in enumerate(_PAS[:nb_pas]):
        cles = [r.demande.pk for r in reprises if r.nb_pas > rang]
        franchir_en_masse(Demande, cles, de, vers, **_COPIES.get(evenement, {}))
        if evenement == "instruire":
            LigneEffectif.objects.filter(demande__in=cles).update(effectif_retenu=F("effectif_demande"))
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
    decisions = _decider(list(demandes), enveloppe, campagne)
    cles = [decision.demande_id for decision in decisions]
    franchir_en_masse(Demande, cles, Etat.VISEE, Etat.ACCORDEE, **_COPIES["accorder"])
    executer(decisions, enveloppe)


def _decider(demandes: list[Demande], enveloppe: Enveloppe, campagne: Campagne) -> list[Allocation]:
    """Write the decisions and their ledger lines; return the decisions."""
    region = enveloppe.service_id
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
    verser(Engagement, [_engagement(decision, enveloppe, agents.ordonnateur, le) for decision in decisions])
    return decisions


def _engagement(decision: Allocation, enveloppe: Enveloppe, par: Utilisateur, le: datetime) -> Engagement:
    """Return the ledger line of a decision."""
    return Engagement(
        allocation=decision,
        enveloppe=enveloppe,
        nature=Engagement.Nature.INITIAL,
        montant=decision.montant,
        origine="reprise",
        saisi_par=par,
        saisi_le=le,
    )
