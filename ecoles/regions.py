"""Regions for families: the map, its twin list, and the page of one region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.urls import reverse

from ecoles.carte import contours
from ecoles.diplomes import pluriel
from ecoles.facettes import Selection, Trouvailles, chercher
from ecoles.models import Ecole
from ecoles.presentation import CarteEcole, charger
from ecoles.toponymes import de_commune, en_region
from reseau.models import Commune, Region
from reseau.requetes import plier

if TYPE_CHECKING:
    from datetime import date

# From how many schools on a region takes a darker colour.
_SEUILS = (1, 4, 8)


@dataclass(frozen=True, slots=True)
class RegionAffichee:
    """A region on the map, as a tile, and in the list."""

    nom: str
    adresse: str
    nb: int
    classe: str
    nb_texte: str
    nb_court: str
    texte: str
    ici: bool
    d: str
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class CarteRegions:
    """Every region: those of the map, those of the tiles, and all of them by name."""

    metropole: tuple[RegionAffichee, ...]
    outremer: tuple[RegionAffichee, ...]
    toutes: tuple[RegionAffichee, ...]
    total: int


@dataclass(frozen=True, slots=True)
class PageRegion:
    """What ``ecoles/region.html`` shows."""

    nom: str
    titre: str
    etapes: tuple[tuple[str, str], ...]
    phrase: str
    ecoles: list[CarteEcole]
    titre_proches: str
    proches: list[CarteEcole]
    carte: CarteRegions
    toutes: str
    nom_service: str


def _afficher(region: Region, nb: int, ici: str) -> RegionAffichee:
    contour = contours().get(region.code, {"d": "", "x": "", "y": ""})
    nb_texte = pluriel(nb, "école") if nb else "pas encore d’école"
    return RegionAffichee(
        nom=region.nom,
        adresse=reverse("ecoles:region", args=[region.slug]),
        nb=nb,
        classe=f"n{sum(nb >= seuil for seuil in _SEUILS)}",
        nb_texte=nb_texte,
        nb_court=nb_texte if nb else "aucune",
        texte=f"{region.nom} : {nb_texte}",
        ici=region.code == ici,
        **contour,
    )


def carte_des_regions(nombres: dict[str, int], regions: list[Region], ici: str = "") -> CarteRegions:
    """Return the map; ``nombres`` are schools by region code, ``ici`` the code of the region to show."""
    affichees = [_afficher(region, nombres.get(region.code, 0), ici) for region in regions]
    affichees.sort(key=lambda r: plier(r.nom))
    return CarteRegions(
        metropole=tuple(r for r in affichees if r.d),
        outremer=tuple(r for r in affichees if not r.d),
        toutes=tuple(affichees),
        total=sum(nombres.values()),
    )


def compter_par_region() -> dict[str, int]:
    """Number of public schools by region code, in one query."""
    lignes = (
        Ecole.objects.publiques()
        .order_by()
        .values_list("commune__departement__region")
        .annotate(nb=Count("pk"))
    )
    return dict(lignes)


def _depart(region: Region) -> Commune | None:
    return (
        Commune.objects.filter(departement__region=region, latitude__isnull=False)
        .order_by("-population")
        .first()
    )


def page_region(region: Region, regions: list[Region], jour: date) -> PageRegion:
    """Return the page of a region, one of ``regions``: its schools, or the nearest to its largest town."""
    trouvailles = chercher(Selection(regions=(region.slug,)))
    nombres = {r.code: f.nb for r in regions for f in trouvailles.regions if f.code == r.slug}
    carte = carte_des_regions(nombres, regions, region.code)
    titre_proches, proches = "", []
    if trouvailles.total == 0:
        titre_proches, trouvailles = _les_plus_proches(region)
    cartes = charger(trouvailles.ecoles or trouvailles.ailleurs, jour)
    if titre_proches:
        proches, cartes = cartes, []
    nb = nombres.get(region.code, 0)
    return PageRegion(
        nom=region.nom,
        titre=f"Écoles de production {en_region(region.nom)}",
        etapes=(("Toutes les écoles", reverse("ecoles:liste")),),
        phrase=_phrase(region, nb),
        ecoles=cartes,
        titre_proches=titre_proches,
        proches=proches,
        carte=carte,
        toutes=f"{reverse('ecoles:liste')}?region={region.slug}" if nb > len(cartes) else "",
        nom_service=region.service.nom,
    )


def _les_plus_proches(region: Region) -> tuple[str, Trouvailles]:
    depart = _depart(region)
    if depart is None:
        return "D’autres écoles", chercher(Selection(limite=5))
    ou = Selection(latitude=float(depart.latitude or 0), longitude=float(depart.longitude or 0), limite=5)
    trouvailles = chercher(ou)
    return (f"Les écoles les plus proches {de_commune(depart.nom)}" if trouvailles.total else ""), trouvailles


def _phrase(region: Region, nb: int) -> str:
    if nb == 0:
        return f"Il n’y a pas encore d’école de production {en_region(region.nom)}."
    return f"{pluriel(nb, 'école')}. Touchez une autre région de la carte pour voir les siennes."
