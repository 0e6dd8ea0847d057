"""Local firms, town halls and neighbours that order from each school."""

from __future__ import annotations

from typing import TYPE_CHECKING

from commandes.models import Client
from ecoles.models import Ecole
from reseau.management.demonstration import identifiants
from reseau.management.demonstration.ecoles import rang_de
from reseau.management.demonstration.noms import RUES, firme, personne
from reseau.management.demonstration.versement import verser

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRME_DU_RECIT, SIRET_DU_RECIT = "Mécanique du Gier SARL", "99000032500011"
_FIRMES_PAR_ECOLE = 6


def semer_clients() -> int:
    """Give clients to the fictional schools that have none; return how many were added."""
    ecoles = Ecole.objects.filter(fictive=True, clients=None).select_related("commune").order_by("siret")
    return verser(Client, (client for ecole in ecoles.distinct() for client in _clients(ecole)))


def _clients(ecole: Ecole) -> Iterator[Client]:
    rang = rang_de(ecole)
    lieu = {"ecole": ecole, "code_postal": ecole.commune.codes_postaux[0], "ville": ecole.commune.nom}
    if rang == 0:
        yield Client(nom=FIRME_DU_RECIT, siret=SIRET_DU_RECIT, adresse="3 quai du Gier", **lieu)
    for numero in range(_FIRMES_PAR_ECOLE):
        firme_rang = rang * _FIRMES_PAR_ECOLE + numero
        yield Client(
            nom=firme(firme_rang),
            siret=identifiants.siret(identifiants.FIRMES + firme_rang % 9_000),
            adresse=f"{firme_rang % 80 + 1} {RUES[firme_rang % len(RUES)]}",
            courriel=f"achats{firme_rang}@firmes.invalid",
            telephone=identifiants.telephone(5_000 + firme_rang),
            **lieu,
        )
    yield Client(nom=f"Association sportive de {ecole.commune.nom}", nature=Client.Nature.ASSOCIATION, **lieu)
    yield Client(nom=" ".join(personne(rang * 11 + 601)), nature=Client.Nature.PARTICULIER, **lieu)
