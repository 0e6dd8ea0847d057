"""Load the reference data of ``referentiels/``: repeatable, no duplicate, no useless write."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

type LigneCsv = dict[str, str]


@dataclass(frozen=True)
class Referentiel:
    """A table, its key first among its columns, and how a line of the file becomes a row."""

    nom: str
    fichier: str
    table: str
    colonnes: tuple[str, ...]
    ligne: Callable[[int, LigneCsv], tuple[Any, ...]]


def _ou_rien(texte: str) -> str | None:
    return texte or None


def _commune(_rang: int, c: LigneCsv) -> tuple[Any, ...]:
    codes = c["codes_postaux"].split()
    return (
        c["code_insee"], c["nom"], c["departement"], codes, c["population"] or 0,
        _ou_rien(c["latitude"]), _ou_rien(c["longitude"]), c["precision"],
    )  # fmt: skip


def _titre(_rang: int, t: LigneCsv) -> tuple[Any, ...]:
    return (
        t["code_cfd"], t["code_rncp"], t["intitule"], t["type"], t["niveau"], t["filiere"], t["duree_mois"],
        _ou_rien(t["date_fermeture"]), _ou_rien(t["remplace_par"]), t["source"],
    )  # fmt: skip


# In the order of the foreign keys.
REFERENTIELS = (
    Referentiel(
        "régions", "regions.csv", "reseau_region", ("code", "nom", "slug", "zone"),
        lambda _, r: (r["code_insee"], r["nom"], r["slug"], r["zone"]),
    ),
    Referentiel(
        "services de l'État", "regions.csv", "reseau_serviceregional", ("region_id", "sigle", "nom"),
        lambda _, r: (r["code_insee"], r["service"], r["nom_service"]),
    ),
    Referentiel(
        "départements", "departements.csv", "reseau_departement",
        ("code", "nom", "region_id", "academie_code", "academie"),
        lambda _, d: (d["code"], d["nom"], d["region"], d["academie_code"], d["academie"]),
    ),
    Referentiel(
        "communes", "communes.csv", "reseau_commune",
        ("code", "nom", "departement_id", "codes_postaux", "population", "latitude", "longitude",
         "precision"),
        _commune,
    ),
    Referentiel(
        "anciennes communes", "anciennes_communes.csv", "reseau_anciennecommune",
        ("code", "nom", "departement_id", "commune_id"),
        lambda _, c: (c["code_insee"], c["nom"], c["departement"], c["commune"]),
    ),
    Referentiel(
        "métiers", "filieres.csv", "ecoles_filiere", ("code", "nom", "description", "part_reseau", "rang"),
        lambda rang, f: (f["code"], f["nom"], f["description"], _ou_rien(f["part_reseau_2025"]), rang),
    ),
    Referentiel(
        "diplômes", "titres.csv", "ecoles_titre",
        ("code_cfd", "code_rncp", "intitule", "type", "niveau", "filiere_id", "duree_mois", "ferme_le",
         "remplace_par_id", "source"),
        _titre,
    ),
    Referentiel(
        "machines et travaux dangereux", "travaux_reglementes.csv", "ecoles_travailreglemente",
        ("code", "libelle", "article", "derogeable", "age_minimal"),
        lambda _, t: (t["code"], t["libelle"], t["article"], t["derogeable"] == "oui", t["age_minimal"]),
    ),
)  # fmt: skip

_DEPOT = "CREATE TEMP TABLE depot ON COMMIT DROP AS SELECT {colonnes} FROM {table} WITH NO DATA"
# Compared before being inserted: a BEFORE INSERT trigger fires even for a row that conflicts.
# Titles replace one another: their key is deferred, so their order does not matter.
_FUSION = """
INSERT INTO {table} ({toutes})
SELECT {valeurs} FROM depot LEFT JOIN {table} AS actuelle ON actuelle.{cle} = depot.{cle}
WHERE actuelle.{cle} IS NULL OR ({anciennes}) IS DISTINCT FROM ({nouvelles})
ON CONFLICT ({cle}) DO UPDATE SET {affectations}
"""


class Command(BaseCommand):
    """Load everything in one transaction; print how many rows of each table were written."""

    help = "Charge les données de référence ; répétable, sans doublon."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the tables in the order of their keys."""
        dossier = settings.RACINE / "referentiels"
        with transaction.atomic():
            for referentiel in REFERENTIELS:
                nb = charger(referentiel, dossier)
                self.stdout.write(f"{referentiel.nom} : {nb} ligne(s) écrite(s)")


def charger(referentiel: Referentiel, dossier: Path) -> int:
    """Copy a file to a temporary table, then write only what is new or different; return how many."""
    with connection.cursor() as curseur:
        curseur.execute(_composer(_DEPOT, referentiel))
        copie = sql.SQL("COPY depot FROM STDIN")
        with curseur.copy(copie) as flux:
            for ligne in _lignes(referentiel, dossier):
                flux.write_row(ligne)
        curseur.execute(_composer(_FUSION, referentiel))
        nb = int(curseur.rowcount)
        curseur.execute("DROP TABLE depot")
    return nb


def _lignes(referentiel: Referentiel, dossier: Path) -> Iterator[tuple[Any, ...]]:
    with (dossier / referentiel.fichier).open(encoding="utf-8", newline="") as fichier:
        for rang, ligne in enumerate(csv.DictReader(fichier), 1):
            yield referentiel.ligne(rang, ligne)


def _composer(modele: str, referentiel: Referentiel) -> sql.Composed:
    """Fill a statement with the columns; ``recherche`` is a constant that the trigger replaces."""
    colonnes = referentiel.colonnes
    pliee = referentiel.table in {"reseau_commune", "reseau_anciennecommune"}
    supplement = sql.SQL(", {}").format(sql.Identifier("recherche")) if pliee else sql.SQL("")
    valeur = sql.SQL(", ''") if pliee else sql.SQL("")
    return sql.SQL(modele).format(
        table=sql.Identifier(referentiel.table),
        colonnes=_liste(colonnes),
        toutes=_liste(colonnes) + supplement,
        valeurs=_liste(colonnes, "depot") + valeur,
        cle=sql.Identifier(colonnes[0]),
        affectations=sql.SQL(", ").join(
            sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(c)) for c in colonnes[1:]
        ),
        anciennes=_liste(colonnes[1:], "actuelle"),
        nouvelles=_liste(colonnes[1:], "depot"),
    )


def _liste(colonnes: Iterable[str], table: str = "") -> sql.Composed:
    noms = (sql.Identifier(table, c) if table else sql.Identifier(c) for c in colonnes)
    return sql.SQL(", ").join(noms)
