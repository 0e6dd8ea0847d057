"""Try again the mails that did not go."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from reseau.socle.courriels import envoyer_ce_qui_attend


class Command(BaseCommand):
    """Send every mail whose time has come; those that still fail wait for the next time."""

    help = "Envoie les courriels qui attendent ; ceux qui ne partent pas attendront le prochain passage."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print counts, never an address."""
        partis, restants = envoyer_ce_qui_attend()
        self.stdout.write(f"{partis} courriel(s) envoyé(s), {restants} en attente.")
