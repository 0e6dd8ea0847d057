"""What firms order from each trade: what it is, how many, at what price, with which machine."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Article:
    """A thing to make. ``nombres`` bounds the quantity, ``prix`` is the unit price before tax."""

    designation: str
    nombres: tuple[int, int]
    prix: Decimal
    travail: str = ""
    tva: Decimal = Decimal("20.00")


def _a(
    designation: str, nombres: tuple[int, int], prix: str, travail: str = "", tva: str = "20.00"
) -> Article:
    return Article(designation, nombres, Decimal(prix), travail, Decimal(tva))


ARTICLES: dict[str, tuple[Article, ...]] = {
    "industrie": (
        _a("Axe acier, diamètre 20", (20, 200), "18.4500", "machines"),
        _a("Bague bronze", (10, 120), "9.9750", "machines"),
        _a("Bride percée", (5, 60), "22.3000", "machines"),
        _a("Support plié en tôle", (10, 80), "14.8000", "machines"),
        _a("Châssis mécano-soudé", (1, 6), "240.0000", "rayons_optiques"),
        _a("Contrôle dimensionnel de pièces", (10, 100), "1.8500"),
        _a("Ébavurage et marquage", (20, 150), "2.1000"),
        _a("Mise en train", (1, 1), "85.0000"),
    ),
    "automobile": (
        _a("Vidange et filtres", (1, 1), "79.0000", "levage"),
        _a("Remplacement de plaquettes avant", (1, 1), "118.5000", "levage"),
        _a("Préparation d'une aile avant peinture", (1, 2), "145.0000"),
        _a("Peinture d'un élément de carrosserie", (1, 4), "190.0000", "chimique"),
        _a("Diagnostic et essai", (1, 1), "45.0000"),
    ),
    "batiment": (
        _a("Garde-corps en acier, le mètre", (3, 14), "165.0000", "rayons_optiques", "10.00"),
        _a("Portail à deux vantaux", (1, 2), "1280.0000", "rayons_optiques", "10.00"),
        _a("Fenêtre aluminium, pose comprise", (1, 8), "410.0000", "hauteur", "10.00"),
        _a("Relevé de cotes et plan", (1, 1), "120.0000"),
    ),
    "bois": (
        _a("Étagère en hêtre", (2, 20), "64.0000", "machines"),
        _a("Plan de travail sur mesure", (1, 4), "310.0000", "machines"),
        _a("Porte intérieure posée", (1, 8), "275.0000", "", "10.00"),
        _a("Ponçage et finition huilée", (1, 12), "28.5000"),
    ),
    "restauration": (
        _a("Déjeuner, menu du jour", (15, 80), "14.5000", "", "10.00"),
        _a("Buffet, la personne", (20, 120), "17.9000", "", "10.00"),
        _a("Tarte aux pommes à emporter", (4, 30), "11.3700", "", "5.50"),
    ),
    "terre": (
        _a("Entretien d'un massif, l'heure", (3, 24), "32.0000"),
        _a("Plantation d'une haie, le mètre", (8, 60), "19.5000", "levage", "10.00"),
        _a("Panier de légumes", (10, 60), "12.8000", "", "5.50"),
    ),
}

OBJETS: dict[str, tuple[str, ...]] = {
    "industrie": (
        "Série de pièces tournées",
        "Petite série d'usinage",
        "Ensemble mécano-soudé",
        "Pièces de rechange",
    ),
    "automobile": ("Révision d'un fourgon", "Remise en état d'une carrosserie", "Entretien d'un véhicule"),
    "batiment": ("Garde-corps d'un escalier", "Menuiseries d'un bureau", "Portail d'un dépôt"),
    "bois": ("Mobilier d'une salle de réunion", "Agencement d'une boutique", "Portes d'une mairie"),
    "restauration": ("Buffet d'une assemblée", "Repas d'une équipe", "Plateaux d'un séminaire"),
    "terre": ("Entretien d'espaces verts", "Plantations d'un parc", "Paniers pour un comité d'entreprise"),
}

# The order of the story: 2 214,00 + 379,05 + 85,00 = 2 678,05 EUR before tax.
RECIT = (
    ("Axe acier, diamètre 20", Decimal(120), Decimal("18.4500"), Decimal(0), "machines"),
    ("Bague bronze", Decimal(40), Decimal("9.9750"), Decimal("5.00"), "machines"),
    ("Mise en train", Decimal(1), Decimal("85.0000"), Decimal(0), ""),
)
