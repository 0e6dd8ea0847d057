"""``manage.py verifier_invariants``: every formula of the funding, in SQL; fails on the first broken one."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from financements.invariants import violations


class Command(BaseCommand):
    """Prints one sentence a formula."""

    help = "Vérifie que les comptes des financements sont exacts ; échoue à la première formule fausse."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to read every byte of every document, and not of a sample."""
        parser.add_argument(
            "--documents",
            action="store_true",
            help="relit chaque acte, octet par octet, et pas seulement un échantillon (long)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what holds, then stop at what does not."""
        for invariant, exemples in violations(lourds=options["documents"]):
            if exemples:
                detail = " ; ".join(f"{quoi} ({valeur})" for quoi, valeur in exemples)
                message = f"{invariant.code} ne tient plus. {invariant.phrase} Contre-exemples : {detail}."
                raise CommandError(message)
            self.stdout.write(f"{invariant.code:4} {invariant.phrase}")
        self.stdout.write("Tout tient.")
