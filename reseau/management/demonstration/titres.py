"""Two full référentiels, marked fictional, and the works that need a derogation."""

from __future__ import annotations

from ecoles.models import BlocCompetences, TravailReglemente

CAP, BAC = "50020101", "40025014"

_BLOCS = {
    CAP: (
        ("BC01", "Préparer le poste et la matière"),
        ("BC02", "Usiner"),
        ("BC03", "Contrôler les pièces"),
        ("BC04", "Entretenir le poste et la machine"),
    ),
    BAC: (
        ("BC01", "Étudier la fabrication d'une pièce"),
        ("BC02", "Préparer et régler un moyen de production"),
        ("BC03", "Lancer et suivre une production"),
        ("BC04", "Contrôler la qualité d'une production"),
        ("BC05", "Améliorer et maintenir un moyen de production"),
    ),
}

# Code du travail: article, possible derogation, age from which it is possible.
_TRAVAUX = (
    ("tour", "Tour et fraiseuse", "D4153-28", True, 15),
    ("scie", "Scie à ruban, scie circulaire", "D4153-28", True, 15),
    ("presse", "Presse et plieuse", "D4153-28", True, 15),
    ("maintenance", "Réglage d'une machine en marche", "D4153-29", True, 15),
    ("soudage", "Soudage à l'arc", "D4153-22", True, 15),
    ("coulee", "Coulée de métal en fusion", "D4153-35", True, 15),
    ("levage", "Pont élévateur, chariot", "D4153-27", True, 15),
    ("hauteur", "Travail en hauteur", "D4153-30", True, 15),
    ("solvants", "Produits chimiques dangereux", "D4153-17", True, 15),
    ("tension", "Installation électrique sous tension", "D4153-24", False, 18),
    ("elagage", "Travail en hauteur dans les arbres", "D4153-32", False, 18),
)


def semer_titres() -> None:
    """Add what is missing; reference data already there are left as they are."""
    BlocCompetences.objects.bulk_create(
        [
            BlocCompetences(titre_id=titre, code=code, intitule=intitule, fictif=True)
            for titre, blocs in _BLOCS.items()
            for code, intitule in blocs
        ],
        ignore_conflicts=True,
    )
    TravailReglemente.objects.bulk_create(
        [
            TravailReglemente(
                code=code, libelle=libelle, article=article, derogeable=derogeable, age_minimal=age
            )
            for code, libelle, article, derogeable, age in _TRAVAUX
        ],
        ignore_conflicts=True,
    )
