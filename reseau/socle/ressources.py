"""What may be imported: a trade gives its columns, its rules and its writing; the engine knows no trade."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from reseau.models import CorrespondanceColonne

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reseau.models import LigneImport, LotImport, Utilisateur
    from reseau.socle.tableurs import Colonne


@dataclass(frozen=True)
class TableEcrite:
    """A table that an import writes, and its column that holds the key of the line's record.

    ``sauf``: columns that may change without anybody having changed the record.
    """

    table: str
    cle: str
    sauf: tuple[str, ...] = ()


class Ressource(ABC):
    """What may be imported: its columns, its rules, its writing."""

    nature: ClassVar[str]
    libelle: ClassVar[str]
    permission: ClassVar[str]
    # "65 créées" of schools, "7 créés" of files.
    feminin: ClassVar[bool] = False
    colonnes: ClassVar[Sequence[Colonne]]
    # What it writes, the record itself first: what allows a batch to be undone. Empty: it cannot be.
    tables: ClassVar[tuple[TableEcrite, ...]] = ()
    # SQL of the key of a line's record, on a row ``l`` of the staged lines.
    cle: ClassVar[str] = "l.cible"
    # What undoing it does, where it is not to take the rows back: the words of the screen.
    retour: ClassVar[str] = ""

    @abstractmethod
    def controler(self, lot: LotImport) -> str:
        """Return the SQL of the verdicts: numero, lu, differences, messages, verdict, cible.

        It reads ``saisie``, a temporary table of the present transaction: ``numero``, ``corrections``,
        one text by column (NULL when empty), and ``<champ>_t`` for numeric ones (typed as a text).
        """

    @abstractmethod
    def verrouiller(self, lot: LotImport) -> None:
        """Lock what would be modified, before the last check."""

    @abstractmethod
    def ecrire(self, lot: LotImport) -> None:
        """Write the lines to create and to modify, inside the caller's transaction."""

    def defaire(self, lot: LotImport, par: Utilisateur | None) -> list[str] | None:
        """Undo an accepted batch by other writings, inside the caller's transaction.

        Return every refusal, as sentences, and then nothing is kept; ``None``: it is undone by its images.
        """
        return None

    def montrer(self, ligne: LigneImport) -> str:
        """Return what names this line on screen."""
        return str(ligne.lu.get("nom") or "")


_RESSOURCES: dict[str, Ressource] = {}


def enregistrer(ressource: Ressource) -> None:
    """Make a resource known to the import pages."""
    _RESSOURCES[ressource.nature] = ressource


def ressource_de(lot: LotImport) -> Ressource:
    """The resource of a batch."""
    return _RESSOURCES[lot.nature]


def ressource_de_nature(nature: str) -> Ressource:
    """The resource of a nature ("ecoles")."""
    return _RESSOURCES[nature]


def memoire_des_colonnes(lot: LotImport) -> dict[str, str]:
    """Folded header -> field, as this office said of its earlier files."""
    correspondances = CorrespondanceColonne.objects.filter(nature=lot.nature, bureau=lot.bureau)
    return dict(correspondances.order_by().values_list("entete", "champ"))
