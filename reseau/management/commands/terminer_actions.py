"""Finish the actions on many files that an accident stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from reseau.admin.en_lot import tache_lot
from reseau.models import ActionEnLot, LigneActionEnLot
from reseau.nombres import maintenant

# A worker may still be on it before that.
_REPIT = timedelta(minutes=10)


class Command(BaseCommand):
    """Run as often as one likes: what is done stays done."""

    help = "Termine les actions en lot qu'un accident a interrompues depuis plus de dix minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many were taken up again."""
        restantes = LigneActionEnLot.objects.filter(etat=LigneActionEnLot.Etat.A_FAIRE).values("action")
        arretees = ActionEnLot.objects.filter(pk__in=restantes, demandee_le__lt=maintenant() - _REPIT)
        cles = list(arretees.order_by("demandee_le").values_list("pk", flat=True))
        for cle in cles:
            tache_lot.call(str(cle))
        self.stdout.write(f"{len(cles)} action(s) reprise(s).")
