"""What a school teaches, in words: titles inside parcours, places with the day they were counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ecoles.regles_parcours import places_a_verifier
from reseau.nombres import MOIS

INSECABLE = "\N{NO-BREAK SPACE}"
NB_PARCOURS_CARTE = 2
_TYPES = {"CAP": "CAP", "CAPA": "CAP agricole", "BAC_PRO": "bac pro"}


@dataclass(frozen=True, slots=True)
class EtapeLue:
    """A step: its title in words, its length, when the title closes and what follows it."""

    genre: str
    intitule: str
    duree: str
    niveau: int
    ferme_le: date | None
    remplace_par: str

    @property
    def texte(self) -> str:
        """Return "CAP Métallier"."""
        return f"{self.genre} {self.intitule}"


@dataclass(frozen=True, slots=True)
class ParcoursLu:
    """A parcours that a school offers; ``mois`` in all, steps in order."""

    etapes: tuple[EtapeLue, ...]
    mois: int
    capacite: int | None
    places: int | None
    places_le: date | None
    mois_entree: tuple[int, ...]
    en_cours_d_annee: str

    @property
    def court(self) -> str:
        """Return "CAP Métallier, 2 ans, puis bac pro, 1 an"."""
        premiere, *suite = self.etapes
        debut = f"{premiere.texte}, {premiere.duree}"
        return ", puis ".join([debut, *(f"{etape.genre}, {etape.duree}" for etape in suite)])

    def ouvert_le(self, jour: date) -> bool:
        """Whether somebody may begin on ``jour``: the first title has not closed."""
        fin = self.etapes[0].ferme_le
        return fin is None or jour <= fin


def jour_court(jour: date) -> str:
    """Return "12/10/2026"."""
    return f"{jour:%d/%m/%Y}"


def duree_en_mots(mois: int) -> str:
    """Return "2 ans", or "18 mois" when it is not a whole number of years."""
    ans, reste = divmod(mois, 12)
    if reste or not ans:
        return f"{mois}{INSECABLE}mois"
    return f"{ans}{INSECABLE}an{'s' if ans > 1 else ''}"


def pluriel(nombre: int, mot: str) -> str:
    """Return "1 école", "3 écoles" (French: zero is singular)."""
    return f"{nombre}{INSECABLE}{mot}{'s' if nombre > 1 else ''}"


def _jour(texte: str | None) -> date | None:
    return date.fromisoformat(texte) if texte else None


def _etape(ligne: dict[str, Any]) -> EtapeLue:
    return EtapeLue(
        genre=_TYPES[ligne["type"]],
        intitule=ligne["intitule"],
        duree=duree_en_mots(ligne["mois"]),
        niveau=ligne["niveau"],
        ferme_le=_jour(ligne["ferme_le"]),
        remplace_par=ligne["remplace_par"] or "",
    )


def parcours_lus(lignes: list[dict[str, Any]]) -> list[ParcoursLu]:
    """Return the parcours of these rows: one a step, in order, each with the facts of its offer."""
    par_code: dict[str, list[dict[str, Any]]] = {}
    for ligne in lignes:
        par_code.setdefault(ligne["parcours"], []).append(ligne)
    return [
        ParcoursLu(
            etapes=tuple(_etape(ligne) for ligne in suite),
            mois=sum(ligne["mois"] for ligne in suite),
            capacite=suite[0]["capacite"],
            places=suite[0]["places"],
            places_le=_jour(suite[0]["places_le"]),
            mois_entree=tuple(suite[0].get("mois_entree") or ()),
            en_cours_d_annee=suite[0].get("en_cours") or "",
        )
        for suite in par_code.values()
    ]


def encore_ouverts(liste: list[ParcoursLu], jour: date) -> list[ParcoursLu]:
    """Return those that one may begin; all of them when none is."""
    return [parcours for parcours in liste if parcours.ouvert_le(jour)] or liste


def parcours_en_mots(liste: list[ParcoursLu], jour: date) -> str:
    """Return the first parcours with their lengths, and how many more there are; nothing without any."""
    textes = [parcours.court for parcours in encore_ouverts(liste, jour)]
    reste = len(textes) - NB_PARCOURS_CARTE
    debut = f"{INSECABLE}; ".join(textes[:NB_PARCOURS_CARTE])
    return debut if reste <= 0 else f"{debut}{INSECABLE}; et {pluriel(reste, 'autre')}"


def places_en_mots(liste: list[ParcoursLu], jour: date) -> str:
    """Answer "prend encore des jeunes ?" with the day it was said; old answers are to be checked."""
    dates = [parcours.places_le for parcours in liste if parcours.places_le is not None]
    if not dates:
        return "demandez à l’école"
    dit_le = max(dates)
    if places_a_verifier(dit_le, jour):
        return f"à vérifier (dernière réponse le {jour_court(dit_le)})"
    places = sum(parcours.places or 0 for parcours in liste if parcours.places_le == dit_le)
    return f"{'oui' if places else 'non'}, dit le {jour_court(dit_le)}"


def places_du_parcours(parcours: ParcoursLu, jour: date) -> str:
    """Return "3 places libres, mises à jour le …", "places à vérifier…", or nothing."""
    if parcours.places_le is None or parcours.places is None:
        return ""
    le = jour_court(parcours.places_le)
    if places_a_verifier(parcours.places_le, jour):
        return f"places à vérifier : le dernier compte date du {le}"
    if not parcours.places:
        return f"plus de place, mis à jour le {le}"
    s = "s" if parcours.places > 1 else ""
    return f"{parcours.places}{INSECABLE}place{s} libre{s}, mise{s} à jour le {le}"


def entrees_en_mots(parcours: ParcoursLu) -> str:
    """Return "on entre en septembre ou en janvier, et en cours d’année", or nothing."""
    mois = " ou ".join(f"en {MOIS[numero - 1]}" for numero in parcours.mois_entree)
    en_cours = {"oui": "et en cours d’année", "non": "pas en cours d’année"}.get(parcours.en_cours_d_annee)
    if not mois:
        return {"oui": "on peut entrer en cours d’année", "non": "on n’entre pas en cours d’année"}.get(
            parcours.en_cours_d_annee, ""
        )
    return ", ".join(filter(None, (f"on entre {mois}", en_cours)))
