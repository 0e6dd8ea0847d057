"""Learners, their enrolments, and the proofs of the safety rule: nearly all in order, a few not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ecoles.models import (
    Apprenant,
    AvisAptitude,
    DeclarationDerogation,
    Ecole,
    EtapeParcours,
    FormationSecurite,
    Inscription,
    RepresentantLegal,
)
from reseau.management.demonstration import identifiants
from reseau.management.demonstration.calendrier import il_y_a, rentree
from reseau.management.demonstration.capacites import agrandir
from reseau.management.demonstration.hasard import parts, tirage
from reseau.management.demonstration.noms import PARENTS, personne
from reseau.management.demonstration.versement import verser
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

EFFECTIF_DEUX_RIVES = 38
RECIT = 49  # days since the order of the story came in
_AGES_A_L_ENTREE = {15: 5, 16: 4, 17: 2, 18: 1}
_ANNEES_DEPUIS_L_ENTREE = {0: 5, 1: 5, 2: 4}


@dataclass(frozen=True)
class Lieu:
    """A school as learners need it: titles with their years, works that it declared."""

    ecole: Ecole
    titres: list[tuple[str, int]]
    travaux: list[str]


def semer_apprenants(nombre: int, graine: int) -> int:
    """Bring the learners of fictional schools up to ``nombre``; return how many were added."""
    presents = Apprenant.objects.filter(ecole__fictive=True).count()
    if presents >= nombre:
        return 0
    lieux = _lieux()
    jour = aujourdhui()
    dossiers = [
        _Dossier(rang, lieux[_ecole_de(rang, len(lieux))], graine, jour) for rang in range(presents, nombre)
    ]
    verser(Apprenant, [d.apprenant for d in dossiers])
    verser(RepresentantLegal, [d.representant() for d in dossiers])
    agrandir(d.inscription for d in dossiers)
    verser(Inscription, [d.inscription for d in dossiers])
    verser(AvisAptitude, [avis for d in dossiers for avis in d.avis()])
    verser(FormationSecurite, [formation for d in dossiers for formation in d.formations()])
    return len(dossiers)


def _lieux() -> list[Lieu]:
    titres = _titres_par_ecole()
    travaux: dict[UUID, list[str]] = {}
    liens = DeclarationDerogation.travaux.through.objects.order_by("travailreglemente_id")
    couples = liens.values_list("declarationderogation__ecole_id", "travailreglemente_id")
    for cle, code in couples:
        travaux.setdefault(cle, []).append(code)
    ecoles = Ecole.objects.filter(fictive=True).order_by("siret")
    return [Lieu(e, titres[e.pk], travaux.get(e.pk, [])) for e in ecoles]


def _titres_par_ecole() -> dict[UUID, list[tuple[str, int]]]:
    """Titles that each fictional school teaches, with their years."""
    etapes = EtapeParcours.objects.filter(parcours__offres__ecole__fictive=True).order_by("titre_id")
    titres: dict[UUID, list[tuple[str, int]]] = {}
    for cle, titre, mois in etapes.values_list("parcours__offres__ecole_id", "titre_id", "mois"):
        titres.setdefault(cle, []).append((titre, mois // 12))
    return titres


def _ecole_de(rang: int, nb_ecoles: int) -> int:
    """The first 38 are of the school of the stories; the others go round all the schools but that one."""
    if rang < EFFECTIF_DEUX_RIVES or nb_ecoles == 1:
        return 0
    return 1 + (rang - EFFECTIF_DEUX_RIVES) % (nb_ecoles - 1)


class _Dossier:
    """One learner with everything that hangs from her."""

    def __init__(self, rang: int, lieu: Lieu, graine: int, jour: date) -> None:
        self.rang, self.lieu, self.jour = rang, lieu, jour
        self.hasard = tirage(graine, "apprenant", rang)
        titre, annees = self.hasard.choice(lieu.titres)
        anciennete = parts(_ANNEES_DEPUIS_L_ENTREE, self.hasard) if rang > 2 else 1
        self.entree = il_y_a(rentree(jour), anciennete)
        prenom, nom = personne(rang)
        self.apprenant = Apprenant(ecole=lieu.ecole, prenom=prenom, nom=nom, ne_le=self._naissance())
        sortie = date(self.entree.year + annees, 7, 5)
        parti = sortie < jour
        self.inscription = Inscription(
            apprenant=self.apprenant,
            titre_id=titre,
            du=self.entree,
            au=sortie if parti else None,
            motif_sortie=Inscription.Sortie.DIPLOME if parti else "",
        )

    def _naissance(self) -> date:
        """Inès and Malo are minors, Yanis came of age three days before the order of the story."""
        if self.rang == 2:
            return il_y_a(self.jour - timedelta(days=RECIT + 3), 18)
        age = 15 if self.rang < 2 else parts(_AGES_A_L_ENTREE, self.hasard)
        return il_y_a(self.entree, age) - timedelta(days=self.hasard.randint(20, 340))

    def representant(self) -> RepresentantLegal:
        """Who answers for her: a parent mostly, with the invented numbers reserved for fiction."""
        lien = RepresentantLegal.Lien
        hasard = tirage(0, "representant", self.rang)
        qui = parts({lien.MERE: 6, lien.PERE: 4, lien.TUTEUR: 1}, hasard)
        prenom = hasard.choice(PARENTS.get(qui) or PARENTS["mere"] + PARENTS["pere"])
        return RepresentantLegal(
            apprenant=self.apprenant,
            lien=qui,
            prenom=prenom,
            nom=self.apprenant.nom,
            telephone=identifiants.telephone(20_000 + self.rang),
        )

    def avis(self) -> Iterator[AvisAptitude]:
        """Yield a medical opinion a year, without a gap; Malo's ended five days before the story."""
        debut = self.entree + timedelta(days=14)
        fin = self.inscription.au or self.jour
        if self.rang == 1:
            fin = self.jour - timedelta(days=RECIT + 5)
            debut = fin - timedelta(days=365)
        while debut <= fin:
            yield AvisAptitude(apprenant=self.apprenant, apte=True, du=debut, au=debut + timedelta(days=365))
            debut += timedelta(days=366)

    def formations(self) -> Iterator[FormationSecurite]:
        """Yield the safety training for each work of the school, assessed; a newcomer in ten waits for it."""
        donnee = self.entree + timedelta(days=8)
        attend = self.rang > 2 and self.entree == rentree(self.jour) and self.hasard.random() < 0.1
        for code in self.lieu.travaux:
            yield FormationSecurite(
                apprenant=self.apprenant,
                travail_id=code,
                donnee_le=donnee,
                evaluee_le=None if attend else donnee + timedelta(days=10),
            )
