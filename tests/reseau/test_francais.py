"""« de » before a name: it loses its vowel, takes an article, or stays."""

from __future__ import annotations

import pytest

from reseau.francais import de


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("Atelier des Deux Rives", "d'Atelier des Deux Rives"),
        ("Épsilon Formation", "d'Épsilon Formation"),
        ("Œuvre du Midi", "d'Œuvre du Midi"),
        ("Horizon", "d'Horizon"),
        ("Hauts de Loire", "de Hauts de Loire"),
        ("Halle aux métiers", "de Halle aux métiers"),
        ("Yvetot Production", "d'Yvetot Production"),
        ("Yannick", "de Yannick"),
        ("Y", "de Y"),
        ("Malo", "de Malo"),
        ("Inès", "d'Inès"),
        ("", "de "),
    ],
)
def test_de_perd_sa_voyelle_devant_une_voyelle(nom: str, attendu: str) -> None:
    assert de(nom) == attendu


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("Association Les Deux Rives", "de l'Association Les Deux Rives"),
        ("association Rebond", "de l'association Rebond"),
        ("École des Métiers", "de l'École des Métiers"),
        ("Fondation du Rhône", "de la Fondation du Rhône"),
        ("Lycée Boisard", "du Lycée Boisard"),
        ("Ateliers du Nord", "des Ateliers du Nord"),
        ("Association", "d'Association"),
    ],
)
def test_un_nom_commun_prend_son_article(nom: str, attendu: str) -> None:
    assert de(nom) == attendu


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("Le Rebond", "du Rebond"),
        ("Les Ateliers du Nord", "des Ateliers du Nord"),
        ("La Fabrique", "de La Fabrique"),
        ("L'Atelier", "de L'Atelier"),
    ],
)
def test_un_article_se_contracte(nom: str, attendu: str) -> None:
    assert de(nom) == attendu
