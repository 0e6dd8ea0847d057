"""Open days, trial weeks and results of the fictional schools: to come, full, cancelled, small cohorts."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from ecoles.models import DemandeContact, Ecole, Evenement, Resultat, Titre
from reseau.management.demonstration.calendrier import ouvre
from reseau.management.demonstration.ecoles import rang_de
from reseau.management.demonstration.hasard import tirage
from reseau.management.demonstration.versement import verser
from reseau.nombres import PARIS, aujourdhui, maintenant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

_PRECISIONS = (
    "Entrée par la cour ; les parents sont les bienvenus.",
    "Venez avec des chaussures fermées.",
    "",
)


def semer_evenements(graine: int) -> int:
    """Write dates to come for each fictional school that has none; return how many."""
    ecoles = Ecole.objects.filter(fictive=True, evenements__isnull=True).order_by("siret")
    return verser(Evenement, [e for ecole in ecoles for e in _dates(rang_de(ecole), ecole, graine)])


def _dates(rang: int, ecole: Ecole, graine: int) -> Iterator[Evenement]:
    hasard = tirage(graine, "evenement", ecole.siret)
    if rang % 4 == 3:
        return  # some schools have announced nothing yet
    samedi = _semaine_de_classe(aujourdhui() + timedelta(days=hasard.randint(12, 60))) + timedelta(days=5)
    lundi = _semaine_de_classe(samedi + timedelta(days=7))
    precisions = hasard.choice(_PRECISIONS)
    yield Evenement(
        ecole=ecole,
        nature=Evenement.Nature.PORTES_OUVERTES,
        debut=_a(samedi, 9),
        fin=_a(samedi, 17),
        precisions=precisions,
    )
    essai = Evenement(
        ecole=ecole,
        nature=Evenement.Nature.SEMAINE_D_ESSAI,
        debut=_a(lundi, 8),
        fin=_a(lundi + timedelta(days=4), 16),
        familles=hasard.choice((4, 6, 8)),
    )
    if rang % 4 == 2:
        essai.annule_le, essai.motif = maintenant(), "L'atelier déménage cette semaine-là."
    yield essai


def _semaine_de_classe(jour: date) -> date:
    """The next Monday of a whole week at school."""
    lundi = jour + timedelta(days=-jour.weekday() % 7)
    while not all(_de_classe(lundi + timedelta(days=rang)) for rang in range(6)):
        lundi += timedelta(days=7)
    return lundi


def _de_classe(jour: date) -> bool:
    noel = (jour.month, jour.day) >= (12, 19) or (jour.month, jour.day) <= (1, 4)
    return not noel and (ouvre(jour) or jour.weekday() == 5)


def _a(jour: date, heure: int) -> datetime:
    return datetime.combine(jour, time(heure), PARIS)


def promettre_des_visites() -> int:
    """Give a date to the families of the first school who asked to come; return how many."""
    date_ = Evenement.objects.filter(
        ecole__fictive=True, annule_le__isnull=True, nature=Evenement.Nature.PORTES_OUVERTES
    ).order_by("ecole__siret")[:1]
    if not date_:
        return 0
    return DemandeContact.objects.filter(
        ecole=date_[0].ecole, motif=DemandeContact.Motif.VISITER, evenement__isnull=True
    ).update(evenement=date_[0])


def semer_resultats(graine: int) -> int:
    """Write last year's results for each fictional school that declared none; return how many."""
    ecoles = Ecole.objects.filter(fictive=True, resultats__isnull=True).order_by("siret")
    return verser(Resultat, [r for ecole in ecoles for r in _resultats(rang_de(ecole), ecole, graine)])


def _resultats(rang: int, ecole: Ecole, graine: int) -> Iterator[Resultat]:
    hasard = tirage(graine, "resultat", ecole.siret)
    if rang % 5 == 4:
        return
    annee = aujourdhui().year - 1
    for titre in Titre.objects.proposes_par(ecole.pk).order_by("code_cfd"):
        presentes = hasard.randint(3, 12)
        yield Resultat(
            ecole=ecole,
            indicateur=Resultat.Indicateur.EXAMEN,
            titre=titre,
            annee=annee,
            effectif=presentes,
            recus=presentes - hasard.randint(0, 2),
            source="Relevé du jury (inventé)",
        )
    emploi, formation, cherche, inconnu = (hasard.randint(0, haut) for haut in (8, 6, 3, 2))
    yield Resultat(
        ecole=ecole,
        indicateur=Resultat.Indicateur.DEVENIR,
        annee=annee,
        effectif=max(1, emploi + formation + cherche + inconnu),
        en_emploi=emploi,
        en_formation=formation,
        en_recherche=cherche,
        inconnus=inconnu if emploi + formation + cherche + inconnu else 1,
        source="Enquête de l'école à six mois (inventée)",
    )
