"""A workshop: a school, its teacher, a learner with every proof, an order with a line on the lathe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.usines import (
    TOUR,
    ApprenantUsine,
    AvisUsine,
    CommandeUsine,
    DeclarationUsine,
    EcoleUsine,
    EncadrementUsine,
    FormationUsine,
    LigneUsine,
    MembreUsine,
    OffreUsine,
    UtilisateurUsine,
)

if TYPE_CHECKING:
    from commandes.models import Commande, LigneCommande
    from ecoles.models import Apprenant, Ecole
    from reseau.models import Utilisateur


@dataclass
class Atelier:
    """What most tests of this folder stand on."""

    ecole: Ecole
    maitre: Utilisateur
    direction: Utilisateur
    ines: Apprenant
    malo: Apprenant
    commande: Commande
    tour: LigneCommande
    simple: LigneCommande


def monter(nom: str = "ici") -> Atelier:
    """Build one: Inès has every proof for the lathe, Malo none."""
    ecole = EcoleUsine(nom=f"Atelier {nom}", slug=f"atelier-{nom}")
    OffreUsine(ecole=ecole)
    DeclarationUsine(ecole=ecole)
    maitre = UtilisateurUsine(courriel=f"maitre@{nom}.invalid")
    direction = UtilisateurUsine(courriel=f"direction@{nom}.invalid")
    for qui, fonction in ((maitre, "maitre"), (direction, "direction")):
        EncadrementUsine(membre=MembreUsine(ecole=ecole, utilisateur=qui, fonction=fonction))
    ines, malo = (ApprenantUsine(ecole=ecole, prenom=p, nom=f"De {nom}") for p in ("Inès", "Malo"))
    AvisUsine(apprenant=ines)
    FormationUsine(apprenant=ines)
    commande = CommandeUsine(ecole=ecole, par=maitre)
    tour = LigneUsine(commande=commande, travail_id=TOUR)
    simple = LigneUsine(commande=commande, designation="Mise en route", rang=2)
    return Atelier(ecole, maitre, direction, ines, malo, commande, tour, simple)


@pytest.fixture
def atelier(db: None) -> Atelier:
    """Ours."""
    return monter()


@pytest.fixture
def voisin(db: None) -> Atelier:
    """Another school, that must stay unseen."""
    return monter("la-bas")
