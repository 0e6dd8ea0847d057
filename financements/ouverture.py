"""The birth of a request: its number, its region and its first journal line, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from financements.etats import MACHINE
from financements.models import Demande
from financements.natures import Voie
from reseau.socle.compteurs import prendre_numero
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from ecoles.models import Ecole
    from financements.models import Campagne
    from reseau.models import Utilisateur


def ouvrir_demande(*, ecole: Ecole, campagne: Campagne, par: Utilisateur, voie: str = Voie.ECOLE) -> Demande:
    """Create and return a draft of ``ecole`` for ``campagne``.

    Raises ``IntegrityError`` when the school already has a living request for it.
    """
    with transaction.atomic():
        demande = Demande(ecole=ecole, campagne=campagne, voie=voie)
        naitre(demande, par)
    return demande


def naitre(demande: Demande, par: Utilisateur) -> None:
    """Number and save a new request, and write its first journal line; inside a transaction.

    The number is the last lock but one: row first, then counter, then head of the chain.
    """
    demande.region_id = demande.ecole.commune.departement.region_id
    demande.echeance_le = demande.campagne.ouverte_au
    demande.numero = prendre_le_numero(demande.campagne.exercice, demande.region_id)
    demande.save(force_insert=True)
    MACHINE.consigner(demande, Contexte(par), "creer", "", demande.etat, {"voie": demande.voie})


def prendre_le_numero(exercice: int, region: str) -> str:
    """Take the next number of a year and a region ("2026-84-0007"), without gap."""
    return f"{exercice}-{region}-{prendre_numero(f'demande:{exercice}:{region}'):04d}"
