"""Each night: write to the heads of the schools what they must hand in, to the officers what awaits them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from financements.rappels import rappeler
from financements.rappels_dreets import rappeler_les_services
from reseau.nombres import aujourdhui


class Command(BaseCommand):
    """Run as often as one likes: a reminder is given once."""

    help = (
        "Écrit aux directions ce que la DREETS attend, et aux services ce qui les attend ; une fois chacun."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print counts, never a name."""
        jour = aujourdhui()
        comptes = rappeler(jour), rappeler_les_services(jour)
        echeances, courriels = (sum(nombres) for nombres in zip(*comptes, strict=True))
        self.stdout.write(f"{echeances} rappel(s) posé(s), {courriels} courriel(s) écrit(s).")
