"""Try again the documents whose rendering failed or never ran."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reseau.models import DocumentFige
from reseau.socle.documents import produire


class Command(BaseCommand):
    """Produce every document that is not; exit non-zero while some still fail."""

    help = "Reprend les documents qui n'ont pas encore été produits."

    def handle(self, *args: Any, **options: Any) -> None:
        """Each document for itself."""
        attendus = DocumentFige.objects.exclude(etat=DocumentFige.Etat.PRODUIT).values_list("pk", flat=True)
        restants = [cle for cle in attendus if produire(cle).etat != DocumentFige.Etat.PRODUIT]
        if restants:
            message = f"{len(restants)} document(s) n'ont pas pu être produits."
            raise CommandError(message)
        self.stdout.write("Tous les documents sont produits.")
