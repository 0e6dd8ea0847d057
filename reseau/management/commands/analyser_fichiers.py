"""Ask the antivirus again about the files in quarantine."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reseau.socle.fichiers import reanalyser


class Command(BaseCommand):
    """To be run each night, and after the antivirus was away."""

    help = "Reprend l'analyse des fichiers déposés qui attendent."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many still wait."""
        self.stdout.write(f"{reanalyser()} fichier(s) en attente d'analyse.")
