"""Pages of the house in the admin."""

from reseau.admin import comptes

__all__ = ["comptes"]
