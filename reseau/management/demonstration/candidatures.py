"""Young people who apply to the fictional schools: one at each step, moved by the same door as on screen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ecoles.candidatures import MACHINE
from ecoles.models import Candidature, Ecole, MembreEquipe, Offre
from reseau.management.demonstration import identifiants
from reseau.management.demonstration.calendrier import il_y_a
from reseau.management.demonstration.hasard import tirage
from reseau.management.demonstration.noms import personne
from reseau.nombres import aujourdhui
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from reseau.models import Utilisateur

_ECOLES = 12  # schools that receive applications
_PREMIER = 7_000  # their names follow those of no learner
_MOTIVATIONS = (
    "A aidé son oncle à l'atelier pendant l'été, veut apprendre à régler une machine.",
    "Ne veut plus rester assis toute la journée ; pose beaucoup de questions sur les pièces.",
    "A réparé son vélo puis ceux des voisins. Est resté après l'heure pendant l'essai.",
)
# Days since it arrived, and what was done since.
_HISTOIRES: tuple[tuple[int, tuple[str, ...]], ...] = (
    (3, ()),
    (12, ("visiter",)),
    (30, ("visiter", "essayer")),
    (45, ("visiter", "essayer", "admettre")),
    (40, ("visiter", "refuser")),
)


def semer_candidatures(graine: int) -> int:
    """Write the applications of the first schools, once; return how many."""
    ecoles = list(Ecole.objects.filter(fictive=True, offres__isnull=False).distinct().order_by("siret"))
    if Candidature.objects.filter(ecole__in=ecoles).exists():
        return 0
    nombre = 0
    for rang, ecole in enumerate(ecoles[:_ECOLES]):
        direction = MembreEquipe.objects.filter(ecole=ecole, fonction="direction").order_by("du")[0]
        offre = Offre.objects.filter(ecole=ecole).order_by("parcours")[0]
        histoires = _HISTOIRES if rang == 0 else _HISTOIRES[: 2 + rang % 3]
        for numero, (jours, gestes) in enumerate(histoires):
            candidature = _recevoir(offre, _PREMIER + rang * 10 + numero, jours, graine)
            _avancer(candidature, gestes, direction.utilisateur)
            nombre += 1
    return nombre


def _recevoir(offre: Offre, rang: int, jours: int, graine: int) -> Candidature:
    hasard = tirage(graine, "candidature", rang)
    prenom, nom = personne(rang)
    jour = aujourdhui()
    return Candidature.objects.create(
        ecole_id=offre.ecole_id,
        parcours_id=offre.parcours_id,
        prenom=prenom,
        nom=nom,
        ne_le=il_y_a(jour, 15) - timedelta(days=hasard.randint(20, 600)),
        motivation=hasard.choice(_MOTIVATIONS),
        lien="mere",
        representant_nom=nom,
        telephone=identifiants.telephone(30_000 + rang),
        recue_le=jour - timedelta(days=jours),
    )


def _avancer(candidature: Candidature, gestes: tuple[str, ...], par: Utilisateur) -> None:
    MACHINE.consigner(candidature, Contexte(par), "creer", "", candidature.etat)
    for geste in gestes:
        candidature = MACHINE.franchir(candidature, geste, Contexte(par, _saisies(candidature.recue_le)))


def _saisies(recue_le: date) -> dict[str, Any]:
    """What is typed at each step, a week apart."""
    lundi = recue_le + timedelta(days=14 - recue_le.weekday())
    return {
        "visite_le": recue_le + timedelta(days=7),
        "essai_du": lundi,
        "essai_au": lundi + timedelta(days=4),
        "motif_refus": Candidature.MotifRefus.METIER,
    }
