"""What the address of the list asks: a place, filters, a page; what means nothing is set aside."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from ecoles.saisies import nettoyer

if TYPE_CHECKING:
    from django.http import QueryDict

ADRESSE = "/ecoles/"
RAYONS = (30, 50, 100, 200)
NIVEAUX = {"cap": (3, "CAP"), "bac-pro": (4, "Bac pro")}
_ALIAS_NIVEAU = {"3": "cap", "4": "bac-pro"}
_MOT = re.compile(r"[a-z0-9-]{1,60}")
_PAGE = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Criteres:
    """What the address asks, once read. ``ignores`` are (parameter, value) that mean nothing."""

    texte: str = ""
    commune: str = ""
    metiers: tuple[str, ...] = ()
    niveaux: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    rayon: int | None = None
    page: int = 1
    ignores: tuple[tuple[str, str], ...] = ()

    @property
    def filtree(self) -> bool:
        """Whether the page is one of the many possible lists, which search engines need not keep."""
        return bool(self.texte or self.commune or self.metiers or self.niveaux or self.regions or self.rayon)

    def adresse(self, **changements: object) -> str:
        """Return the address of the same list with these changes, from its first page."""
        autre = replace(self, **{"page": 1, **changements})  # type: ignore[arg-type]
        couples: list[tuple[str, str | int]] = [("lieu", autre.texte), ("commune", autre.commune)]
        couples += [("metier", v) for v in autre.metiers]
        couples += [("niveau", v) for v in autre.niveaux]
        couples += [("region", v) for v in autre.regions]
        couples += [("rayon", autre.rayon or ""), ("page", autre.page if autre.page > 1 else "")]
        requete = urlencode([(nom, valeur) for nom, valeur in couples if valeur != ""])
        return f"{ADRESSE}?{requete}" if requete else ADRESSE


def _mots(parametres: QueryDict, nom: str, ignores: list[tuple[str, str]]) -> tuple[str, ...]:
    valeurs = [v for v in parametres.getlist(nom) if v]
    bons = [v for v in valeurs if _MOT.fullmatch(v)]
    ignores.extend((nom, nettoyer(v)) for v in valeurs if v not in bons)
    return tuple(dict.fromkeys(bons))


def lire(parametres: QueryDict) -> Criteres:
    """Read the address. What means nothing is set aside in ``ignores``, never an error."""
    ignores: list[tuple[str, str]] = []
    niveaux = [_ALIAS_NIVEAU.get(v, v) for v in _mots(parametres, "niveau", ignores)]
    ignores.extend(("niveau", v) for v in niveaux if v not in NIVEAUX)
    rayon_lu = nettoyer(parametres.get("rayon", ""))
    rayon = int(rayon_lu) if rayon_lu in {str(r) for r in RAYONS} else None
    if rayon_lu and rayon is None:
        ignores.append(("rayon", rayon_lu))
    page_lue = nettoyer(parametres.get("page", ""))
    page = int(page_lue) if _PAGE.fullmatch(page_lue) else 1
    if page_lue and not (_PAGE.fullmatch(page_lue) and page):
        ignores.append(("page", page_lue))
    return Criteres(
        texte=nettoyer(parametres.get("lieu", "")),
        commune=nettoyer(parametres.get("commune", ""))[:5].upper(),
        metiers=_mots(parametres, "metier", ignores),
        niveaux=tuple(v for v in niveaux if v in NIVEAUX),
        regions=_mots(parametres, "region", ignores),
        rayon=rayon,
        page=max(page, 1),
        ignores=tuple(ignores),
    )
