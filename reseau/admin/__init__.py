"""Pages of the house in the admin."""

from reseau.admin import comptes, courriels, territoires

__all__ = ["comptes", "courriels", "territoires"]
