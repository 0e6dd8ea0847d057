"""The order of the steps, and what is said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from reseau.management.demonstration.apprenants import semer_apprenants
from reseau.management.demonstration.avenants import semer_avenants
from reseau.management.demonstration.bilans import semer_bilans
from reseau.management.demonstration.budgets import semer_budgets
from reseau.management.demonstration.candidatures import semer_candidatures
from reseau.management.demonstration.commandes import semer_commandes
from reseau.management.demonstration.comptes import semer_comptes, semer_equipes
from reseau.management.demonstration.contacts import semer_contacts
from reseau.management.demonstration.demandes import semer_demandes
from reseau.management.demonstration.demandes_en_nombre import semer_demandes_en_nombre
from reseau.management.demonstration.ecoles import NOMMEES, semer_ecoles
from reseau.management.demonstration.encadrements import semer_encadrements
from reseau.management.demonstration.groupes import semer_groupes
from reseau.management.demonstration.lieux import semer_lieux
from reseau.management.demonstration.rencontres import (
    promettre_des_visites,
    semer_evenements,
    semer_resultats,
)
from reseau.management.demonstration.reprises import semer_reprises
from reseau.management.demonstration.statuts import semer_agrements, semer_statuts
from reseau.management.demonstration.titres import semer_titres
from reseau.management.demonstration.transferts import semer_transferts
from reseau.management.demonstration.versement import sans_attente

if TYPE_CHECKING:
    from collections.abc import Callable

MINIMUM = len(NOMMEES)  # the schools with a part always exist


@dataclass(frozen=True)
class Tailles:
    """How much to invent, and from which seed."""

    ecoles: int
    commandes: int
    apprenants: int
    graine: int


def semer(tailles: Tailles, dire: Callable[[str], None]) -> dict[str, int]:
    """Bring the demonstration up to these sizes; return what was added, nothing when it was all there."""
    with transaction.atomic():
        sans_attente()
        semer_titres()
        ajouts = {"écoles": semer_ecoles(tailles.ecoles, tailles.graine)}
        semer_comptes()
        semer_equipes()
        semer_encadrements()
        semer_lieux(tailles.graine)
        semer_statuts(tailles.graine)
        semer_agrements()
        ajouts["jeunes"] = semer_apprenants(tailles.apprenants, tailles.graine)
        semer_groupes()
        ajouts["questions de familles"] = semer_contacts(tailles.graine)
        ajouts["candidatures"] = semer_candidatures(tailles.graine)
        ajouts["changements d'école"] = semer_transferts()
        ajouts["dates à venir"] = semer_evenements(tailles.graine)
        ajouts["résultats"] = semer_resultats(tailles.graine)
        promettre_des_visites()
    with transaction.atomic():
        avant, actuelle = semer_budgets()
        ajouts["demandes de financement"] = semer_demandes(actuelle)
    ajouts["demandes de financement"] += semer_demandes_en_nombre(actuelle, tailles.graine)
    ajouts["décisions reprises"] = semer_reprises(avant, tailles.graine)
    with transaction.atomic():
        ajouts["avenants"] = semer_avenants()
        ajouts["bilans"] = semer_bilans()
    ajouts["commandes"] = semer_commandes(tailles.commandes, tailles.graine, dire)
    return {quoi: nombre for quoi, nombre in ajouts.items() if nombre}
