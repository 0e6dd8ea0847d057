"""The birth of an order: its number, continuous in the school and the year, and its first journal line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from commandes.etats import MACHINE
from reseau.socle.compteurs import prendre_numero

if TYPE_CHECKING:
    from commandes.models import Commande
    from reseau.socle.etats import Contexte


def naitre(commande: Commande, contexte: Contexte) -> Commande:
    """Save a new order with the next number ("CMD-2026-0042"); nothing is taken if anything fails."""
    with transaction.atomic():
        annee = commande.recue_le.year
        numero = prendre_numero(f"commande:{commande.ecole_id}:{annee}")
        commande.numero = f"CMD-{annee}-{numero:04d}"
        commande.saisie_par = contexte.utilisateur
        commande.save(force_insert=True)
        MACHINE.consigner(commande, contexte, "creer", "", commande.etat)
    return commande
