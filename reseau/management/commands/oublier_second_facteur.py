"""Take a lost second factor away, after the person was recognised by other means."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError, CommandParser

from reseau.models import Utilisateur


class Command(BaseCommand):
    """The next visit asks to set up another one."""

    help = "Efface le second facteur perdu d'une personne, qui en installera un autre à sa prochaine visite."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address of the account."""
        parser.add_argument("courriel")

    def handle(self, *args: Any, courriel: str, **options: Any) -> None:
        """CommandError when there is nobody, or nothing to take away."""
        personne = Utilisateur.objects.filter(courriel=courriel.strip().lower()).first()
        if personne is None:
            raise CommandError("Aucun compte n'a cette adresse.")
        nombre, _ = Authenticator.objects.filter(user=personne).delete()
        if not nombre:
            raise CommandError("Ce compte n'a pas de second facteur.")
        self.stdout.write("Second facteur effacé : la personne en installera un à sa prochaine visite.")
