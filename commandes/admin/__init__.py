"""Pages of the orders in the admin: for the staff of the school only."""

from commandes.admin import clients, commandes

__all__ = ["clients", "commandes"]
