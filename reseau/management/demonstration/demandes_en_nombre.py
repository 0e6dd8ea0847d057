"""Requests of the year by any number of schools, by COPY and by the door of the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from ecoles.models import Ecole, EtapeParcours, MembreEquipe
from financements.etats import Etat
from financements.models import Demande, JournalDemande, LigneEffectif
from financements.natures import NaturePiece
from financements.pieces import exigees
from financements.regles import ajouter_mois
from reseau.management.demonstration.budgets import REGIONS, Equipe, equipe
from reseau.management.demonstration.calendrier import a_midi
from reseau.management.demonstration.contrats import verser_les_pieces
from reseau.management.demonstration.ecoles import NOMMEES, rang_de
from reseau.management.demonstration.hasard import parts, tirage
from reseau.management.demonstration.versement import franchir_en_masse, sans_attente, verser
from reseau.nombres import aujourdhui
from reseau.socle.compteurs import prendre_numeros

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from financements.models import Campagne

_PAS = (
    ("deposer", Etat.BROUILLON, Etat.DEPOSEE),
    ("instruire", Etat.DEPOSEE, Etat.EN_INSTRUCTION),
)
_AVANCEMENTS = {0: 2, 1: 5, 2: 3}  # how many steps, in which proportion


@dataclass
class Prevue:
    """A request, how many of the steps it crosses, and who heads the school."""

    demande: Demande
    nb_pas: int
    direction: UUID


def semer_demandes_en_nombre(campagne: Campagne, graine: int) -> int:
    """Give a request to every fictional school without a part, as far as the review; return how many."""
    nombre = 0
    for region in REGIONS:
        with transaction.atomic():
            sans_attente()
            prevues = [
                _prevue(ecole, region, campagne, parts(_AVANCEMENTS, tirage(graine, "pas", ecole.siret)))
                for ecole in sans_demande(campagne, region)
                if rang_de(ecole) >= len(NOMMEES)
            ]
            _ecrire(prevues, campagne, region, graine)
            _avancer(prevues, region)
        nombre += len(prevues)
    return nombre


def sans_demande(campagne: Campagne, region: str) -> list[Ecole]:
    """Return the fictional schools of a region that asked nothing this year, in the order they were made."""
    ecoles = Ecole.objects.filter(fictive=True, commune__departement__region=region)
    return list(ecoles.exclude(demandes__campagne=campagne).order_by("siret"))


def lignes_de(demande: Demande, graine: int, *, retenues: bool = False) -> Iterator[LigneEffectif]:
    """Yield a line a title that the school prepares, with learners drawn from the seed."""
    hasard = tirage(graine, "effectif", demande.numero)
    titres = EtapeParcours.objects.filter(parcours__offres__ecole=demande.ecole).order_by("titre_id")
    for titre in titres.values_list("titre_id", flat=True).distinct():
        effectif = hasard.randint(8, 13)
        yield LigneEffectif(
            demande=demande,
            titre_id=titre,
            effectif_demande=effectif,
            effectif_retenu=effectif if retenues else None,
        )


def _prevue(ecole: Ecole, region: str, campagne: Campagne, nb_pas: int) -> Prevue:
    demande = Demande(ecole=ecole, region_id=region, campagne=campagne)
    direction = MembreEquipe.objects.filter(ecole=ecole, fonction=MembreEquipe.Fonction.DIRECTION)
    return Prevue(demande, nb_pas, direction.order_by("du").values_list("utilisateur_id", flat=True)[0])


def _ecrire(prevues: list[Prevue], campagne: Campagne, region: str, graine: int) -> None:
    series = [f"demande:{campagne.exercice}:{region}"] * len(prevues)
    for prevue, numero in zip(prevues, prendre_numeros(series), strict=True):
        prevue.demande.numero = f"{campagne.exercice}-{region}-{numero:04d}"
        _dater(prevue)
    verser(Demande, [prevue.demande for prevue in prevues])
    verser(LigneEffectif, [ligne for prevue in prevues for ligne in lignes_de(prevue.demande, graine)])
    verser_les_pieces((p.demande, p.direction, _pieces(p, campagne)) for p in prevues)


def _pieces(prevue: Prevue, campagne: Campagne) -> list[str]:
    """A draft has only its commitment: its page says what is still missing."""
    return exigees(campagne) if prevue.nb_pas else [NaturePiece.CER.value]


def _dater(prevue: Prevue) -> None:
    """Requests of the year were handed in these last weeks."""
    demande = prevue.demande
    if prevue.nb_pas:
        depot = aujourdhui() - timedelta(days=1 + int(demande.numero[-4:]) % 50)
        demande.echeance_le = ajouter_mois(depot, 2)
        demande.deposee_le, demande.deposee_par_id = a_midi(depot), prevue.direction


def _avancer(prevues: list[Prevue], region: str) -> None:
    for rang, (evenement, de, vers) in enumerate(_PAS):
        cles = [p.demande.pk for p in prevues if p.nb_pas > rang]
        franchir_en_masse(Demande, cles, de, vers)
        if evenement == "instruire":
            LigneEffectif.objects.filter(demande__in=cles).update(effectif_retenu=F("effectif_demande"))
    agents = equipe(region)
    verser(JournalDemande, [ligne for p in prevues for ligne in _journal(p, agents, region)])


def _journal(prevue: Prevue, agents: Equipe, region: str) -> Iterator[JournalDemande]:
    acteurs = (prevue.direction, agents.instructeur.pk)
    faits = zip(_PAS[: prevue.nb_pas], acteurs, strict=False)
    lignes = [("creer", "", Etat.BROUILLON.value, prevue.direction)]
    lignes += [(evenement, de.value, vers.value, acteur) for (evenement, de, vers), acteur in faits]
    for evenement, de, vers, acteur in lignes:
        yield JournalDemande(
            demande=prevue.demande,
            chaine=f"demande:{region}",
            acteur_id=acteur,
            evenement=evenement,
            de=de,
            vers=vers,
        )
