"""Pages of the house in the admin."""

from reseau.admin import comptes, courriels

__all__ = ["comptes", "courriels"]
