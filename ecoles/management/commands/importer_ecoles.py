"""Import schools from a file by the same path as the pages: read, staged, checked, accepted."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from ecoles.models import Ecole
from ecoles.ressources import RessourceEcoles
from reseau.models import LigneImport, LotImport
from reseau.nombres import lire_date
from reseau.socle.attente import lire_le_lot
from reseau.socle.lots import ImportRefuse, accepter, deposer

if TYPE_CHECKING:
    from django.core.management.base import CommandParser

# The month in which the record of the real schools was drawn up.
RELEVE_LE = date(2026, 11, 1)
_QUESTIONS = (LigneImport.Verdict.A_CONFIRMER, LigneImport.Verdict.A_CORRIGER, LigneImport.Verdict.REJET)


class Command(BaseCommand):
    """Accept what asks nothing, and print the rest for a person to answer on screen."""

    help = "Importe des écoles ; ce qui n'a pas de question est enregistré, le reste est affiché."

    def add_arguments(self, parser: CommandParser) -> None:
        """File, and what is true of all its lines."""
        parser.add_argument("fichier", type=Path)
        parser.add_argument("--releve-le", default=RELEVE_LE.isoformat(), help="date du relevé")
        parser.add_argument("--source", default="", help="source des lignes qui n'en ont pas")
        parser.add_argument("--brouillon", action="store_true", help="sans publier les écoles créées")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, check, accept."""
        publication = Ecole.Publication.BROUILLON if options["brouillon"] else Ecole.Publication.PUBLIEE
        choix = {
            "publication": publication.value,
            "source": options["source"],
            "releve_le": lire_date(options["releve_le"]).isoformat(),
        }
        try:
            with options["fichier"].open("rb") as flux:
                lot = deposer(RessourceEcoles.nature, File(flux), choix, par=None, territoire=None)
        except (OSError, ImportRefuse) as erreur:
            raise CommandError(str(erreur)) from erreur
        lire_le_lot(lot)
        if lot.etat == LotImport.Etat.REFUSE:
            raise CommandError(lot.refus)
        accepter(lot, None)
        self._rendre_compte(lot)

    def _rendre_compte(self, lot: LotImport) -> None:
        nombres = lot.bilan
        for verdict in LigneImport.Verdict:
            if nombres.get(verdict.value):
                self.stdout.write(f"{verdict.label} : {nombres[verdict.value]}")
        for ligne in lot.lignes.filter(verdict__in=_QUESTIONS):
            textes = " ".join(m["texte"] for m in ligne.messages if m["niveau"] != "information")
            self.stdout.write(f"ligne {ligne.numero} : {textes}")
