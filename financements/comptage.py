"""From enrolments to a request: lines already filled, learners behind them, nobody counted twice (F12).

Officers read counts and opaque numbers; a school, its own learners' names; nobody reads the other school.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from ecoles.models import Inscription
from ecoles.regles import age_le
from ecoles.regles_inscription import AGES_ORDINAIRES
from financements.requetes import lignes_de
from financements.situations import Etat
from reseau.models import en_cours
from reseau.nombres import aujourdhui
from reseau.socle.etats import TransitionRefusee
from reseau.socle.relations import valeurs_de

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.db.models import QuerySet

    from financements.models import ApprenantCompte, Demande
    from reseau.socle.etats import Contexte

_ANNEES = 4
_RENTREE = 9
# A request in these states counts nobody.
_NE_COMPTENT_PAS = (Etat.BROUILLON, Etat.REFUSEE, Etat.SANS_SUITE, Etat.RETIREE)


@dataclass(frozen=True, slots=True)
class Inscrit:
    """A learner enrolled today: who, what, in which year of the parcours, from when to when."""

    apprenant: UUID
    personne: UUID
    titre: str
    annee: int
    du: date
    au: date | None


def _annee_scolaire(jour: date) -> int:
    return jour.year if jour.month >= _RENTREE else jour.year - 1


def inscrits(ecole: Any, jour: date) -> list[Inscrit]:
    """Return who is enrolled on ``jour``; the year counts from the first day in the school. One query."""
    siennes = Inscription.objects.filter(apprenant=OuterRef("apprenant")).order_by().values("apprenant")
    lignes = Inscription.objects.filter(en_cours(jour), apprenant__ecole=ecole).order_by("titre", "id")
    lues = lignes.annotate(entree=siennes.annotate(n=Min("du")).values("n")).values_list(
        "apprenant", "personne", "titre", "du", "au", "entree"
    )
    return [
        Inscrit(
            apprenant,
            personne or apprenant,
            titre,
            min(_annee_scolaire(jour) - _annee_scolaire(entree) + 1, _ANNEES),
            du,
            au,
        )
        for apprenant, personne, titre, du, au, entree in lues
    ]


def remplir(demande: Demande) -> int:
    """Add the lines that enrolments call for and that are not there; return how many."""
    presentes = set(demande.lignes.order_by("id").values_list("titre", "annee"))
    baremes = demande.campagne.baremes_en_vigueur()
    effectifs = Counter((i.titre, i.annee) for i in inscrits(demande.ecole_id, aujourdhui()))
    nouvelles = [
        (titre, annee, nombre)
        for (titre, annee), nombre in sorted(effectifs.items())
        if (titre, annee) not in presentes and (titre in baremes or None in baremes)
    ]
    for titre, annee, nombre in nouvelles:
        demande.lignes.create(
            titre_id=titre, annee=annee, mois=demande.campagne.mois, effectif_demande=nombre
        )
    return len(nouvelles)


def mois_comptes(inscrit: Inscrit, exercice: int) -> tuple[date, date] | None:
    """Return the whole months of the year in which somebody is enrolled: first day, first day after."""
    premier = max(inscrit.du, date(exercice, 1, 1)).replace(day=1)
    dernier = min(inscrit.au or date(exercice, 12, 31), date(exercice, 12, 31))
    if dernier < premier:
        return None
    return premier, (dernier.replace(day=1) + timedelta(days=32)).replace(day=1)


def compter(demande: Demande) -> None:
    """Write who stands behind each line, at the door of a deposit; what stood there before goes."""
    comptes(demande).delete()
    lignes = {(ligne.titre_id, ligne.annee): ligne for ligne in demande.lignes.order_by("id")}
    for inscrit in inscrits(demande.ecole_id, aujourdhui()):
        ligne = lignes.get((inscrit.titre, inscrit.annee))
        periode = mois_comptes(inscrit, demande.campagne.exercice)
        if ligne is not None and periode is not None:
            ligne.comptes.create(apprenant_id=inscrit.apprenant, personne=inscrit.personne, periode=periode)


def comptes(demande: Demande) -> QuerySet[ApprenantCompte]:
    """Return the learners behind a request."""
    modele: Any = apps.get_model("financements.ApprenantCompte")
    trouves: QuerySet[ApprenantCompte] = modele.objects.filter(ligne__demande=demande.pk).order_by("id")
    return trouves


def comptes_ailleurs(demande: Demande) -> QuerySet[ApprenantCompte]:
    """Return those of this request whom another one counts too, for a month of theirs.

    ``paye``: the State already pays for one of these months there.
    """
    siens = comptes(demande)
    autres = siens.model.objects.filter(
        personne=OuterRef("personne"), periode__overlap=OuterRef("periode")
    ).exclude(ligne__demande=demande.pk)
    comptent = autres.filter(Q(retenu=True) | ~Q(ligne__demande__etat__in=_NE_COMPTENT_PAS))
    return siens.filter(Exists(comptent)).annotate(paye=Exists(autres.filter(retenu=True)))


@dataclass(frozen=True, slots=True)
class Comptage:
    """How many learners stand behind a request; those counted elsewhere too: key, line, paid there."""

    nombre: int
    doubles: tuple[tuple[UUID, UUID, bool], ...]


def questions(demande: Demande) -> dict[str, Any]:
    """Return in SQL what :class:`Comptage` holds."""
    nombre = comptes(demande).order_by().annotate(_tous=Value(1)).values("_tous").annotate(n=Count("pk"))
    double = JSONObject(cle="id", ligne="ligne_id", paye="paye")
    return {
        "nombre": Coalesce(Subquery(nombre.values("n")), 0),
        "doubles": ArraySubquery(comptes_ailleurs(demande).values(json=double)),
    }


def _compte(demande: Demande) -> Comptage:
    lus = valeurs_de(demande, questions)
    doubles = ((UUID(lu["cle"]), UUID(lu["ligne"]), lu["paye"]) for lu in lus["doubles"])
    return Comptage(lus["nombre"], tuple(doubles))


def constat_doubles(demande: Demande) -> list[str] | None:
    """F12 as an officer reads it: a count, and opaque numbers."""
    lu = _compte(demande)
    if not lu.nombre:
        return None
    if not lu.doubles:
        return []
    modele = comptes(demande).model
    numeros = ", ".join(str(modele(pk=cle)) for cle, _, _ in lu.doubles)
    return [f"{_eleves(len(lu.doubles))} ailleurs ({numeros})."]


def _eleves(nombre: int) -> str:
    return f"{nombre} élèves comptés" if nombre > 1 else f"{nombre} élève compté"


def constat_ages(demande: Demande) -> list[str] | None:
    """How many entered outside the ordinary ages, each age once; no name, no date."""
    if not _compte(demande).nombre:
        return None
    siens = comptes(demande).filter(apprenant__anonyme_le__isnull=True)
    entree = Inscription.objects.filter(personne=OuterRef("personne")).order_by().values("personne")
    lus = list(
        siens.annotate(entree=entree.annotate(n=Min("du")).values("n")).values_list(
            "apprenant__ne_le", "entree"
        )
    )
    if not lus:
        return None
    ages = Counter(age_le(ne_le, jour) for ne_le, jour in lus if ne_le and jour)
    premier, dernier = AGES_ORDINAIRES
    return [
        f"{nombre} {'élèves avaient' if nombre > 1 else 'élève avait'} {age} ans à l'entrée."
        for age, nombre in sorted(ages.items())
        if not premier <= age <= dernier
    ]


def noms_des_doubles(demande: Demande) -> list[str]:
    """The same for the school: its own learners by their names, and nothing of the other school."""
    doubles = comptes_ailleurs(demande).filter(apprenant__isnull=False).select_related("apprenant")
    return [f"{compte.apprenant} est compté aussi dans la demande d'une autre école." for compte in doubles]


def rapprochement(demande: Demande) -> str:
    """Say under the computation what the numbers rest on."""
    if not (nombre := _compte(demande).nombre):
        return "Effectif déclaré, non rapproché."
    demandes = sum(ligne.effectif_demande for ligne in lignes_de(demande))
    return f"Effectif rapproché des inscriptions : {nombre} élèves inscrits pour {demandes} demandés."


def eleves_libres(demande: Demande, _contexte: Contexte) -> Iterable[str]:
    """Row 6: nobody is retained whom another decision pays for."""
    pris = Counter(ligne for _, ligne, paye in _compte(demande).doubles if paye)
    for ligne in lignes_de(demande):
        libres = ligne.effectif_demande - pris[ligne.pk]
        if pris[ligne.pk] and (ligne.effectif_retenu or 0) > libres:
            yield f"{ligne} : {_eleves(pris[ligne.pk])} ailleurs ; retenez {libres} au plus."


def retenir(demande: Demande) -> None:
    """Mark as many learners as are retained, those whom nobody else counts first.

    Raises :class:`TransitionRefusee` when another proposal took one of them in between.
    """
    ailleurs = _compte(demande).doubles
    doubles, pris = {cle for cle, _, _ in ailleurs}, {cle for cle, _, paye in ailleurs if paye}
    a_retenir: list[UUID] = []
    for ligne in demande.lignes.order_by("id"):
        libres = [cle for cle in ligne.comptes.order_by("id").values_list("pk", flat=True) if cle not in pris]
        libres.sort(key=lambda cle: cle in doubles)
        a_retenir += libres[: ligne.effectif_retenu or 0]
    try:
        with transaction.atomic():
            comptes(demande).filter(pk__in=a_retenir).order_by().update(retenu=True)
    except IntegrityError as erreur:
        if "compte_une_fois_par_mois" not in str(erreur):
            raise
        refus = "Un élève vient d'être compté ailleurs : une autre proposition est passée avant celle-ci."
        raise TransitionRefusee([refus]) from erreur


def liberer(demande: Demande) -> None:
    """Nobody is retained any more: these months may be counted elsewhere."""
    comptes(demande).filter(retenu=True).order_by().update(retenu=False)


def liberer_la_suite(demande: Demande) -> None:
    """A decision that ends keeps its months until this one; the next may be counted elsewhere."""
    fin = (aujourdhui().replace(day=1) + timedelta(days=32)).replace(day=1)
    for compte in _qui_depassent(demande, fin):
        if compte.periode.lower >= fin:
            compte.retenu = False
        else:
            compte.periode = (compte.periode.lower, fin)
        compte.save()


def _qui_depassent(demande: Demande, fin: date) -> Iterator[ApprenantCompte]:
    retenus = comptes(demande).filter(retenu=True)
    return (compte for compte in list(retenus) if compte.periode.upper > fin)
