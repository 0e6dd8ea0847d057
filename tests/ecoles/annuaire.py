"""A small country for the public pages: twenty towns, six trades, schools at known places."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from django.db.models import Q
from django.utils.text import slugify

from ecoles.models import Ecole, Filiere, Offre, Titre
from reseau.models import AncienneCommune, Commune, Departement, Region, ServiceRegional

_REGIONS = (
    ("84", "Auvergne-Rhône-Alpes", "auvergne-rhone-alpes"),
    ("11", "Île-de-France", "ile-de-france"),
    ("28", "Normandie", "normandie"),
    ("94", "Corse", "corse"),
    ("04", "La Réunion", "la-reunion"),
    ("75", "Nouvelle-Aquitaine", "nouvelle-aquitaine"),
)
_DEPARTEMENTS = (
    ("69", "Rhône", "84"),
    ("42", "Loire", "84"),
    ("01", "Ain", "84"),
    ("75", "Paris", "11"),
    ("93", "Seine-Saint-Denis", "11"),
    ("76", "Seine-Maritime", "28"),
    ("2A", "Corse-du-Sud", "94"),
    ("974", "La Réunion", "04"),
    ("47", "Lot-et-Garonne", "75"),
)
_COMMUNES = (
    ("69123", "Lyon", "69", ("69001", "69003"), 519127, 45.7491, 4.8479),
    ("69383", "Lyon 3e Arrondissement", "69", ("69003",), 100679, 45.7491, 4.8479),
    ("69256", "Vaulx-en-Velin", "69", ("69120",), 50000, 45.7780, 4.9190),
    ("42218", "Saint-Étienne", "42", ("42000", "42100"), 172000, 45.4390, 4.3870),
    ("01093", "Châtillon-sur-Chalaronne", "01", ("01400",), 5000, 46.1200, 4.9580),
    ("01001", "L'Abergement-Clémenciat", "01", ("01400",), 860, 46.1526, 5.0099),
    ("75056", "Paris", "75", ("75001", "75011"), 2103778, 48.8534, 2.3488),
    ("75111", "Paris 11e Arrondissement", "75", ("75011",), 138170, 48.8583, 2.3795),
    ("93066", "Saint-Denis", "93", ("93200",), 149077, 48.9356, 2.3539),
    ("97411", "Saint-Denis", "974", ("97400",), 155634, -20.8823, 55.4504),
    ("97415", "Saint-Paul", "974", ("97460",), 108088, -21.0096, 55.2713),
    ("76351", "Le Havre", "76", ("76600",), 166000, 49.4938, 0.1077),
    ("2A004", "Ajaccio", "2A", ("20000",), 76320, 41.9189, 8.7381),
    ("47222", "La Réunion", "47", ("47700",), 538, 44.2800, 0.1270),
)
_FILIERES = (("industrie", "Industrie"), ("bois", "Métiers du bois"), ("terre", "Métiers de la terre"))
_TITRES = (
    ("50025439", "Métallier", "CAP", 3, "industrie", 24),
    ("50023447", "Menuisier fabricant", "CAP", 3, "bois", 24),
    ("40023405", "Technicien menuisier agenceur", "BAC_PRO", 4, "bois", 36),
)
_numero = count(1)


def poser_le_pays() -> None:
    """Create what is missing of the reference data; harmless beside the full data."""
    for code, nom, slug in _REGIONS:
        Region.objects.get_or_create(code=code, defaults={"nom": nom, "slug": slug, "zone": "metro"})
        service = {"sigle": "DREETS", "nom": f"DREETS {nom}"}
        ServiceRegional.objects.get_or_create(region_id=code, defaults=service)
    for code, nom, region in _DEPARTEMENTS:
        Departement.objects.get_or_create(code=code, defaults={"nom": nom, "region_id": region})
    for code, nom, departement, codes, population, latitude, longitude in _COMMUNES:
        valeurs = {
            "nom": nom,
            "departement_id": departement,
            "codes_postaux": list(codes),
            "population": population,
            "latitude": f"{latitude:.5f}",
            "longitude": f"{longitude:.5f}",
        }
        Commune.objects.get_or_create(code=code, defaults=valeurs)
    for rang, (code, nom) in enumerate(_FILIERES):
        Filiere.objects.get_or_create(code=code, defaults={"nom": nom, "description": nom, "rang": rang})
    for code, intitule, genre, niveau, filiere, duree in _TITRES:
        valeurs = {
            "intitule": intitule,
            "type": genre,
            "niveau": niveau,
            "filiere_id": filiere,
            "duree_mois": duree,
        }
        Titre.objects.get_or_create(code_cfd=code, defaults=valeurs)


def poser_une_ancienne_commune() -> None:
    """A town that merged into Saint-Étienne."""
    AncienneCommune.objects.get_or_create(
        code="42999", defaults={"nom": "Rochetaillée-Fictive", "departement_id": "42", "commune_id": "42218"}
    )


def ecole(nom: str = "", commune: str = "69123", titres: tuple[str, ...] = (), **valeurs: Any) -> Ecole:
    """Create a published school; its trades are those of its titles unless given."""
    nom = nom or f"Atelier-école {next(_numero)}"
    filieres = valeurs.pop("filieres", ())
    defauts = {"slug": slugify(nom), "publication": "publiee", "verification": "oui", "commune_id": commune}
    cree = Ecole.objects.create(nom=nom, **{**defauts, **valeurs})
    for code in titres:
        Offre.objects.create(ecole=cree, parcours_id=code)
    cree.filieres.set(Filiere.objects.filter(Q(pk__in=filieres) | Q(titres__in=titres)).distinct())
    return cree


def plusieurs_ecoles(nombre: int) -> None:
    """Create that many schools, each with two titles, spread over the towns."""
    communes = [c[0] for c in _COMMUNES]
    for rang in range(nombre):
        ecole(commune=communes[rang % len(communes)], titres=("50025439", "50023447"), telephone="")


JOUR = date(2026, 11, 23)
