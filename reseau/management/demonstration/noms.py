"""Names of invented people, firms and schools."""

from __future__ import annotations

PRENOMS = (
    "Inès", "Malo", "Yanis", "Lina", "Enzo", "Chloé", "Noé", "Sarah", "Hugo", "Maëlle", "Ilyès", "Jade",
    "Théo", "Aya", "Nolan", "Zoé", "Kylian", "Louna", "Rayan", "Manon", "Timéo", "Assia", "Gabin", "Élise",
    "Mehdi", "Camille", "Sacha", "Océane", "Bastien", "Fatou", "Loïc", "Clara", "Amadou", "Romane", "Ethan",
    "Salomé", "Diego", "Anaïs", "Ismaël", "Léa",
)  # fmt: skip
PARENTS = {  # first names of mothers, then of fathers
    "mere": ("Karine", "Nadège", "Fatiha", "Sylvie", "Aurélie", "Stéphanie", "Mariam", "Corinne"),
    "pere": ("Olivier", "Farid", "Jérôme", "Moussa", "Pascal", "Didier", "Frédéric", "Karim"),
}
NOMS = (
    "Aubrac", "Bellocq", "Carvin", "Delmas", "Estève", "Fontanel", "Garnon", "Hamlaoui", "Issartel",
    "Jourdas", "Kaci", "Lavergnat", "Maisonnave", "Nowakiewicz", "Ollivon", "Pradelle", "Quintanel",
    "Rivaton", "Sabatou", "Tournayre", "Ursulet", "Vialleton", "Wattrelin", "Ximenal", "Yvernat",
    "Zerroukal", "Barjonnet", "Chabannol", "Dumoulard", "Faurillon",
)  # fmt: skip

FIRMES = (
    "Tournage de la Loue", "Ateliers Verdanne", "Pompes Lacaille", "Menuiserie Haut-Pré",
    "Garage du Pont Neuf", "Chaudronnerie Astier-Blanc", "Serrurerie des Quais", "Hydraulique Monestier",
    "Charpentes du Mont", "Mobilier Ventadour", "Transports Castelline", "Cycles Brévenne",
    "Fermetures du Val", "Outillage Sornin", "Agencement Clairvaux", "Papeterie des Trois Ponts",
    "Enseignes Lumières", "Fonderies Malatier", "Travaux publics Orcel", "Maraîchage des Îles",
    "Biscuiterie Fournol", "Textiles Chantemerle", "Imprimerie du Parc", "Électricité Vauzelle",
    "Ressorts Pélissol", "Emballages Cornillon", "Robinetterie Aubépin", "Peintures Sauvagnard",
    "Ascenseurs Tréfoux", "Paysages Bellegarance",
)  # fmt: skip
FORMES = ("SARL", "SAS", "SA", "EURL")

LIEUX = (
    "de la Rivière", "du Vieux Port", "des Tilleuls", "de la Halle", "du Moulin", "des Remparts",
    "du Canal", "de la Gare", "des Forges", "du Lavoir", "de la Combe", "des Trois Chênes",
    "du Grand Pré", "de la Tuilerie", "des Deux Ponts", "du Marais", "de l'Écluse", "des Coteaux",
    "du Chemin Vert", "de la Source", "des Pins", "du Belvédère", "de la Plaine", "des Verriers",
    "du Clos", "de la Passerelle", "des Acacias", "du Rocher", "de la Vallée", "des Papetiers",
    "du Bief", "de la Colline", "des Tanneurs", "du Plan d'Eau", "de la Baie", "des Bruyères",
    "du Faubourg", "de la Cité", "des Alouettes", "du Phare",
)  # fmt: skip
ATELIERS = {
    "industrie": ("Atelier", "Usine-école", "Fabrique", "Chaudronnerie"),
    "automobile": ("Garage-école", "Atelier mécanique"),
    "batiment": ("Chantier-école", "Métallerie"),
    "bois": ("Menuiserie", "Scierie-école"),
    "restauration": ("Cuisine-école", "Restaurant-école"),
    "terre": ("Jardin-école", "Ferme-école"),
}
RUES = ("rue de l'Atelier", "chemin des Établis", "avenue du Compagnonnage", "impasse de l'Enclume")


def personne(rang: int) -> tuple[str, str]:
    """Return a first name and a family name; 1,200 pairs before the first comes back."""
    return PRENOMS[rang % len(PRENOMS)], NOMS[(rang // len(PRENOMS) + rang * 7) % len(NOMS)]


def firme(rang: int) -> str:
    """Return the name of a firm."""
    return f"{FIRMES[rang % len(FIRMES)]} {FORMES[rang // len(FIRMES) % len(FORMES)]}"
