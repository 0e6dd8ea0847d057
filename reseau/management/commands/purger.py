"""``manage.py purger``: erase what has passed its time. Says what it would do, unless told to do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from commandes import effacement as commandes
from ecoles import effacement as ecoles
from financements import effacement as financements
from reseau import effacement as reseau
from reseau.nombres import aujourdhui, montrer_nombre

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

# In this order: names go first, then the words that repeated them.
ETAPES = (*ecoles.ETAPES, *commandes.ETAPES, *financements.ETAPES, *reseau.ETAPES)


class Command(BaseCommand):
    """Run every step; each row is erased in its own transaction, so an interruption loses nothing."""

    help = "Efface ou rend anonymes les données dont la durée est passée (essai à blanc par défaut)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Nothing is erased without the word that says so."""
        parser.add_argument("--effacer", action="store_true", help="effacer pour de bon")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a step."""
        jour, verbe = aujourdhui(), "effacé" if options["effacer"] else "à effacer"
        for etape in ETAPES:
            nombre = (etape.effacer if options["effacer"] else etape.compter)(jour)
            self.stdout.write(f"{etape.quoi} : {montrer_nombre(nombre)} {verbe}")
        if not options["effacer"]:
            self.stdout.write("Essai à blanc, rien n'a été effacé. Pour effacer : manage.py purger --effacer")
