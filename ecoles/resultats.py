"""What became of the learners of a school, told as people; nothing below five, nor anything that gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoles.anonymat import SEUIL, a_montrer, total_montrable
from ecoles.models import Resultat
from reseau.nombres import INSECABLE, montrer_date

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFINITIONS = {
    "examen": "Jeunes reçus, parmi ceux que l’école a présentés à l’examen cette année-là.",
    "devenir": "Ce que faisaient, six mois après, les jeunes sortis de l’école cette année-là.",
}
TITRES = {"examen": "À l’examen", "devenir": "Et après ?"}
PHRASE_CACHEE = f"Un chiffre qui porte sur moins de {SEUIL} jeunes n’est pas montré."


@dataclass(frozen=True, slots=True)
class LigneResultat:
    """One cohort in words: whom it is about, the sentence, where it comes from."""

    diplome: str
    phrase: str
    source: str


@dataclass(frozen=True, slots=True)
class BlocResultats:
    """One indicator, for the last year that the school declared."""

    titre: str
    definition: str
    lignes: tuple[LigneResultat, ...]
    cachees: str


def resultats_de(ecole: Any) -> tuple[BlocResultats, ...]:
    """Return what families may read of a school's results: the last year of each indicator. One query."""
    declares = list(
        Resultat.objects.filter(ecole=ecole).select_related("titre").order_by("-annee", "titre__intitule")
    )
    blocs = []
    for indicateur in ("examen", "devenir"):
        siens = [r for r in declares if r.indicateur == indicateur]
        if siens:
            blocs.append(_bloc(indicateur, [r for r in siens if r.annee == siens[0].annee]))
    return tuple(blocs)


def _bloc(indicateur: str, resultats: list[Resultat]) -> BlocResultats:
    montres = montrables(resultats)
    return BlocResultats(
        titre=TITRES[indicateur],
        definition=DEFINITIONS[indicateur],
        lignes=tuple(_ligne(r) for r in resultats if r in montres),
        cachees="" if len(montres) == len(resultats) else PHRASE_CACHEE,
    )


def montrables(resultats: Iterable[Resultat]) -> set[Resultat]:
    """Keep the cohorts that may be shown, of one indicator and one year.

    Diplomas that the school did not declare apart are the part that remains of the total.
    """
    par_titre = {r.titre_id: r for r in resultats}
    total = par_titre.pop(None, None)
    parts: dict[Any, int] = {cle: r.effectif for cle, r in par_titre.items()}
    reste = total.effectif - sum(parts.values()) if total else 0
    if parts and reste > 0:
        parts[None] = reste
    gardes = {par_titre[cle] for cle in a_montrer(parts, total_public=total is not None) if cle is not None}
    if total and total.effectif >= SEUIL and (not parts or total_montrable(parts)):
        gardes.add(total)
    return gardes


def _ligne(resultat: Resultat) -> LigneResultat:
    return LigneResultat(
        diplome=str(resultat.titre) if resultat.titre else "Tous les diplômes de l’école",
        phrase=en_mots(resultat),
        source=f"Déclaré par l’école le {montrer_date(resultat.declare_le)}. Source : {resultat.source}.",
    )


def en_mots(resultat: Resultat) -> str:
    """Tell a cohort as people: "12 jeunes sortis en 2025 : 6 en emploi, 4 en formation…"."""
    s = "s" if resultat.effectif > 1 else ""
    qui = f"{resultat.effectif}{INSECABLE}jeune{s}"
    if resultat.indicateur == Resultat.Indicateur.EXAMEN:
        recus = f"{resultat.recus} reçu{'s' if (resultat.recus or 0) > 1 else ''}"
        return f"{qui} présenté{s} en {resultat.annee}{INSECABLE}: {recus}."
    situations = (
        (resultat.en_emploi, "en emploi", "en emploi"),
        (resultat.en_formation, "en formation", "en formation"),
        (resultat.en_recherche, "cherche", "cherchent"),
        (resultat.inconnus, "dont on ne sait rien", "dont on ne sait rien"),
    )
    mots = [f"{nombre} {un if nombre == 1 else plusieurs}" for nombre, un, plusieurs in situations if nombre]
    return f"{qui} sorti{s} en {resultat.annee}{INSECABLE}: {', '.join(mots)}."
