"""Two young people about to change school: one waits for each of the two schools that have accounts."""

from __future__ import annotations

from datetime import timedelta

from ecoles.models import Apprenant, Ecole, MembreEquipe, Transfert
from ecoles.transferts import MACHINE
from reseau.management.demonstration.ecoles import DEUX_RIVES, FONDERIE
from reseau.management.demonstration.titres import CAP
from reseau.nombres import aujourdhui
from reseau.socle.etats import Contexte

_DANS = timedelta(days=18)


def semer_transferts() -> int:
    """Propose them, once; return how many. The last learners: the stories begin with the first ones."""
    ecoles = {
        ecole.nom: ecole for ecole in Ecole.objects.filter(nom__in=(DEUX_RIVES, FONDERIE), fictive=True)
    }
    if Transfert.objects.filter(ecole__in=ecoles.values()).exists():
        return 0
    return sum(
        _proposer(ecoles[de], ecoles[vers]) for de, vers in ((FONDERIE, DEUX_RIVES), (DEUX_RIVES, FONDERIE))
    )


def _proposer(de: Ecole, vers: Ecole) -> int:
    presents = Apprenant.objects.presents_le(aujourdhui()).filter(ecole=de)
    jeune = presents.filter(inscriptions__titre=CAP, inscriptions__au__isnull=True).order_by("-pk").first()
    if jeune is None:
        return 0
    direction = MembreEquipe.objects.filter(ecole=de, fonction="direction").order_by("du")[0]
    transfert = Transfert.objects.create(ecole=de, apprenant=jeune, vers=vers, le=aujourdhui() + _DANS)
    MACHINE.consigner(transfert, Contexte(direction.utilisateur), "creer", "", transfert.etat)
    return 1
