"""May this learner do this work on this day? Pure functions: dates in, refusals out.

Code du travail, articles D4153-15 to D4153-37 (forbidden and regulated works), R4153-38 to R4153-45
(derogations) and D4153-3, L3162-1, L3162-2 (durations). The database repeats these rules for every validated
minute (``commandes.models.declencheurs``): change both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Self

from reseau.francais import de
from reseau.nombres import montrer_date, montrer_duree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from ecoles.models import TravailReglemente

MAJORITE = 18
DUREE_DECLARATION = 3  # years, sending day included (R4153-41)
NOMS_GARDES = 365  # days after which those who left have no name any more
AGE_SEPT_HEURES = 16
MINUTES_JOUR, MINUTES_JOUR_MOINS_DE_16, MINUTES_SEMAINE = 480, 420, 2_100
_SEUIL_ALERTE = 80  # per cent of a cap


class Refus(str):
    """A sentence that says why not; ``piece`` names what would change it ("avis"), or is empty."""

    __slots__ = ("piece",)
    piece: str

    def __new__(cls, phrase: str, piece: str = "") -> Self:
        """Spell it."""
        refus = super().__new__(cls, phrase)
        refus.piece = piece
        return refus


@dataclass(frozen=True)
class Avis:
    """A medical opinion: fit or not, from day to day inclusive."""

    apte: bool
    du: date
    au: date


@dataclass(frozen=True)
class Formation:
    """Safety training for one work: given, then assessed or not yet."""

    donnee_le: date
    evaluee_le: date | None = None


@dataclass(frozen=True)
class Declaration:
    """A declaration of the school: the day it was sent, and the day it was withdrawn, if ever."""

    envoyee_le: date
    retiree_le: date | None = None

    @property
    def fin(self) -> date:
        """The first day that it no longer covers."""
        fin = fin_de_declaration(self.envoyee_le)
        return fin if self.retiree_le is None else min(fin, self.retiree_le)


@dataclass(frozen=True)
class Designation:
    """Somebody of the school named to supervise a work, from day to day inclusive."""

    utilisateur: UUID
    du: date
    au: date | None = None


@dataclass(frozen=True)
class Jeune:
    """What the rule knows of a learner; ``formations`` by code of work."""

    prenom: str
    ne_le: date
    avis: Sequence[Avis] = ()
    formations: Mapping[str, Formation] = field(default_factory=dict)


def age_le(ne_le: date, jour: date) -> int:
    """Return the age in full years on ``jour``; born on 29 February, one ages on 1 March."""
    passe = (jour.month, jour.day) >= (ne_le.month, ne_le.day)
    return jour.year - ne_le.year - (0 if passe else 1)


def fin_de_declaration(envoyee_le: date) -> date:
    """Return the first day that a declaration no longer covers, three years after it was sent."""
    annee = envoyee_le.year + DUREE_DECLARATION
    try:
        return envoyee_le.replace(year=annee)
    except ValueError:  # sent on 29 February: as PostgreSQL counts, 28 February
        return date(annee, 2, 28)


def designes(designations: Iterable[Designation], jour: date) -> set[UUID]:
    """Return who is named to supervise on that day."""
    return {d.utilisateur for d in designations if d.du <= jour and (d.au is None or jour <= d.au)}


def refus_de_travail(
    jeune: Jeune,
    travail: TravailReglemente,
    jour: date,
    declarations: Sequence[Declaration],
    *,
    encadre: bool,
) -> list[Refus]:
    """Return every reason why this learner may not do this work on this day, as sentences.

    ``declarations``: those that cover the work. ``encadre``: somebody :func:`designes` was there.
    An adult on the day is allowed; an absolute prohibition has no remedy and is told alone.
    """
    age = age_le(jeune.ne_le, jour)
    if age >= MAJORITE:
        return []
    if not travail.derogeable:
        return [
            Refus(
                f"« {travail.libelle} » est interdit avant 18 ans, sans dérogation possible "
                f"(article {travail.article} du code du travail) : {jeune.prenom} a {age} ans."
            )
        ]
    refus = []
    if age < travail.age_minimal:
        refus.append(
            Refus(
                f"« {travail.libelle} » demande {travail.age_minimal} ans au moins "
                f"(article {travail.article} du code du travail) : {jeune.prenom} a {age} ans."
            )
        )
    refus += _refus_de_declaration(travail, jour, declarations)
    refus += _refus_d_avis(jeune, jour)
    refus += _refus_de_formation(jeune, travail, jour)
    return refus + _refus_d_encadrement(travail, encadre=encadre)


def refus_de_l_ecole(
    travail: TravailReglemente, jour: date, declarations: Sequence[Declaration], *, encadre: bool
) -> list[Refus]:
    """Return what the school itself lacks for a derogable work, whoever the learner."""
    manques = _refus_de_declaration(travail, jour, declarations)
    return manques + _refus_d_encadrement(travail, encadre=encadre)


def _refus_d_encadrement(travail: TravailReglemente, *, encadre: bool) -> list[Refus]:
    if encadre:
        return []
    phrase = f"Il manque une personne désignée pour encadrer « {travail.libelle} » ce jour-là."
    return [Refus(phrase, "encadrant")]


def _refus_de_declaration(
    travail: TravailReglemente, jour: date, declarations: Sequence[Declaration]
) -> list[Refus]:
    if any(d.envoyee_le <= jour < d.fin for d in declarations):
        return []
    piece = f"Il manque la déclaration de dérogation de l'école pour « {travail.libelle} »"
    passees = [d.fin for d in declarations if d.fin <= jour]
    phrase = f"{piece} (finie le {montrer_date(max(passees))})." if passees else f"{piece}."
    return [Refus(phrase, "declaration")]


def _refus_d_avis(jeune: Jeune, jour: date) -> list[Refus]:
    """The latest opinion that holds on the day decides; of two on one day, the unfit one."""
    valables = [avis for avis in jeune.avis if avis.du <= jour <= avis.au]
    if valables:
        dernier = max(valables, key=lambda avis: (avis.du, not avis.apte))
        inapte = f"Le dernier avis médical {de(jeune.prenom)} est « inapte »."
        return [] if dernier.apte else [Refus(inapte, "avis")]
    piece = f"Il manque l'avis d'aptitude {de(jeune.prenom)}"
    passes = [avis.au for avis in jeune.avis if avis.au < jour]
    phrase = f"{piece} (fini le {montrer_date(max(passes))})." if passes else f"{piece}."
    return [Refus(phrase, "avis")]


def _refus_de_formation(jeune: Jeune, travail: TravailReglemente, jour: date) -> list[Refus]:
    formation = jeune.formations.get(travail.code)
    pour = f"{de(jeune.prenom)} pour « {travail.libelle} »"
    if formation is None or formation.donnee_le > jour:
        return [Refus(f"Il manque la formation à la sécurité {pour}.", "formation")]
    if formation.evaluee_le is None or formation.evaluee_le > jour:
        return [Refus(f"Il manque l'évaluation de la formation à la sécurité {pour}.", "formation")]
    return []


def refus_de_date_d_inspection(jour: date, aujourd_hui: date) -> str:
    """Return why no file can be made of that day, or nothing: it would be a guess, or leave people out."""
    if jour > aujourd_hui:
        return "Cette date est dans le futur : le dossier dit ce qui est vrai, pas ce qui le sera."
    if jour < aujourd_hui - timedelta(days=NOMS_GARDES):
        return "Cette date a plus d'un an : les noms des jeunes partis depuis sont déjà effacés."
    return ""


def plafond_du_jour(age: int) -> int:
    """Return the minutes a learner of ``age`` may work in a day."""
    return MINUTES_JOUR if age >= AGE_SEPT_HEURES else MINUTES_JOUR_MOINS_DE_16


def refus_de_duree(jeune: Jeune, jour: date, du_jour: int, de_la_semaine: int) -> list[Refus]:
    """Return the caps that these totals (minutes, the new ones included) overflow."""
    refus = []
    plafond = plafond_du_jour(age_le(jeune.ne_le, jour))
    if du_jour > plafond:
        refus.append(
            Refus(
                f"{jeune.prenom} ferait {montrer_duree(du_jour)} ce jour-là : "
                f"c'est plus que {montrer_duree(plafond)}.",
                "duree",
            )
        )
    if de_la_semaine > MINUTES_SEMAINE:
        refus.append(
            Refus(
                f"{jeune.prenom} ferait {montrer_duree(de_la_semaine)} cette semaine-là : "
                f"c'est plus que {montrer_duree(MINUTES_SEMAINE)}.",
                "duree",
            )
        )
    return refus


def alertes_de_duree(jeune: Jeune, jour: date, du_jour: int, de_la_semaine: int) -> list[str]:
    """Return the caps that these totals come near to (80 % and more), without passing them."""
    caps = (
        (du_jour, plafond_du_jour(age_le(jeune.ne_le, jour)), "ce jour-là"),
        (de_la_semaine, MINUTES_SEMAINE, "cette semaine-là"),
    )
    return [
        f"{jeune.prenom} arrive à {montrer_duree(total)} {quand}, pour {montrer_duree(plafond)} au plus."
        for total, plafond, quand in caps
        if plafond >= total >= plafond * _SEUIL_ALERTE // 100
    ]
