"""Accounts certified above a threshold of public money a year: code de commerce, L612-4."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Subquery, Sum, Value
from django.db.models.functions import Coalesce

from financements.natures import NaturePiece
from financements.pieces import jointe
from reseau.nombres import montrer_montant
from reseau.socle.relations import valeurs_de

if TYPE_CHECKING:
    from financements.models import Demande


def questions(demande: Demande) -> dict[str, Any]:
    """Return in SQL what the State granted here, the year before and this one, EUR.

    To the body that runs the school, or to a school without one.
    """
    gestionnaire = demande.ecole.gestionnaire_id
    qui = {"ecole__gestionnaire": gestionnaire} if gestionnaire else {"ecole": demande.ecole_id}
    modele: Any = apps.get_model("financements.Demande")
    accordees = modele.objects.filter(allocation__isnull=False, **qui).order_by()

    def somme(exercice: int) -> Coalesce:
        siennes = accordees.filter(campagne__exercice=exercice).values("campagne__exercice")
        total = siennes.annotate(n=Sum("allocation__engagements__montant")).values("n")
        return Coalesce(Subquery(total), Value(Decimal(0)))

    annee = demande.campagne.exercice
    return {"recu_avant": somme(annee - 1), "recu": somme(annee)}


def constat_comptes(demande: Demande) -> list[str] | None:
    """Code de commerce L612-4: accounts certified, for a year that received more than the threshold."""
    annee = demande.campagne.exercice - 1
    recu = valeurs_de(demande, questions)["recu_avant"]
    if recu <= demande.campagne.seuil_comptes:
        return None
    if jointe(demande, NaturePiece.COMPTES):
        return []
    return [f"{montrer_montant(recu)} accordés en {annee} : les comptes certifiés de {annee} manquent."]


def constat_comptes_a_venir(demande: Demande) -> list[str]:
    """Say it when this request would make the year pass the threshold."""
    annee = demande.campagne.exercice
    total = valeurs_de(demande, questions)["recu"] + demande.montant_demande
    if total <= demande.campagne.seuil_comptes:
        return []
    recu = f"Avec cette demande, {montrer_montant(total)} en {annee}"
    return [f"{recu} : les comptes de {annee} seront à certifier."]
