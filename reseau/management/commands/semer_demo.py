"""``manage.py semer_demo``: the fictional demonstration, of any size, always the same for a seed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from reseau.management.demonstration.comptes import annonce
from reseau.management.demonstration.semis import MINIMUM, Tailles, semer
from reseau.models import Commune
from reseau.nombres import montrer_nombre


class Command(BaseCommand):
    """Adds what is missing to reach the sizes asked for; never changes nor removes anything."""

    help = "Invente les écoles, les jeunes, les commandes et les financements de la démonstration."

    def add_arguments(self, parser: CommandParser) -> None:
        """Sizes are totals: a larger one extends what is there."""
        parser.add_argument(
            "--ecoles", type=int, default=MINIMUM, help=f"écoles fictives, {MINIMUM} au moins"
        )
        parser.add_argument("--commandes", type=int, default=1_000)
        parser.add_argument("--apprenants", type=int, default=300)
        parser.add_argument("--graine", type=int, default=2026, help="même graine, mêmes données")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse outside a demonstration; say what was added, and who may enter."""
        if settings.PRODUCTION or not settings.DEMONSTRATION:
            raise CommandError(
                "Les données fictives n'existent que dans une démonstration : "
                "lancez la commande avec DEMONSTRATION=1, jamais en production."
            )
        tailles = Tailles(**{cle: options[cle] for cle in ("ecoles", "commandes", "apprenants", "graine")})
        self._verifier(tailles)
        ajouts = semer(tailles, self.stdout.write)
        if ajouts:
            detail = ", ".join(f"{montrer_nombre(nombre)} {quoi}" for quoi, nombre in ajouts.items())
            self.stdout.write(f"Démonstration : {detail}.")
        else:
            self.stdout.write("Démonstration : déjà là, rien à ajouter.")
        self.stdout.write(annonce())

    @staticmethod
    def _verifier(tailles: Tailles) -> None:
        if tailles.ecoles < MINIMUM:
            raise CommandError(f"Il faut au moins {MINIMUM} écoles : les récits se passent dans celles-là.")
        if tailles.commandes < 0 or tailles.apprenants < 3:
            raise CommandError("Il faut au moins 3 jeunes, et un nombre de commandes positif ou nul.")
        if not Commune.objects.exists():
            raise CommandError("Chargez d'abord les référentiels : manage.py charger_referentiels.")
