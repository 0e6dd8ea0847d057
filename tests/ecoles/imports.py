"""Import a file of schools as the pages do, and look at its lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile

from reseau.socle.attente import lire_le_lot
from reseau.socle.lots import deposer
from tests.classeurs import csv

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reseau.models import LigneImport, LotImport

DONNEES = Path(__file__).parent / "donnees"
OPTIONS = {"publication": "publiee", "source": "Recensement", "releve_le": "2026-11-01"}
ENTETE = ("Nom", "Commune", "Dép.", "Région", "Métiers", "Diplômes", "Année", "Effectif", "UAI", "Téléphone")


def lire_octets(octets: bytes, nom: str = "essai.csv", regions: Sequence[str] | None = None) -> LotImport:
    """A batch read and checked, not accepted."""
    lot = deposer("ecoles", ContentFile(octets, name=nom), OPTIONS, par=None, territoire=regions)
    lire_le_lot(lot)
    lot.refresh_from_db()
    return lot


def lire_lignes(*lignes: Sequence[Any], regions: Sequence[str] | None = None) -> LotImport:
    """The same, from lines under the usual header; missing cells are empty."""
    completes = [[*ligne, *[""] * (len(ENTETE) - len(ligne))] for ligne in lignes]
    return lire_octets(csv(ENTETE, *completes), regions=regions)


def ligne(lot: LotImport, numero: int) -> LigneImport:
    """One line of the batch."""
    return lot.lignes.get(numero=numero)


def textes(lot: LotImport, numero: int, champ: str = "") -> list[str]:
    """What is said of a line, or of one of its cells."""
    return [m["texte"] for m in ligne(lot, numero).messages if champ in ("", m["champ"])]


def propositions(lot: LotImport, numero: int, champ: str) -> list[str]:
    """What the buttons of a cell would write."""
    trouvees = [m["propositions"] for m in ligne(lot, numero).messages if m["champ"] == champ]
    return [p["valeur"] for liste in trouvees for p in liste]


def verdicts(lot: LotImport) -> list[str]:
    """Verdicts in the order of the file."""
    return list(lot.lignes.order_by("numero").values_list("verdict", flat=True))
