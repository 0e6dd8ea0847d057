"""Clients, orders, lines, minutes."""

from commandes.models.clients import Client
from commandes.models.commandes import BlocDeCommande, Commande, JournalCommande, LigneCommande
from commandes.models.pointages import Pointage

__all__ = ["BlocDeCommande", "Client", "Commande", "JournalCommande", "LigneCommande", "Pointage"]
