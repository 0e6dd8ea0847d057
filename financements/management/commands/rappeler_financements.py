"""Each night: write to the heads of the schools about what they must hand in for their funding."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from financements.rappels import rappeler
from reseau.nombres import aujourdhui


class Command(BaseCommand):
    """Run as often as one likes: a reminder is given once."""

    help = "Écrit aux directions ce que la DREETS attend : 30 jours, 10 jours ouvrés avant, le lendemain."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print counts, never a name."""
        echeances, courriels = rappeler(aujourdhui())
        self.stdout.write(f"{echeances} rappel(s) posé(s), {courriels} courriel(s) écrit(s).")
