"""Writing scenarios: their rows from a starting point, a copy, and the one step that applies them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from django.db import transaction

from financements.etats import MACHINE
from financements.models import Demande, Simulation
from financements.natures import DepartSimulation
from financements.simulations import (
    a_simuler,
    chiffrer,
    disponible,
    lignes_a_simuler,
    lignes_de,
    taux_du_jour,
)
from financements.situations import Etat
from reseau.nombres import maintenant
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from financements.models import LigneEffectif, LigneSimulee
    from financements.simulations import Taux
    from reseau.models import Utilisateur


class SimulationRefusee(Exception):
    """A scenario cannot be applied; the sentences say why, all at once."""

    def __init__(self, refus: list[str]) -> None:
        super().__init__(" ".join(refus))
        self.refus = refus


def remplir(simulation: Simulation) -> int:
    """Write the rows of a new scenario from its starting point; return how many."""
    enveloppe = simulation.enveloppe
    prises = set(simulation.lignes.order_by("id").values_list("ligne", flat=True))
    lignes = [ligne for ligne in lignes_a_simuler(enveloppe) if ligne.pk not in prises]
    part = simulation.part or 100
    if simulation.depart == DepartSimulation.RESTE:
        part = _part_qui_tient(lignes, disponible(enveloppe), taux_du_jour(enveloppe.exercice))
    for ligne in lignes:
        effectif, majorations = _depart(ligne, simulation.depart, part)
        simulation.lignes.create(ligne=ligne, effectif=effectif, nb_majorations=majorations)
    return len(lignes)


def _depart(ligne: LigneEffectif, depart: str, part: int) -> tuple[int, int]:
    """Whole learners: a share is rounded down."""
    if depart == DepartSimulation.RETENU and ligne.effectif_retenu is not None:
        return ligne.effectif_retenu, ligne.nb_majorations
    if depart in {DepartSimulation.PART, DepartSimulation.RESTE}:
        return ligne.effectif_demande * part // 100, ligne.majorations_demandees * part // 100
    return ligne.effectif_demande, ligne.majorations_demandees


def _part_qui_tient(lignes: list[LigneEffectif], reste: Decimal, taux: Taux) -> int:
    """Return the largest percentage whose total fits; 0 when not even one learner does."""
    for part in range(100, 0, -1):
        departs = ((ligne, *_depart(ligne, DepartSimulation.PART, part)) for ligne in lignes)
        if sum((chiffrer(*depart, taux) for depart in departs), Decimal(0)) <= reste:
            return part
    return 0


def copier(simulation: Simulation, par: Utilisateur) -> Simulation:
    """Return a new scenario with the same rows, those that may still be imagined."""
    noms = set(simulation.enveloppe.simulations.order_by("id").values_list("nom", flat=True))
    rang = 2
    while (nom := f"{simulation.nom[:50].rstrip()} ({rang})") in noms:
        rang += 1
    copie = Simulation.objects.create(
        enveloppe=simulation.enveloppe,
        nom=nom,
        depart=simulation.depart,
        part=simulation.part,
        motif=simulation.motif,
        creee_par=par,
    )
    ouvertes = set(lignes_a_simuler(simulation.enveloppe).values_list("pk", flat=True))
    for ligne in simulation.lignes.filter(ligne__in=ouvertes).order_by("id"):
        copie.lignes.create(
            ligne_id=ligne.ligne_id,
            effectif=ligne.effectif,
            nb_majorations=ligne.nb_majorations,
            motif=ligne.motif,
        )
    return copie


@dataclass(frozen=True)
class Application:
    """What applying would do, or did: files written, files left as they are with the reason."""

    appliquees: list[tuple[Demande, list[LigneSimulee]]]
    laissees: list[tuple[Demande, str]]


def prevoir(simulation: Simulation, par: Utilisateur) -> Application:
    """Say what applying would do, without doing it; three queries."""
    siennes = set(
        Demande.objects.visibles_par(par, "instruire")
        .filter(lignes__simulations__simulation=simulation)
        .order_by()
        .values_list("pk", flat=True)
    )
    appliquees, laissees = [], []
    for demande, lignes in _par_demande(lignes_de(simulation)):
        if raison := _raison_de_laisser(demande, simulation, siennes):
            laissees.append((demande, raison))
        else:
            appliquees.append((demande, lignes))
    return Application(appliquees, laissees)


def _par_demande(lignes: Iterable[LigneSimulee]) -> Iterator[tuple[Demande, list[LigneSimulee]]]:
    for _cle, groupe in groupby(lignes, key=lambda simulee: simulee.ligne.demande_id):
        simulees = list(groupe)
        yield simulees[0].ligne.demande, simulees


def _raison_de_laisser(demande: Demande, simulation: Simulation, siennes: set[UUID]) -> str:
    if demande.etat == Etat.DEPOSEE:
        return "pas encore prise en instruction"
    if not a_simuler(demande, simulation.enveloppe):
        return f"n'est plus à instruire sur cette enveloppe (étape : {demande.get_etat_display()})"
    return "" if demande.pk in siennes else "vous n'instruisez pas ce dossier"


def refus(simulation: Simulation, prevu: Application) -> list[str]:
    """Return every reason why the scenario cannot be applied now."""
    if simulation.appliquee_le is not None:
        return ["Cette simulation a déjà été appliquée."]
    if not prevu.appliquees:
        return ["Aucun dossier de cette simulation n'est en instruction."]
    return [
        f"{demande.ecole}, {simulee.ligne} : écrivez la raison de l'écart avec la demande."
        for demande, lignes in prevu.appliquees
        for simulee in lignes
        if _ecart(simulee) and not (simulee.motif or simulation.motif)
    ]


def _ecart(simulee: LigneSimulee) -> bool:
    ligne = simulee.ligne
    return (simulee.effectif, simulee.nb_majorations) != (ligne.effectif_demande, ligne.majorations_demandees)


def appliquer(simulation: Simulation, par: Utilisateur) -> Application:
    """Write the scenario into the files under review, all of them or none.

    Rows of files left aside go, so that an applied scenario says what it did.
    Raises :class:`SimulationRefusee` with every reason.
    """
    with transaction.atomic():
        fraiche = Simulation.objects.select_for_update(of=("self",)).select_related("enveloppe")
        simulation = fraiche.get(pk=simulation.pk)
        cles = simulation.lignes.order_by().values("ligne__demande")
        verrou = Demande.objects.select_for_update(of=("self",)).filter(pk__in=cles, etat=Etat.EN_INSTRUCTION)
        list(verrou.order_by("pk").values_list("pk", flat=True))
        prevu = prevoir(simulation, par)
        if phrases := refus(simulation, prevu):
            raise SimulationRefusee(phrases)
        for demande, lignes in prevu.appliquees:
            _retenir(demande, lignes, simulation, par)
        laissees = [demande.pk for demande, _ in prevu.laissees]
        simulation.lignes.filter(ligne__demande__in=laissees).order_by().delete()
        simulation.appliquee_par, simulation.appliquee_le = par, maintenant()
        simulation.save(update_fields=["appliquee_par", "appliquee_le"])
    return prevu


def _retenir(demande: Demande, lignes: list[LigneSimulee], simulation: Simulation, par: Utilisateur) -> None:
    for simulee in lignes:
        ligne = simulee.ligne
        ligne.effectif_retenu, ligne.nb_majorations = simulee.effectif, simulee.nb_majorations
        ligne.motif = (simulee.motif or simulation.motif) if _ecart(simulee) else ""
        ligne.save()
    if demande.enveloppe_id is None:
        demande.enveloppe = simulation.enveloppe
        demande.save(update_fields=["enveloppe"])
    demande.refresh_from_db()
    donnees = {"montant": str(demande.montant_retenu), "simulation": str(simulation.pk)}
    MACHINE.consigner(demande, Contexte(par), "retenir", demande.etat, demande.etat, donnees)
