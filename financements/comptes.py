"""Headings of the "compte rendu financier de subvention", Cerfa 15059*02: account number, wording, side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import models


class Cote(models.TextChoices):
    """The two columns of the form."""

    CHARGES = "charges", "Charges"
    PRODUITS = "produits", "Produits"


@dataclass(frozen=True, slots=True)
class Compte:
    """A heading: its account in the French chart of accounts, and its words."""

    code: str
    cote: Cote
    libelle: str


COMPTES: Final[tuple[Compte, ...]] = (
    Compte("60", Cote.CHARGES, "Achats"),
    Compte("61", Cote.CHARGES, "Services extérieurs"),
    Compte("62", Cote.CHARGES, "Autres services extérieurs"),
    Compte("63", Cote.CHARGES, "Impôts et taxes"),
    Compte("64", Cote.CHARGES, "Charges de personnel"),
    Compte("65", Cote.CHARGES, "Autres charges de gestion courante"),
    Compte("66", Cote.CHARGES, "Charges financières"),
    Compte("67", Cote.CHARGES, "Charges exceptionnelles"),
    Compte("68", Cote.CHARGES, "Dotations aux amortissements et provisions"),
    Compte("indirectes", Cote.CHARGES, "Charges indirectes affectées à l'action"),
    Compte("86", Cote.CHARGES, "Emplois des contributions volontaires en nature"),
    Compte("70", Cote.PRODUITS, "Ventes et prestations de l'atelier"),
    Compte("73", Cote.PRODUITS, "Dotations et produits de tarification"),
    Compte("74-etat", Cote.PRODUITS, "Subventions : État (cette décision)"),
    Compte("74-autres", Cote.PRODUITS, "Subventions : région, communes, Europe, autres"),
    Compte("75", Cote.PRODUITS, "Autres produits de gestion courante"),
    Compte("76", Cote.PRODUITS, "Produits financiers"),
    Compte("77", Cote.PRODUITS, "Produits exceptionnels"),
    Compte("78", Cote.PRODUITS, "Reprises sur amortissements et provisions"),
    Compte("79", Cote.PRODUITS, "Transferts de charges"),
    Compte("87", Cote.PRODUITS, "Contributions volontaires en nature"),
)
ATELIER: Final = "70"
CETTE_DECISION: Final = "74-etat"
# Gifts in kind are counted on both sides, for the same value.
EN_NATURE: Final = ("86", "87")
PAR_CODE: Final = {compte.code: compte for compte in COMPTES}
RANGS: Final = {compte.code: rang for rang, compte in enumerate(COMPTES, 1)}
