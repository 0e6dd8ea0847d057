"""Each night: write to the heads of the schools about the papers that end in 90 days and in 30."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ecoles.rappels import rappeler
from reseau.nombres import aujourdhui


class Command(BaseCommand):
    """Run as often as one likes: a reminder is given once."""

    help = "Écrit aux directions quels papiers expirent dans 90 et dans 30 jours (une fois chacun)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print counts, never a name."""
        papiers, courriels = rappeler(aujourdhui())
        self.stdout.write(f"{papiers} rappel(s) posé(s), {courriels} courriel(s) écrit(s).")
