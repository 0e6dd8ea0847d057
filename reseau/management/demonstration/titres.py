"""Two full référentiels, marked fictional."""

from __future__ import annotations

from ecoles.models import BlocCompetences

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
