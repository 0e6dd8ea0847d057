"""Check every chain of every journal; to be run each night and after every incident."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from reseau.socle.journal import nb_lignes, verifier


class Command(BaseCommand):
    """Exit non-zero and name chain and rank when a line was changed, added or taken away."""

    help = "Vérifie les chaînes du journal : sort en erreur à la moindre ligne touchée, et la nomme."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every rupture, then refuse."""
        with transaction.atomic(), connection.cursor() as curseur:
            curseur.execute("SET LOCAL statement_timeout = 0")  # a long journal takes its time
            ruptures = verifier()
        for rupture in ruptures:
            self.stderr.write(str(rupture))
        if ruptures:
            message = f"{len(ruptures)} rupture(s) dans le journal."
            raise CommandError(message)
        self.stdout.write(f"Journal intact : {nb_lignes()} ligne(s).")
