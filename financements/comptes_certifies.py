"""Accounts certified above a threshold of public money a year: code de commerce, L612-4."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Sum

from financements.natures import NaturePiece
from reseau.nombres import montrer_montant

if TYPE_CHECKING:
    from financements.models import Demande


def _recus(demande: Demande, exercice: int) -> Decimal:
    """What the State granted here in a year to the body that runs the school, or to a school without one."""
    gestionnaire = demande.ecole.gestionnaire_id
    qui = {"ecole__gestionnaire": gestionnaire} if gestionnaire else {"ecole": demande.ecole_id}
    accordees = type(demande)._default_manager.filter(
        campagne__exercice=exercice, allocation__isnull=False, **qui
    )
    total: Decimal | None = accordees.aggregate(n=Sum("allocation__engagements__montant"))["n"]
    return total or Decimal(0)


def constat_comptes(demande: Demande) -> list[str] | None:
    """Code de commerce L612-4: accounts certified, for a year that received more than the threshold."""
    annee = demande.campagne.exercice - 1
    recu = _recus(demande, annee)
    if recu <= demande.campagne.seuil_comptes:
        return None
    if demande.pieces.filter(nature=NaturePiece.COMPTES).exists():
        return []
    return [f"{montrer_montant(recu)} accordés en {annee} : les comptes certifiés de {annee} manquent."]


def constat_comptes_a_venir(demande: Demande) -> list[str]:
    """Say it when this request would make the year pass the threshold."""
    annee = demande.campagne.exercice
    total = _recus(demande, annee) + demande.montant_demande
    if total <= demande.campagne.seuil_comptes:
        return []
    recu = f"Avec cette demande, {montrer_montant(total)} en {annee}"
    return [f"{recu} : les comptes de {annee} seront à certifier."]
