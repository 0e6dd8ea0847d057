"""Where somebody lives, from what they typed: "st etienne", 75011, 2A, "Lyon CEDEX 03", Saint-Denis.

Nothing is guessed in silence: homonyms are offered, a doubt is said in a sentence.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.postgres.search import TrigramSimilarity
from django.core.cache import caches
from django.db.models import Case, F, Func, IntegerField, Q, QuerySet, TextField, Value, When

from ecoles.saisies import NB_ARTICLES, Saisie, candidats_de, lire_saisie, nettoyer
from ecoles.toponymes import de_commune
from reseau.models import AncienneCommune, Commune, Departement
from reseau.requetes import plier

if TYPE_CHECKING:
    from collections.abc import Sequence

NB_CHOIX = 12
NB_SUGGESTIONS = 5
# At least this much of the letters in common before a name is proposed for a misspelt one.
RESSEMBLANCE = 0.35
# A town of this size is never taken for the departement of the same name.
GRANDE_VILLE = 100_000


@dataclass(frozen=True, slots=True)
class Lieu:
    """A point of departure: INSEE code, name as shown, degrees, and what must be said about it."""

    code: str
    nom: str
    departement: str
    latitude: float
    longitude: float
    phrase: str = ""

    @property
    def texte(self) -> str:
        """The name with its departement, "Lyon (69)"."""
        return f"{self.nom} ({self.departement})"


@dataclass(frozen=True, slots=True)
class Resolution:
    """Either a place, or choices (INSEE code, text) with their title, or a sentence that says why not."""

    lieu: Lieu | None = None
    erreur: str = ""
    titre: str = ""
    choix: tuple[tuple[str, str], ...] = ()


def _lieu(commune: Commune, phrase: str = "") -> Lieu:
    return Lieu(
        commune.code,
        commune.nom,
        commune.departement_id,
        float(commune.latitude or 0),
        float(commune.longitude or 0),
        phrase,
    )


def _communes() -> QuerySet[Commune]:
    return Commune.objects.filter(latitude__isnull=False).select_related("departement__region")


def _proposer(titre: str, communes: Sequence[Commune], erreur: str = "") -> Resolution:
    choix = tuple((c.code, f"{c.nom} ({c.departement_id}, {c.departement.nom})") for c in communes[:NB_CHOIX])
    return Resolution(erreur=erreur, titre=titre if choix else "", choix=choix)


def par_code(code: str) -> Lieu | None:
    """Return the commune with this INSEE code, or nothing."""
    if not re.fullmatch(r"[0-9AB]{5}", code):
        return None
    commune = _communes().filter(pk=code).first()
    return _lieu(commune) if commune else None


def _par_code_postal(saisie: Saisie) -> Resolution:
    communes = list(_communes().filter(codes_postaux__contains=[saisie.code_postal]).order_by("-population"))
    # A district is nearer to the truth than the whole of Paris, Lyon or Marseille.
    quartiers = [c for c in communes if c.nom.endswith("Arrondissement")]
    retenues = quartiers or communes
    if saisie.nom:
        candidats = candidats_de(saisie.nom)
        retenues = [c for c in communes if c.recherche in candidats] or retenues
    if not retenues:
        return _code_postal_inconnu(saisie)
    phrase = saisie.phrase
    if len(retenues) > 1:
        phrase = (
            f"{phrase} Le code postal {saisie.code_postal} réunit {len(retenues)} communes : "
            f"nous partons {de_commune(retenues[0].nom)}, la plus peuplée."
        ).strip()
    return Resolution(_lieu(retenues[0], phrase))


def _code_postal_inconnu(saisie: Saisie) -> Resolution:
    code = saisie.code_postal
    departement = code[:3] if code.startswith("97") else code[:2]
    if saisie.nom:
        sans_code = Saisie(saisie.nom, "", departement, saisie.precision, saisie.cedex)
        return _par_nom(sans_code)
    communes = list(_communes().filter(departement=departement).order_by("-population")[:NB_SUGGESTIONS])
    if saisie.cedex:
        erreur = f"{code} est un code CEDEX, réservé au courrier des entreprises. Écrivez le nom de la ville."
    else:
        erreur = (
            f"Aucune commune de France n’a le code postal {code}. Vérifiez-le, ou écrivez le nom de la ville."
        )
    return _proposer("Les plus grandes villes de ce département", communes, erreur)


def _par_departement(saisie: Saisie) -> Resolution:
    commune = _communes().filter(departement=saisie.departement).order_by("-population").first()
    if commune is None:
        return Resolution(erreur=f"Le département {saisie.departement} n’existe pas.")
    return Resolution(
        _lieu(
            commune,
            f"Vous avez écrit le département {saisie.departement} ({commune.departement.nom}) : "
            f"nous partons {de_commune(commune.nom)}, sa plus grande commune.",
        )
    )


def _restreindre(communes: Sequence[Commune], saisie: Saisie) -> list[Commune]:
    """Keep the departement that was written after the name, when it leaves something."""

    def convient(commune: Commune) -> bool:
        departement = commune.departement
        noms = (plier(departement.nom), plier(departement.region.nom), departement.code.lower())
        dit = saisie.precision.removeprefix("la ")
        return (bool(saisie.departement) and commune.departement_id == saisie.departement) or (
            bool(dit) and dit in (n.removeprefix("la ") for n in noms)
        )

    return [c for c in communes if convient(c)] or list(communes)


def _par_nom(saisie: Saisie) -> Resolution:
    candidats = candidats_de(saisie.nom)
    litteral = Case(
        *[When(recherche=nom, then=Value(rang)) for rang, nom in enumerate(candidats)],
        output_field=IntegerField(),
    )
    trouvees = list(
        _communes().filter(recherche__in=candidats).annotate(rang=litteral).order_by("rang", "-population")
    )
    # "Havre" finds Le Havre, but only when no commune is called Havre.
    exactes = [c for c in trouvees if c.recherche in candidats[: len(candidats) - NB_ARTICLES]]
    communes = _restreindre(exactes or trouvees, saisie)
    departement = (
        _departement_nomme(candidats) if not exactes or exactes[0].population < GRANDE_VILLE else None
    )
    if departement and not saisie.departement:
        return _departement_ou_commune(departement, communes)
    if len(communes) == 1:
        return Resolution(_lieu(communes[0], saisie.phrase))
    if communes:
        titre = f"Plusieurs communes s’appellent {communes[0].nom}. Laquelle est la vôtre ?"
        return _proposer(titre, sorted(communes, key=lambda c: -c.population))
    return _ancienne(candidats) or _inconnu(saisie.nom)


def _departement_nomme(candidats: list[str]) -> Departement | None:
    plie = Func(F("nom"), function="edp_plier", output_field=TextField())
    return Departement.objects.annotate(plie=plie).filter(plie__in=candidats).first()


def _departement_ou_commune(departement: Departement, communes: Sequence[Commune]) -> Resolution:
    """Offer both: "La Réunion" is a departement, and a village of Lot-et-Garonne."""
    resolution = _par_departement(Saisie("", "", departement.code, "", cedex=False))
    if not communes or resolution.lieu is None:
        return resolution
    choix = (
        (resolution.lieu.code, f"Le département {departement.nom} ({departement.code})"),
        *_proposer("", communes).choix,
    )
    return Resolution(titre="Un département et une commune portent ce nom. Lequel ?", choix=choix)


def _ancienne(candidats: list[str]) -> Resolution | None:
    ancienne = (
        AncienneCommune.objects.filter(recherche__in=candidats)
        .select_related("commune__departement__region")
        .first()
    )
    if ancienne is None:
        return None
    phrase = f"{ancienne.nom} fait aujourd’hui partie de {ancienne.commune.nom}."
    return Resolution(_lieu(ancienne.commune, phrase))


def _inconnu(nom: str) -> Resolution:
    proches = list(
        _communes()
        .filter(Q(recherche__startswith=nom) | Q(recherche__trigram_similar=nom))
        .annotate(ressemblance=TrigramSimilarity(F("recherche"), nom))
        .filter(Q(recherche__startswith=nom) | Q(ressemblance__gte=RESSEMBLANCE))
        .order_by("-ressemblance", "-population")[:NB_SUGGESTIONS]
    )
    return _proposer("Vouliez-vous dire…", proches, "introuvable")


def resoudre(texte: str) -> Resolution:
    """Return the place written in ``texte``, the choices to offer, or the sentence of the refusal.

    What was understood is remembered for an hour by this process; what was not is never kept.
    """
    propre = nettoyer(texte)
    cle = "lieu:" + hashlib.sha256(propre.encode(errors="replace")).hexdigest()
    connue: Resolution | None = caches["memoire"].get(cle)
    if connue is None:
        connue = _resoudre(propre)
        if not connue.erreur:
            caches["memoire"].set(cle, connue, 3600)
    return connue


def _resoudre(propre: str) -> Resolution:
    saisie = lire_saisie(propre)
    if saisie.code_postal:
        return _par_code_postal(saisie)
    if saisie.departement and not saisie.nom:
        return _par_departement(saisie)
    if saisie.nom.replace(" ", "").isdigit():
        return Resolution(erreur="Un code postal a cinq chiffres, par exemple 42000.")
    if not re.search("[a-z]", saisie.nom):
        return Resolution(erreur="Écrivez le nom d’une ville ou un code postal.")
    resolution = _par_nom(saisie)
    if resolution.erreur == "introuvable":
        phrase = (
            f"Nous ne trouvons pas « {propre} » en France. Écrivez le nom de la commune ou son code postal."
        )
        return Resolution(erreur=phrase, titre=resolution.titre, choix=resolution.choix)
    return resolution
