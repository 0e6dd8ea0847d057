"""What an envelope would become: amounts of a scenario at the scale of the day, and several side by side.

Nothing is stored, nothing is committed: the scale, the envelope and the files are those of now.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from financements.barre import montant_propose
from financements.models import Bareme, LigneEffectif, LigneSimulee
from financements.situations import Etat
from reseau.nombres import arrondi_centime

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from django.db.models import QuerySet

    from financements.models import Demande, Enveloppe, Simulation

# What may still be imagined: handed in, and not yet proposed.
A_SIMULER: Final = (Etat.DEPOSEE, Etat.EN_INSTRUCTION)
NB_COMPAREES: Final = 6


type Taux = Mapping[str | None, tuple[Decimal, Decimal]]


def lignes_a_simuler(enveloppe: Enveloppe) -> QuerySet[LigneEffectif]:
    """Return the lines that could still be granted on this envelope, school by school."""
    lignes = LigneEffectif.objects.filter(
        Q(demande__enveloppe=None) | Q(demande__enveloppe=enveloppe),
        demande__region=enveloppe.service_id,
        demande__campagne__exercice=enveloppe.exercice,
        demande__etat__in=A_SIMULER,
    )
    return lignes.select_related("demande__ecole", "titre").order_by(
        "demande__ecole__nom", "demande__numero", "titre", "annee"
    )


def taux_du_jour(exercice: int) -> Taux:
    """Return the rates in force (EUR per learner-month: common, supplement) by title, ``None`` for others."""
    versions = Bareme.objects.filter(campagne__exercice=exercice).order_by("version")
    return {
        titre: (unitaire, majoration)
        for titre, unitaire, majoration in versions.values_list("titre", "unitaire", "majoration")
    }


def chiffrer(ligne: LigneEffectif, effectif: int, majorations: int, taux: Taux) -> Decimal:
    """Return what a line would come to, in EUR: the formula of its own columns, at the rates of the day."""
    unitaire, majoration = taux.get(ligne.titre_id) or taux.get(None) or (ligne.unitaire, ligne.majoration)
    return arrondi_centime((unitaire * effectif + majoration * majorations) * ligne.mois)


def disponible(enveloppe: Enveloppe) -> Decimal:
    """Euros that scenarios share: what is neither committed, nor already proposed to the decision."""
    libres: Decimal = enveloppe.ae_disponibles - montant_propose(enveloppe)
    return libres


@dataclass(frozen=True)
class Total:
    """What a scenario comes to: learners, EUR, and what the envelope would have left."""

    nb_jeunes: int
    montant: Decimal
    reste: Decimal


def lignes_de(simulation: Simulation) -> QuerySet[LigneSimulee]:
    """Return its rows, school by school, with what each prints."""
    return simulation.lignes.select_related("ligne__demande__ecole", "ligne__titre").order_by(
        "ligne__demande__ecole__nom", "ligne__demande__numero", "ligne__titre", "ligne__annee"
    )


def a_simuler(demande: Demande, enveloppe: Enveloppe) -> bool:
    """Whether a scenario of this envelope still says something about this request."""
    return demande.etat in A_SIMULER and demande.enveloppe_id in (None, enveloppe.pk)


def totaliser(simulation: Simulation, lignes: Iterable[LigneSimulee], taux: Taux, libres: Decimal) -> Total:
    """Add up the rows that still count."""
    comptees = [simulee for simulee in lignes if a_simuler(simulee.ligne.demande, simulation.enveloppe)]
    montant = sum((chiffrer_ligne(simulee, taux) for simulee in comptees), Decimal(0))
    return Total(sum(simulee.effectif for simulee in comptees), montant, libres - montant)


def chiffrer_ligne(simulee: LigneSimulee, taux: Taux) -> Decimal:
    """Return what a row would come to, in EUR."""
    return chiffrer(simulee.ligne, simulee.effectif, simulee.nb_majorations, taux)


def nb_nouvelles(simulation: Simulation) -> int:
    """Count the requests that arrived since the scenario was made; one query."""
    absentes = lignes_a_simuler(simulation.enveloppe).exclude(simulations__simulation=simulation)
    return absentes.order_by().values("demande").distinct().count()


@dataclass(frozen=True)
class Rangee:
    """A request in the comparison: asked, retained today, then (learners, EUR) of each scenario."""

    demande: Demande
    nb_demandes: int
    nb_retenus: int | None
    demandee: Decimal
    retenue: Decimal | None
    scenarios: list[tuple[int, Decimal] | None]


def comparer(enveloppe: Enveloppe, simulations: list[Simulation]) -> list[Rangee]:
    """Put scenarios side by side, a request a row; four queries at any size."""
    taux = taux_du_jour(enveloppe.exercice)
    par_demande: dict[UUID, list[LigneEffectif]] = defaultdict(list)
    for ligne in lignes_a_simuler(enveloppe):
        par_demande[ligne.demande_id].append(ligne)
    simulees: dict[tuple[UUID, UUID], list[LigneSimulee]] = defaultdict(list)
    lues = LigneSimulee.objects.filter(simulation__in=simulations).select_related("ligne")
    for simulee in lues.order_by("id"):
        simulees[simulee.simulation_id, simulee.ligne.demande_id].append(simulee)
    return [
        _rangee(lignes, [simulees.get((s.pk, cle)) for s in simulations], taux)
        for cle, lignes in par_demande.items()
    ]


def _rangee(lignes: list[LigneEffectif], scenarios: list[list[LigneSimulee] | None], taux: Taux) -> Rangee:
    retenues = [ligne for ligne in lignes if ligne.effectif_retenu is not None]
    demandee = [
        chiffrer(ligne, ligne.effectif_demande, ligne.majorations_demandees, taux) for ligne in lignes
    ]
    retenue = [chiffrer(ligne, ligne.effectif_retenu or 0, ligne.nb_majorations, taux) for ligne in retenues]
    return Rangee(
        demande=lignes[0].demande,
        nb_demandes=sum(ligne.effectif_demande for ligne in lignes),
        nb_retenus=sum(ligne.effectif_retenu or 0 for ligne in retenues) if retenues else None,
        demandee=sum(demandee, Decimal(0)),
        retenue=sum(retenue, Decimal(0)) if retenues else None,
        scenarios=[_somme(simulees, taux) for simulees in scenarios],
    )


def _somme(simulees: list[LigneSimulee] | None, taux: Taux) -> tuple[int, Decimal] | None:
    if simulees is None:
        return None
    montants = (chiffrer_ligne(simulee, taux) for simulee in simulees)
    return sum(simulee.effectif for simulee in simulees), sum(montants, Decimal(0))
