"""Pages of the schools in the admin."""

from ecoles.admin import (
    apprenants,
    candidatures,
    contacts,
    ecoles,
    equipes,
    evenements,
    ibans,
    imports,
    inspections,
    lieux,
    parcours,
    resultats,
    securite,
    statuts,
    titres,
    transferts,
)

__all__ = [
    "apprenants",
    "candidatures",
    "contacts",
    "ecoles",
    "equipes",
    "evenements",
    "ibans",
    "imports",
    "inspections",
    "lieux",
    "parcours",
    "resultats",
    "securite",
    "statuts",
    "titres",
    "transferts",
]
