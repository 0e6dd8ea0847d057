"""Sites of the fictional schools, their workshops, and the machines in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecoles.models import Atelier, DeclarationDerogation, Ecole, Machine, Site
from reseau.management.demonstration.ecoles import rang_de
from reseau.management.demonstration.hasard import tirage
from reseau.management.demonstration.versement import verser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

# What stands in a workshop of each trade, and the regulated work that using it is (nothing: none).
_PARCS = {
    "industrie": (
        ("Tour parallèle", "machines"),
        ("Fraiseuse", "machines"),
        ("Poste à souder TIG", "rayons_optiques"),
        ("Four de fusion", "fusion"),
        ("Marbre de contrôle", ""),
    ),
    "automobile": (("Pont élévateur", "levage"), ("Fontaine à solvant", "chimique"), ("Valise d'essai", "")),
    "batiment": (
        ("Cisaille guillotine", "machines"),
        ("Poste à souder MIG", "rayons_optiques"),
        ("Échafaudage roulant", "hauteur"),
    ),
    "bois": (("Scie à format", "machines"), ("Dégauchisseuse", "machines"), ("Établi double", "")),
    "restauration": (("Fourneau de six feux", ""), ("Chambre froide", "")),
    "terre": (("Tracteur avec chargeur", "levage"), ("Serre chauffée", "")),
}
_SURFACES = (180, 240, 320, 450)


def semer_lieux(graine: int) -> int:
    """Describe the site of each fictional school that has none; return how many."""
    declares = _travaux_declares()
    filieres = dict(Ecole.filieres.through.objects.values_list("ecole_id", "filiere_id"))
    ecoles = Ecole.objects.filter(fictive=True, sites=None).select_related("commune").order_by("siret")
    sites, ateliers, machines = [], [], []
    liens: list[tuple[UUID, str]] = []
    for ecole in ecoles:
        site = _site(ecole)
        surface = tirage(graine, "site", ecole.siret).choice(_SURFACES)
        atelier = Atelier(site=site, nom="Atelier principal", surface=surface)
        for machine, travail in _machines(atelier, filieres[ecole.pk]):
            machines.append(machine)
            if travail in declares.get(ecole.pk, ()):
                liens.append((machine.pk, travail))
        sites.append(site)
        ateliers.append(atelier)
    verser(Site, sites)
    verser(Atelier, ateliers)
    verser(Machine, machines)
    lien = Machine.travaux.through
    verser(lien, [lien(machine_id=machine, travailreglemente_id=travail) for machine, travail in liens])
    return len(sites)


def _site(ecole: Ecole) -> Site:
    """The only site of a school; one school in eleven shows what a page without a point looks like."""
    situe = rang_de(ecole) % 11 != 10 and ecole.commune.latitude is not None
    return Site(
        ecole=ecole,
        nom="Atelier-école",
        principal=True,
        adresse=ecole.adresse,
        commune=ecole.commune,
        latitude=ecole.commune.latitude if situe else None,
        longitude=ecole.commune.longitude if situe else None,
        precision=Site.Precision.COMMUNE if situe else "",
    )


def _machines(atelier: Atelier, filiere: str) -> Iterator[tuple[Machine, str]]:
    for rang, (designation, travail) in enumerate(_PARCS[filiere], 1):
        yield Machine(atelier=atelier, designation=designation, repere=f"M{rang:02d}"), travail


def _travaux_declares() -> dict[UUID, set[str]]:
    declares: dict[UUID, set[str]] = {}
    liens = DeclarationDerogation.travaux.through.objects.order_by("id")
    for ecole, code in liens.values_list("declarationderogation__ecole_id", "travailreglemente_id"):
        declares.setdefault(ecole, set()).add(code)
    return declares
