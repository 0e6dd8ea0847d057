"""Dated statuses of the fictional schools, agréments of their staff: in force, ending soon, missing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from ecoles.models import Agrement, Ecole, InscriptionListe, Label, MembreEquipe, Reconnaissance
from ecoles.models.statuts import NB_CRITERES
from reseau.management.demonstration.calendrier import il_y_a, rentree
from reseau.management.demonstration.ecoles import rang_de
from reseau.management.demonstration.hasard import tirage
from reseau.management.demonstration.versement import verser
from reseau.nombres import aujourdhui, montrer_date
from reseau.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

_SANS_RECONNAISSANCE, _SANS_LABEL = 11, 6  # ranks, modulo 12, of schools that lack one
_FINIT_BIENTOT = 4  # rank, modulo 12, of schools whose label ends within ninety days


def semer_statuts(graine: int) -> int:
    """Write the acts of each fictional school that has none; return how many schools got some."""
    jour = aujourdhui()
    ecoles = list(
        Ecole.objects.filter(
            fictive=True, reconnaissances=None, inscriptions_liste=None, labels=None
        ).order_by("siret")
    )
    verser(Reconnaissance, [r for ecole in ecoles for r in _reconnaissance(ecole, graine, jour)])
    verser(InscriptionListe, [i for ecole in ecoles for i in _listes(ecole, jour)])
    verser(Label, [label for ecole in ecoles for label in _labels(ecole, graine, jour)])
    return len(ecoles)


def _reconnaissance(ecole: Ecole, graine: int, jour: date) -> Iterator[Reconnaissance]:
    if rang_de(ecole) % 12 == _SANS_RECONNAISSANCE:
        return
    hasard = tirage(graine, "reconnaissance", ecole.siret)
    signee = il_y_a(jour, hasard.randint(2, 6)) - timedelta(days=hasard.randint(0, 200))
    yield Reconnaissance(
        ecole=ecole,
        acte=f"Arrêté du {montrer_date(signee)} (inventé)",
        signee_le=signee,
        du=rentree(signee + timedelta(days=365)),
    )


def _listes(ecole: Ecole, jour: date) -> Iterator[InscriptionListe]:
    """Two years in a row, this school year included, but for a school not recognised."""
    if rang_de(ecole) % 12 == _SANS_RECONNAISSANCE:
        return
    for debut in (il_y_a(rentree(jour), 1), rentree(jour)):
        yield InscriptionListe(
            ecole=ecole,
            annee=debut.year,
            nor=f"FICT{debut.year % 100:02d}{rang_de(ecole) % 100_000:05d}A",
            du=debut,
            au=date(debut.year + 1, 8, 31),
        )


def _labels(ecole: Ecole, graine: int, jour: date) -> Iterator[Label]:
    rang = rang_de(ecole) % 12
    if rang == _SANS_LABEL:
        return
    hasard = tirage(graine, "label", ecole.siret)
    fin = jour + timedelta(days=70 if rang == _FINIT_BIENTOT else hasard.randint(200, 700))
    debut = il_y_a(fin, 3) + timedelta(days=1)
    yield Label(
        ecole=ecole,
        evaluee_le=debut - timedelta(days=hasard.randint(10, 60)),
        nb_criteres=hasard.randint(NB_CRITERES - 6, NB_CRITERES),
        du=debut,
        au=fin,
    )


def semer_agrements() -> int:
    """Write the agrément of heads and teachers of fictional schools who have none; return how many."""
    filieres = dict(Ecole.filieres.through.objects.values_list("ecole_id", "filiere_id"))
    membres = (
        MembreEquipe.objects.filter(
            ecole__fictive=True,
            fonction__in=(Role.MAITRE.value, Role.DIRECTION.value),
            utilisateur__agrements=None,
        )
        .select_related("ecole")
        .order_by("utilisateur__courriel")
    )
    agrements = []
    for rang, membre in enumerate(membres):
        maitre = membre.fonction == Role.MAITRE.value
        agrements.append(
            Agrement(
                utilisateur_id=membre.utilisateur_id,
                ecole=membre.ecole,
                fonction=Agrement.Fonction.MAITRE if maitre else Agrement.Fonction.DIRECTION,
                filiere_id=filieres[membre.ecole_id] if maitre else None,
                numero=f"FICTIF-{membre.du.year}-{rang + 1:04d}",
                du=membre.du,
            )
        )
    return verser(Agrement, agrements)
